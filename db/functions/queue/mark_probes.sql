create or replace function lead_sync_private.mark_probes(
  p_property_ids uuid[], p_lease interval)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
begin
  update lead_sync_private.breaker b set probe_at = clock_timestamp() + p_lease
  where b.property_id = any (p_property_ids) and b.probe_at <= clock_timestamp();
end
$fn$;
revoke all on function lead_sync_private.mark_probes(uuid[], interval) from public;
comment on function lead_sync_private.mark_probes(uuid[], interval) is
'Note that the probes of these properties are on their way: no other before the lease of the one
that was just claimed is over.
Writes: breaker.';
