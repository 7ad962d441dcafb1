-- take_over: what ResMan has changed is DomIQ's before a save sends the lead back as it was read.
begin;
select plan(14);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.take_over'), 'boolean | volatile | - | -',
  'no role may call it');

create function pg_temp.given_linked(p_lead_id text) returns uuid
language plpgsql
as $$
declare
  v_lead uuid := pg_temp.given_conversation(
    pg_temp.given_user('Ann', 'Lee', p_lead_id || '@example.com', null),
    pg_temp.given_pulling());
begin
  perform pg_temp.given_mapping(v_lead, jsonb_build_object('resman_lead_id', p_lead_id,
    'base_moved_at', '2026-01-02T00:00:00Z', 'resman_read_at', '2026-01-03T00:00:00Z'));
  return v_lead;
end
$$;
create function pg_temp.lead_of(p_lead uuid, p_values jsonb) returns jsonb
language sql
as $$
  select pg_temp.shown(jsonb_build_object('lead_id', m.resman_lead_id,
    'email', m.resman_lead_id || '@example.com', 'phone', null) || p_values)
  from public.lead_sync_mapping m where m.conversation_id = p_lead
$$;
create function pg_temp.take(p_lead uuid, p_values jsonb,
  p_at timestamptz default clock_timestamp()) returns boolean
language sql
as $$
  select lead_sync_private.take_over(pg_temp.item(p_lead), m, jsonb_build_object(
    'lead', pg_temp.lead_of(p_lead, p_values), 'read_at', p_at))
  from public.lead_sync_mapping m where m.conversation_id = p_lead
$$;
create function pg_temp.said_of(p_lead uuid) returns text
language sql
as $$ select c.ai_intent_summary from public.conversation c where c.id = p_lead $$;

-- happy path
select pg_temp.given_linked('r1') as lead \gset
select is(pg_temp.take(:'lead', '{"comment": "Wants a view"}'), false, 'the read may be used');
select is(pg_temp.said_of(:'lead'), 'Wants a view', 'and is taken over');
select is(m.resman_base ->> 'comment', 'Wants a view', 'the base moves with it')
from public.lead_sync_mapping m where m.conversation_id = :'lead';
select is(f.item_id, (pg_temp.item(:'lead')).id, 'the history says by which item')
from lead_sync_private.field_change f
where f.conversation_id = :'lead' and f.field_group = 'comment';
update public.conversation set occupants_count = 5 where id = :'lead';
select is(pg_temp.take(:'lead', '{"comment": "Wants two"}'), false, 'beside an edit in DomIQ');
select is(concat_ws(' ', c.ai_intent_summary, c.occupants_count), 'Wants two 5',
  'both are kept') from public.conversation c where c.id = :'lead';
select is(count(*), 1::bigint, 'and the edit is still to be pushed')
from public.lead_sync_queue q
where q.conversation_id = :'lead' and q.sync_operation = 'push' and q.status = 'pending';

-- edges: it was merged as it stands
select pg_temp.given_linked('r2') as seen \gset
update public.lead_sync_mapping m
set seen_hash = md5(pg_temp.lead_of(:'seen', '{"comment": "Wants a view"}')::text)
where m.conversation_id = :'seen';
select is(pg_temp.take(:'seen', '{"comment": "Wants a view"}'), false, 'once is enough');
select is(pg_temp.said_of(:'seen'), null, 'nothing is written again');
select is(pg_temp.take(:'seen', '{"comment": "Wants a view", "events": [{"id": "E1"}]}'), false,
  'anything else that is seen');
select is(pg_temp.said_of(:'seen'), 'Wants a view', 'is merged');

-- edges: something newer is known
select is(pg_temp.take(:'lead', '{"comment": "Old"}', '2026-01-01T00:00:00Z'), true,
  'a read from before the last merge may not be used');
select is(pg_temp.said_of(:'lead'), 'Wants two', 'nor is it taken over');

select * from finish();
rollback;
