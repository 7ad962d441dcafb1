create or replace function lead_sync_private.expect_values(
  p_mapping_ids uuid[], p_domiq jsonb[])
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $fn$
begin
  update public.lead_sync_mapping m
  set applied = jsonb_build_object('xid', pg_current_xact_id()::text, 'expects', w.domiq)
  from unnest(p_mapping_ids, p_domiq) as w(id, domiq)
  where m.id = w.id;
  perform set_config('lead_sync.applying', p_mapping_ids[1]::text, true);
end
$fn$;
revoke all on function lead_sync_private.expect_values(uuid[], jsonb[]) from public;
comment on function lead_sync_private.expect_values(uuid[], jsonb[]) is
'Tell capture what the leads of links will look like once a pull has written them: what DomIQ''s own
triggers make of them beyond that is a local change. The setting merely asks capture to compare.
p_domiq: a canonical lead document a link.
Writes: lead_sync_mapping.';
