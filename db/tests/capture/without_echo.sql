-- without_echo: the conversations that changed, less what a pull is writing.
begin;
select plan(7);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.without_echo'),
  'uuid[] | stable | - | -', 'no role may call it');

select pg_temp.given_lead() as lead, pg_temp.given_lead() as other \gset
select pg_temp.given_mapping(:'lead') as mapping \gset
create function pg_temp.kept(p_ids uuid[], p_operation text default 'push') returns uuid[]
language sql
as $$ select lead_sync_private.without_echo(p_ids, p_operation) $$;

-- happy path
select lead_sync_private.expect_values(:'mapping',
  lead_sync_private.build_lead(:'lead', :'mapping'));
select is(pg_temp.kept(array[:'other', :'lead']::uuid[]), array[:'other'::uuid],
  'what the pull writes is left out');
update public.conversation set occupants_count = 3 where id = :'lead';
select is(pg_temp.kept(array[:'other', :'lead']::uuid[]), array[:'other', :'lead']::uuid[],
  'an edit beyond it is not, and the order stays');
select is(pg_temp.kept(array[:'other', :'lead']::uuid[], 'enrichment'), array[:'other'::uuid],
  'the operation counts');

-- edges
select is(pg_temp.kept('{}'), '{}', 'of none, none');
select set_config('lead_sync.applying', 'forged', true);
select is(pg_temp.kept(array[:'other'::uuid]), array[:'other'::uuid],
  'a forged setting hides nothing');
select set_config('lead_sync.applying', '', true);
select is(pg_temp.kept(array[:'lead'::uuid], 'enrichment'), array[:'lead'::uuid],
  'once the pull has written, all is kept');

select * from finish();
rollback;
