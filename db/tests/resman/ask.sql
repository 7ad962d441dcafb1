-- ask: a plan of one request.
begin;
select plan(5);
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.ask'), 'jsonb | stable | - | -',
  'no role may call it');

-- happy path
select lead_sync_private.ask('{"sent": {"a": 1}, "step": "read", "asked_at": "before"}',
  'email',
  '{"call": "search_leads"}') as plan \gset
select is(:'plan'::jsonb #- '{state,asked_at}', '{"request": {"call": "search_leads"},
  "state": {"sent": {"a": 1}, "step": "email", "asking": {"call": "search_leads"}}}',
  'the request, and in the state what is asked under which name');
select ok((:'plan'::jsonb #>> '{state,asked_at}')::timestamptz between now()
  and clock_timestamp(), 'and when');

-- edges
select is(lead_sync_private.ask('{}', 'source', '{}') #- '{state,asked_at}',
  '{"request": {}, "state": {"step": "source", "asking": {}}}', 'from nothing');
set local timezone = 'Asia/Tokyo';
select ok((lead_sync_private.ask('{}', 'x', '{}') #>> '{state,asked_at}')::timestamptz
  between now() and clock_timestamp(), 'the time has its zone with it');

select * from finish();
rollback;
