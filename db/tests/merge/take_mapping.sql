-- take_mapping: the link of a conflict, locked behind DomIQ's rows.
begin;
select plan(9);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.take_mapping'),
  'lead_sync_mapping | volatile | - | -', 'no role may call it');

-- happy path
select pg_temp.given_lead() as lead \gset
select pg_temp.given_mapping(:'lead') as mapping \gset
create function pg_temp.taken(p_lead uuid, p_mapping uuid) returns public.lead_sync_mapping
language sql
as $$
  select lead_sync_private.take_mapping(jsonb_populate_record(null::public.lead_sync_conflicts,
    jsonb_build_object('conversation_id', p_lead, 'mapping_id', p_mapping)))
$$;
select is((pg_temp.taken(:'lead', :'mapping')).resman_lead_id, resman_lead_id, 'its row')
from public.lead_sync_mapping where id = :'mapping';
select ok(m.xmax <> 0 and c.xmax <> 0, 'it is locked, and the conversation')
from public.lead_sync_mapping m join public.conversation c on c.id = m.conversation_id
where m.id = :'mapping';

-- errors
select pg_temp.given_lead() as other \gset
select throws_ok(format('select pg_temp.taken(%L, %L)', lead, mapping), 'LS011', message, label)
from (values
  (:'lead', null, 'the conflict is not about a value', 'refused: a guard''s'),
  (:'lead', gen_random_uuid(), 'the conflict is of no active link', 'refused: a link that is gone'),
  (:'other', :'mapping', 'the conflict is of no active link', 'refused: a link that moved'),
  (null, :'mapping', 'the conflict is of no active link', 'refused: its conversation is gone'))
  as v(lead, mapping, message, label);
update public.lead_sync_mapping set mapping_status = 'merged' where id = :'mapping';
select throws_ok(format('select pg_temp.taken(%L, %L)', :'lead', :'mapping'), 'LS011',
  'the conflict is of no active link', 'refused: merged since');
update public.lead_sync_mapping set mapping_status = 'active' where id = :'mapping';
update public.lead_sync_queue set status = 'processing', lease_token = gen_random_uuid(),
  lease_until = '2099-01-01', lease_length = '60 s', attempt = 1 where conversation_id = :'lead';
select throws_ok(format('select pg_temp.taken(%L, %L)', :'lead', :'mapping'), 'LS011',
  'a push of the lead is in flight', 'refused: a push is in flight');

select * from finish();
rollback;
