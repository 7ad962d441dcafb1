-- keep_summary: a text that came from ResMan is no news there.
begin;
select plan(5);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.keep_summary'), 'void | volatile | - | -',
  'no role may call it');

-- happy path
select pg_temp.given_lead('{"ai_intent_summary": "a balcony"}') as lead \gset
select lead_sync_private.keep_summary(:'lead', ' a balcony ');
select lead_sync_private.keep_summary(:'lead', 'a balcony');
select is(count(*), 1::bigint, 'it is kept once') from lead_sync_private.lead_event
where conversation_id = :'lead' and event_type = 'Other';
select is(lead_sync_private.find_summary(:'lead', pg_temp.property_of(:'lead')), null,
  'and is not found as one to be sent');

-- edges
select lead_sync_private.keep_summary(:'lead', t) from unnest(array[null, '', '  ']) as t;
select is(count(*), 1::bigint, 'a blank one is none') from lead_sync_private.lead_event;
select is(count(*), 0::bigint, 'nor is it kept for another conversation')
from lead_sync_private.lead_event where conversation_id <> :'lead';

select * from finish();
rollback;
