-- plan_summary: the summary goes with a save once it is due, and once.
begin;
select plan(9);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.plan_summary'), 'jsonb | stable | - | -',
  'no role may call it');

create function pg_temp.plan(p_lead uuid, p_read jsonb default null) returns jsonb
language sql
as $$ select lead_sync_private.plan_summary(q, p_read) from pg_temp.item(p_lead) q $$;

-- edges
select is(pg_temp.plan(pg_temp.given_lead()), '{"events": [], "seen": []}', 'nothing to tell');
select pg_temp.given_lead(jsonb_build_object('ai_intent_summary', 'a balcony', 'created_at',
  clock_timestamp() - interval '599 s')) as lead \gset
select is(pg_temp.plan(:'lead'), '{"events": [], "seen": []}', 'the chat is not quiet yet');

-- happy path
update public.conversation set created_at = clock_timestamp() - interval '600 s'
where id = :'lead';
select lead_sync_private.hash_key('summary', :'lead', 'a balcony') as key \gset
select pg_temp.plan(:'lead') as plan \gset
select is(:'plan'::jsonb #- '{events,0,at}', jsonb_build_object('seen', '[]'::jsonb, 'events',
  jsonb_build_array(jsonb_build_object('key', :'key', 'type', 'Other',
    'comment', 'DomIQ chat: a balcony',
    'agent', lead_sync_private.resolve_agent(pg_temp.property_of(:'lead'))))),
  'now it is: one event, with the property''s agent');
select is(pg_temp.plan(:'lead', '{"events": [{"key": "aaaaaaaa"}, {"id": "E1"}]}'),
  :'plan'::jsonb, 'a lead that shows other events gets it too');

-- edges: an answer was lost
select is(pg_temp.plan(:'lead', jsonb_build_object('events', jsonb_build_array(
    jsonb_build_object('key', 'aaaaaaaa'), jsonb_build_object('key', :'key')))),
  jsonb_build_object('events', '[]'::jsonb, 'seen', :'plan'::jsonb -> 'events'),
  'what ResMan shows is known to be there, and is not sent again');
select is(pg_temp.plan(:'lead', '{"events": {}}'), :'plan'::jsonb,
  'events that are no list show none');
select is(pg_temp.plan(:'lead', '{}'), :'plan'::jsonb, 'nor do none');
update lead_sync_private.lookup set active = false where kind = 'agent';
select is(pg_temp.plan(:'lead') #> '{events,0,agent}', null, 'without an agent it has none');

select * from finish();
rollback;
