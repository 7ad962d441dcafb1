-- lock_lead_rows: the user, then the conversation. What others hold needs two sessions to
-- show: runner/tests/test_locking.py.
begin;
select plan(9);
\i db/tests/support/fixtures.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.lock_lead_rows'),
  'boolean | volatile | enable_seqscan=off jit=off | -',
  'no role may call it');

-- A row that this transaction has locked carries its number in xmax.
create function pg_temp.locked() returns text
language sql
as $$
  select concat_ws(' ',
    (select 'user' from public."user" u where u.xmax::text = pg_current_xact_id()::text),
    (select 'conversation' from public.conversation c
     where c.xmax::text = pg_current_xact_id()::text))
$$;

-- happy path
select pg_temp.given_user() as "user", pg_temp.given_property() as property \gset
select pg_temp.given_conversation(:'user', :'property') as lead \gset
select is(pg_temp.locked() like '%conversation%', false, 'nothing is locked at first');
select is(lead_sync_private.lock_lead_rows(:'lead'), true, 'both can be had');
select is(pg_temp.locked(), 'user conversation', 'both are locked');
select is(lead_sync_private.lock_lead_rows(:'lead'), true, 'twice is no harm');

-- edges
select pg_temp.given_conversation(null, :'property') as chat \gset
select is(lead_sync_private.lock_lead_rows(:'chat'), true, 'a chat without a user');
select is(count(*), 1::bigint, 'is locked by itself') from public.conversation c
where c.id = :'chat' and c.xmax::text = pg_current_xact_id()::text;
select is(lead_sync_private.lock_lead_rows(gen_random_uuid()), false,
  'one that is gone cannot');
select is(lead_sync_private.lock_lead_rows(null), false, 'nor can none');

select * from finish();
rollback;
