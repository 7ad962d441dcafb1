-- mark_owed: dead letters whose conversation could not be marked.
begin;
select plan(15);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.mark_owed'),
  'integer | volatile | enable_bitmapscan=off enable_hashjoin=off enable_mergejoin=off '
  'enable_seqscan=off jit=off | -',
  'no role may call it');

create function pg_temp.owe(p_lead uuid) returns void
language sql
as $$
  update public.lead_sync_queue set status = 'failed', state = '{"owed": true, "sent": {}}'
  where conversation_id = p_lead
$$;
create function pg_temp.shown(p_lead uuid) returns text
language sql
as $$
  select concat_ws(' ', c.resman_sync_status, q.state)
  from public.conversation c, pg_temp.item(p_lead) q where c.id = p_lead
$$;

-- edges
select is(lead_sync_private.mark_owed(), 0, 'nothing is owed');

-- happy path
select pg_temp.given_lead() as lead, pg_temp.given_lead() as dead \gset
update public.lead_sync_queue set status = 'failed' where conversation_id = :'dead';
select pg_temp.owe(:'lead');
select is(lead_sync_private.mark_owed(), 1, 'one thing was done');
select is(pg_temp.shown(:'lead'), 'failed {"sent": {}}',
  'the conversation shows its dead letter');
select is(pg_temp.shown(:'dead'), 'not_synced {}', 'no other is marked');
select is(lead_sync_private.mark_owed(), 0, 'once');

-- edges: a later item has its own say
create function pg_temp.overtaken(p_status text) returns text
language plpgsql
as $$
declare
  v_lead uuid := pg_temp.given_lead();
begin
  perform pg_temp.owe(v_lead), pg_temp.given_item(v_lead, jsonb_build_object('status',
    p_status));
  return lead_sync_private.mark_owed() || ' ' || pg_temp.shown(v_lead);
end
$$;
select is(pg_temp.overtaken(s), '1 not_synced {"sent": {}}', 'not after one that is ' || s)
from unnest(array['pending', 'processing', 'completed', 'failed']) as s;
select is(pg_temp.overtaken('cancelled'), '1 failed {"sent": {}}', 'but after a cancelled one');

-- edges: the conversation is gone
select pg_temp.given_lead() as lead \gset
select pg_temp.owe(:'lead');
update public.lead_sync_queue set conversation_id = null where conversation_id = :'lead';
select is(lead_sync_private.mark_owed(), 0, 'what cannot be locked is left for later');
select is(count(*), 1::bigint, 'and owed still') from public.lead_sync_queue
where status = 'failed' and state ? 'owed';
update public.lead_sync_queue set status = 'completed' where state ? 'owed';
select is(lead_sync_private.mark_owed(), 0, 'what is no dead letter owes nothing');

-- effects: a hundred at a time
insert into public.lead_sync_queue (conversation_id, property_id, sync_operation, sync_data,
  status, state)
select :'dead', gen_random_uuid(), 'push', '{}', 'failed', '{"owed": true}'
from generate_series(1, 101);
select is(lead_sync_private.mark_owed(), 100, 'a hundred at a time');

select * from finish();
rollback;
