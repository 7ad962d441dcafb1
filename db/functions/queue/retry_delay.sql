create or replace function lead_sync_private.retry_delay(p_failures integer)
returns interval
language sql volatile
set search_path = pg_catalog, pg_temp
as $fn$
  select random() * least(900, 2 ^ least(greatest(p_failures, 1) - 1, 20))
         * interval '1 second';
$fn$;
revoke all on function lead_sync_private.retry_delay(integer) from public;
comment on function lead_sync_private.retry_delay(integer) is
'Choose the pause after the p_failures-th failure in a row: exponential from 1 s, capped at
15 min, with full jitter.';
