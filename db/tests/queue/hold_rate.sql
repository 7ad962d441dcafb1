-- hold_rate: ResMan asked to wait.
begin;
select plan(6);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.hold_rate'),
  'void | volatile | enable_bitmapscan=off enable_hashjoin=off enable_mergejoin=off '
  'enable_seqscan=off jit=off | -',
  'no role may call it');

-- happy path
select pg_temp.given_property() as property, pg_temp.given_property() as other \gset
select lead_sync_private.hold_rate(:'property', '1 hour');
create function pg_temp.free(p_limited text) returns integer
language sql
as $$
  select lead_sync_private.free_slots(p_limited, 20, clock_timestamp())
$$;
select is(pg_temp.free(:'property'), 0, 'nothing is sent');
select is(pg_temp.free(:'other'), 18, 'others are not concerned');
select lead_sync_private.hold_rate(:'property', '1 s');
select ok(next_at > now() + interval '50 min', 'a shorter wish changes nothing')
from lead_sync_private.rate_slot where limited = :'property';

-- a partner
select pg_temp.given_setting(:'other', 'partner', '"p"');
select lead_sync_private.hold_rate(:'other', '1 hour');
select is(pg_temp.free('partner:p'), 0, 'its partner''s others wait too');
select is(pg_temp.free('partner:q'), 18, 'those of another do not');

select * from finish();
rollback;
