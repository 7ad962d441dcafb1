create or replace function lead_sync_private.expect_values(p_mapping_id uuid, p_domiq jsonb)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
begin
  update public.lead_sync_mapping m
  set applied = jsonb_build_object('xid', pg_current_xact_id()::text, 'expects', p_domiq)
  where m.id = p_mapping_id;
  perform set_config('lead_sync.applying', p_mapping_id::text, true);
end
$fn$;
revoke all on function lead_sync_private.expect_values(uuid, jsonb) from public;
comment on function lead_sync_private.expect_values(uuid, jsonb) is
'Tell capture what a link''s lead will look like once a pull has written it: what DomIQ''s own
triggers make of it beyond that is a local change. The setting merely asks capture to compare.
Writes: lead_sync_mapping.';
