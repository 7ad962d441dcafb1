create or replace function lead_sync_private.claim_low_water()
returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
set enable_sort = off
set enable_incremental_sort = off
as $fn$
declare
  v_number bigint := (select s.last_value from lead_sync_private.claim_number s);
  v_low bigint := (select s.last_value from lead_sync_private.claim_low s);
  v_bound bigint;
  v_seen bigint;
begin
  if v_number - v_low < 1000
     -- an older snapshot would not show what has been claimed since
     or current_setting('transaction_isolation') <> 'read committed'
     or not pg_try_advisory_xact_lock(7813528840112739848) then
    return v_low;
  end if;
  v_bound := (select s.last_value from lead_sync_private.claim_bound s);
  if (select s.last_value from lead_sync_private.claim_bound_xid s)
     > pg_snapshot_xmin(pg_current_snapshot())::text::bigint then
    return v_low; -- a claim up to the bound may not have ended yet
  end if;
  -- All up to the bound have: this statement sees which of them are still in flight.
  select q.claim_number into v_seen
  from public.lead_sync_queue q
  where q.status = 'processing' and q.claim_number >= v_low
  order by q.claim_number limit 1;
  if least(v_seen, v_bound) > v_low then
    v_low := setval('lead_sync_private.claim_low', least(v_seen, v_bound));
  end if;
  if v_number - v_bound >= 1000 then
    -- The ids first: whoever has drawn a number up to v_number has one of them already.
    perform setval('lead_sync_private.claim_bound_xid',
      pg_snapshot_xmax(pg_current_snapshot())::text::bigint);
    perform setval('lead_sync_private.claim_bound', v_number);
  end if;
  return v_low;
end
$fn$;
revoke all on function lead_sync_private.claim_low_water() from public;
comment on function lead_sync_private.claim_low_water() is
'Say under which number nothing was claimed that is in flight now, and raise that once a thousand
claims have come since. So what is in flight is counted without the entries of all that was: while
a long transaction is open, no vacuum clears them away. A number that is too low costs time, one
that is too high would break a limit: it is raised only past claims whose transactions have ended.
Returns: the number.
Locks: an advisory lock for the transaction, by try.
Writes: claim_low, claim_bound, claim_bound_xid: not undone by a rollback, and none is needed.';
