-- free_slots: how many requests may be handed out now.
begin;
select plan(16);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.free_slots'),
  'integer | stable | enable_bitmapscan=off enable_hashjoin=off enable_mergejoin=off '
  'enable_seqscan=off jit=off | -',
  'no role may call it');

create function pg_temp.taken_until(p_at interval) returns void
language sql
as $$
  insert into lead_sync_private.rate_slot as r (limited, next_at) values ('k', now() + p_at)
  on conflict on constraint pk_rate_slot do update set next_at = excluded.next_at
$$;
-- happy path
select is(lead_sync_private.free_slots('k', 20, now()), 18,
  'nothing is spoken for: what leaves within a second, below the limit');
select pg_temp.taken_until('0.5 s');
select is(lead_sync_private.free_slots('k', 20, now()), 9, 'half a second is spoken for');
select pg_temp.taken_until('1 s');
select is(lead_sync_private.free_slots('k', 20, now()), 1, 'at the second there is one');
select pg_temp.taken_until('1.000001 s');
select is(lead_sync_private.free_slots('k', 20, now()), 0, 'after it none');
select pg_temp.taken_until('-1 hour');
select is(lead_sync_private.free_slots('k', 20, now()), 18, 'what was not used is not saved up');

update lead_sync_private.rate_slot set next_at = now(), beyond = '{[2,4),[9,10),[16,30)}'
where limited = 'k';
select is(lead_sync_private.free_slots('k', 20, now()), 13, 'what is taken beyond is not free');
select pg_temp.taken_until('0.5 s');
select is(lead_sync_private.free_slots('k', 20, now()), 7, 'counted from the next');
update lead_sync_private.rate_slot set beyond = '{[50,60)}' where limited = 'k';
select is(lead_sync_private.free_slots('k', 20, now()), 9, 'in the second that is looked at');
update lead_sync_private.rate_slot set beyond = '{}' where limited = 'k';
select is(lead_sync_private.free_slots('k', 20, now()), 9, 'without any all are');

-- edges
select is(lead_sync_private.free_slots('other', 20, now()), 18, 'each has its own');
select is(lead_sync_private.free_slots('k', 0.01, now()), 1, 'a small rate lets one through');
select is(lead_sync_private.free_slots('k', 0, now()), 10000, 'no limit');
select is(lead_sync_private.free_slots('k', null, now()), 10000, 'nor with null');
select pg_temp.taken_until('2 s');
select is(lead_sync_private.free_slots('k', 0, now()), 0, 'but a wish of ResMan''s holds');
select is(lead_sync_private.free_slots('k', 1e9, now() + interval '3 s'), 10000,
  'never more than can be claimed');

select * from finish();
rollback;
