create or replace function lead_sync_private.is_retired(p_lead_id text)
returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
begin
  return exists (select from lead_sync_private.lead_alias a where a.resman_lead_id = p_lead_id)
    or exists (select from public.lead_sync_mapping m
               where m.resman_lead_id = p_lead_id and m.mapping_status = 'merged');
end
$fn$;
revoke all on function lead_sync_private.is_retired(text) from public;
comment on function lead_sync_private.is_retired(text) is
'Say whether a ResMan lead stands for nobody any more: merged into another, or replaced by one that
was created anew.';
