-- refuse_truncate: who may empty our tables, whatever DomIQ has granted.
begin;
select plan(8);
\i db/tests/support/fixtures.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.refuse_truncate'), 'trigger | volatile | - | -',
  'no role may call it');

select pg_temp.given_property() as property \gset
select pg_temp.given_integration(:'property');
grant all on all tables in schema public to app_admin;

-- errors
set local role app_admin;
select throws_ok('truncate public.resman_integration', '42501',
  'permission denied for table resman_integration', 'who was granted it may not');
select throws_ok('truncate public.lead_sync_log, public.lead_sync_queue', '42501', null,
  'nor several at once');
select throws_ok('truncate public.conversation cascade', '42501', null,
  'nor by way of a table of DomIQ''s');
reset role;
select is(count(*), 1::bigint, 'and all rows are there') from public.resman_integration;

-- happy path
set local role lead_sync_owner;
select lives_ok('truncate public.resman_integration', 'the owner may');
reset role;
select is(count(*), 0::bigint, 'and they are gone') from public.resman_integration;
select lives_ok('truncate public.lead_sync_log', 'a superuser may');

select * from finish();
rollback;
