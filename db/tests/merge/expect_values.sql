-- expect_values: what capture is to expect of a pull.
begin;
select plan(7);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.expect_values'),
  'void | volatile | enable_bitmapscan=off enable_hashjoin=off enable_mergejoin=off'
  ' enable_seqscan=off jit=off | -',
  'no role may call it');

select pg_temp.given_lead() as lead, pg_temp.given_lead() as other \gset
select pg_temp.given_mapping(:'lead', '{"applied": {"new": true}}') as mapping,
  pg_temp.given_mapping(:'other') as untouched \gset

-- happy path
select lead_sync_private.expect_values(array[:'mapping'::uuid],
  array['{"email": "a@example.com"}'::jsonb]);
select is(m.applied, jsonb_build_object('xid', pg_current_xact_id()::text,
    'expects', '{"email": "a@example.com"}'::jsonb), 'this transaction and the lead, no more')
from public.lead_sync_mapping m where m.id = :'mapping';
select is(current_setting('lead_sync.applying'), :'mapping', 'capture is asked to compare');
select is(m.applied, null, 'no other link is touched')
from public.lead_sync_mapping m where m.id = :'untouched';

-- edges
select lead_sync_private.expect_values(array[:'mapping'::uuid],
  array['{"email": "b@example.com"}'::jsonb]);
select is(m.applied #>> '{expects,email}', 'b@example.com', 'the last one counts')
from public.lead_sync_mapping m where m.id = :'mapping';
savepoint write;
select lead_sync_private.expect_values(array[:'untouched'::uuid], array['{}'::jsonb]);
rollback to savepoint write;
select is(current_setting('lead_sync.applying'), :'mapping',
  'it goes with the write that was rolled back');
select lead_sync_private.expect_values(array[:'untouched', :'mapping']::uuid[],
  array['{"email": "c@example.com"}'::jsonb, '{"email": "d@example.com"}']);
select is(string_agg(m.applied #>> '{expects,email}', ' ' order by m.id = :'mapping'),
  'c@example.com d@example.com', 'of several each has its own')
from public.lead_sync_mapping m where m.id in (:'mapping', :'untouched');

select * from finish();
rollback;
