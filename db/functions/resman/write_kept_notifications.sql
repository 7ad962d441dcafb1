create or replace function lead_sync_private.write_kept_notifications(p_ids uuid[])
returns void
language plpgsql volatile
-- public: DomIQ's own triggers name their tables without a schema
set search_path = pg_catalog, public, pg_temp
as $fn$
begin
  update public.lead_notification n
  set resman_sync_status = 'synced', resman_notification_id = 'not sent'
  where n.id = any (p_ids);
end
$fn$;
revoke all on function lead_sync_private.write_kept_notifications(uuid[]) from public;
comment on function lead_sync_private.write_kept_notifications(uuid[]) is
'Mark notifications that tell of what ResMan itself has said: they are not sent.
Writes: lead_notification. DomIQ''s update triggers fire.';
