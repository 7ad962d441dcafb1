-- link_conversations: the conversations that feed a lead.
begin;
select plan(8);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.link_conversations'), 'uuid[] | stable | '
  'enable_seqscan=off plan_cache_mode=force_generic_plan | -',
  'no role may call it');

select pg_temp.given_lead() as lead, pg_temp.given_lead() as follower,
  pg_temp.given_lead() as other, pg_temp.given_lead() as others_follower \gset
select pg_temp.given_mapping(:'lead') as mapping,
  pg_temp.given_mapping(:'other') as another \gset
insert into lead_sync_private.follower (conversation_id, mapping_id)
values (:'follower', :'mapping'), (:'others_follower', :'another');

select bag_eq(format('select unnest(lead_sync_private.link_conversations(%L, %L))', c, m),
  expected, label)
from (values
  (:'lead'::uuid, :'mapping'::uuid, array[:'lead', :'follower']::uuid[], 'the one that leads'),
  (:'follower', :'mapping', array[:'lead', :'follower']::uuid[], 'by a follower, each once'),
  (:'other', :'mapping', array[:'lead', :'follower', :'other']::uuid[],
   'one about to be linked is among them'),
  (null, :'mapping', array[:'lead', :'follower']::uuid[], 'of the link alone'),
  (:'lead', null, array[:'lead'::uuid], 'without a link the one given'),
  (:'lead', gen_random_uuid(), array[:'lead'::uuid], 'nor with one that is no more'),
  (null, null, '{}'::uuid[], 'of neither, none')) as v(c, m, expected, label);

select * from finish();
rollback;
