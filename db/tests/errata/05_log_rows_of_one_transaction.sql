-- The specification's log has UNIQUE (conversation_id, created_at) with DEFAULT NOW(): two rows
-- of one conversation in one transaction collide.
begin;
\i db/tests/support/fixtures.psql
select plan(3);

create temporary table given as
select pg_temp.given_conversation(null, pg_temp.given_property()) as conversation_id;

select lives_ok(
  $$insert into public.lead_sync_log (conversation_id, sync_direction, sync_status, sync_type)
    select conversation_id, 'to_resman', 'retry', 'update' from given$$,
  'a first row');
select lives_ok(
  $$insert into public.lead_sync_log (conversation_id, sync_direction, sync_status, sync_type)
    select conversation_id, 'to_resman', 'success', 'update' from given$$,
  'a second row in the same transaction');
select is((select count(*) from public.lead_sync_log join given using (conversation_id)),
  2::bigint, 'both are there');

select * from finish();
rollback;
