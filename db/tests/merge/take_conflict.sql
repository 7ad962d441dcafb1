-- take_conflict: the conflict that a decision is about, locked.
begin;
select plan(6);
\i db/tests/support/fixtures.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.take_conflict'),
  'lead_sync_conflicts | volatile | - | -', 'no role may call it');

-- happy path
select pg_temp.given_row('lead_sync_conflicts', '{"conflict_type": "data_conflict",
  "conflict_field": "rent"}');
select pg_temp.given_row('lead_sync_conflicts', '{"conflict_type": "data_conflict",
  "conflict_field": "pets"}') as conflict \gset
select is(c.conflict_field::text, 'pets', 'its row')
from lead_sync_private.take_conflict(:'conflict') as c;
select is(count(*), 1::bigint, 'and no other is locked')
from public.lead_sync_conflicts c where c.xmax <> 0;

-- errors
select throws_ok(format('select lead_sync_private.take_conflict(%s)', i), 'LS002',
  'no such conflict', 'refused: ' || i)
from unnest(array['gen_random_uuid()', 'null']) as i;
insert into public.lead_sync_conflicts_archive (id, conflict_type)
values ('00000000-0000-0000-0000-00000000000a', 'data_conflict');
select throws_ok($$select lead_sync_private.take_conflict('00000000-0000-0000-0000-00000000000a')$$,
  'LS021', 'conflict is resolved and archived', 'refused: archived');

select * from finish();
rollback;
