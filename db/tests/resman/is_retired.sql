-- is_retired: whether a ResMan lead stands for nobody any more.
begin;
select plan(5);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.is_retired'),
  'boolean | stable | enable_seqscan=off jit=off | -',
  'no role may call it');

select pg_temp.given_lead() as lead \gset
select pg_temp.given_mapping(:'lead', '{"resman_lead_id": "L1"}') as mapping \gset
insert into lead_sync_private.lead_alias (resman_lead_id, mapping_id, kind)
values ('L0', :'mapping', 'recreated');

-- happy path and edges
select is(lead_sync_private.is_retired('L1'), false, 'a linked lead is not');
select is(lead_sync_private.is_retired('L0'), true, 'the one it replaced is');
select is(lead_sync_private.is_retired('L9'), false, 'one unheard of is not');
update public.lead_sync_mapping set mapping_status = 'merged' where id = :'mapping';
select is(lead_sync_private.is_retired('L1'), true, 'one merged into another is');

select * from finish();
rollback;
