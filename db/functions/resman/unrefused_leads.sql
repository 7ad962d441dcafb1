create or replace function lead_sync_private.unrefused_leads(p_user_id uuid, p_leads jsonb)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
begin
  return (
    select coalesce(jsonb_agg(l), '[]')
    from jsonb_array_elements(p_leads) as l
    where not exists (
      select from lead_sync_private.identity_decision d
      where d.user_id = p_user_id and d.resman_lead_id = l ->> 'lead_id' and not d.same));
end
$fn$;
revoke all on function lead_sync_private.unrefused_leads(uuid, jsonb) from public;
comment on function lead_sync_private.unrefused_leads(uuid, jsonb) is
'Leave out the leads of which a person has decided that they are not this user''s.';
