-- One for each of the package's tables that a grant on all tables of public reaches.
create or replace trigger trigger_refuse_truncate
  before truncate on public.lead_sync_conflicts
  for each statement
  execute function lead_sync_private.refuse_truncate();
comment on trigger trigger_refuse_truncate on public.lead_sync_conflicts is
'Refuse to be emptied by others.';
create or replace trigger trigger_refuse_truncate
  before truncate on public.lead_sync_conflicts_archive
  for each statement
  execute function lead_sync_private.refuse_truncate();
comment on trigger trigger_refuse_truncate on public.lead_sync_conflicts_archive is
'Refuse to be emptied by others.';
create or replace trigger trigger_refuse_truncate
  before truncate on public.lead_sync_log
  for each statement
  execute function lead_sync_private.refuse_truncate();
comment on trigger trigger_refuse_truncate on public.lead_sync_log is
'Refuse to be emptied by others.';
create or replace trigger trigger_refuse_truncate
  before truncate on public.lead_sync_log_archive
  for each statement
  execute function lead_sync_private.refuse_truncate();
comment on trigger trigger_refuse_truncate on public.lead_sync_log_archive is
'Refuse to be emptied by others.';
create or replace trigger trigger_refuse_truncate
  before truncate on public.lead_sync_mapping
  for each statement
  execute function lead_sync_private.refuse_truncate();
comment on trigger trigger_refuse_truncate on public.lead_sync_mapping is
'Refuse to be emptied by others.';
create or replace trigger trigger_refuse_truncate
  before truncate on public.lead_sync_queue
  for each statement
  execute function lead_sync_private.refuse_truncate();
comment on trigger trigger_refuse_truncate on public.lead_sync_queue is
'Refuse to be emptied by others.';
create or replace trigger trigger_refuse_truncate
  before truncate on public.lead_sync_queue_archive
  for each statement
  execute function lead_sync_private.refuse_truncate();
comment on trigger trigger_refuse_truncate on public.lead_sync_queue_archive is
'Refuse to be emptied by others.';
create or replace trigger trigger_refuse_truncate
  before truncate on public.resman_integration
  for each statement
  execute function lead_sync_private.refuse_truncate();
comment on trigger trigger_refuse_truncate on public.resman_integration is
'Refuse to be emptied by others.';
