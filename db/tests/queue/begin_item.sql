-- begin_item: the first request of an item just claimed, or its end without one.
begin;
select plan(27);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.begin_item'), 'jsonb | volatile | - | -',
  'no role may call it');

create function pg_temp.begin_item(p_lead uuid) returns jsonb
language sql
as $$
  select lead_sync_private.begin_item(pg_temp.item(p_lead))
$$;
create function pg_temp.at_work(p_lead uuid, p_state jsonb) returns void
language sql
as $$
  update public.lead_sync_queue set status = 'processing', lane = conversation_id, attempt = 1,
    lease_token = gen_random_uuid(), lease_started_at = clock_timestamp(), state = p_state,
    lease_until = clock_timestamp() + interval '60 s', lease_length = '60 s'
  where conversation_id = p_lead
$$;

-- happy path: the request
select pg_temp.given_lead() as lead \gset
select pg_temp.at_work(:'lead', '{}');
select is(pg_temp.begin_item(:'lead') #>> '{by,email}', u.email::text, 'a lead is searched for')
from public.conversation c join public."user" u on u.id = c.user_id where c.id = :'lead';
select collect_tap(
  is(q.state ->> 'step', 'email', 'the item knows what was asked'),
  is(q.status, 'processing', 'and is in flight'))
from pg_temp.item(:'lead') q;

-- what earlier attempts have learned
select pg_temp.at_work(:'lead', '{"lead_id": "L7", "failures": 3, "sent": {"pushed": ["name"]},
  "email": {"value": "old"}, "source": true, "asked_at": "2020-01-01T00:00:00Z"}');
select is(pg_temp.begin_item(:'lead') -> 'by', '{"lead_id": "L7"}',
  'a lead that a save is about is read by its id');
select is(q.state - array['asking', 'issued_at', 'asked_at', 'step'],
  '{"lead_id": "L7", "failures": 3, "sent": {"pushed": ["name"]}}',
  'of earlier attempts the save, its lead and the failures are kept')
from pg_temp.item(:'lead') q;
select pg_temp.at_work(:'lead', '{"failures": null}');
select pg_temp.begin_item(:'lead');
select is(q.state -> 'failures', 'null', 'failures are kept as they are')
from pg_temp.item(:'lead') q;

-- deferred
select pg_temp.given_lead() as lead \gset
select pg_temp.at_work(:'lead', '{"sent": {"pushed": []}}');
update public.lead_sync_queue set sync_operation = 'enrichment'
where conversation_id = :'lead';
select is(pg_temp.begin_item(:'lead'), null, 'what has to wait makes no request');
select collect_tap(
  is(q.status, 'pending', 'it goes back'),
  is(q.error_code, 'not_linked', 'with a reason'),
  is(q.error_message, 'waits for the push that links the conversation', 'in words'),
  ok(q.next_retry_at between now() + interval '1 s' and clock_timestamp() + interval '2 s',
    'for one to two seconds after a first attempt'),
  is(q.retry_count, 0, 'uncounted'),
  is(q.state, '{"sent": {"pushed": []}}', 'with what it knew'))
from pg_temp.item(:'lead') q;
select is(pg_temp.logged(:'lead'), '', 'no attempt is logged');

-- cancelled
select pg_temp.given_lead() as lead \gset
select pg_temp.at_work(:'lead', '{}');
update public.resman_integration set sync_direction = 'from_resman'
where property_id = pg_temp.property_of(:'lead');
select is(pg_temp.begin_item(:'lead'), null, 'what is no lead any more makes no request');
select results_eq(format('select status::text, error_code::text, error_message, '
  'processed_at is not null from pg_temp.item(%L)', :'lead'),
  $$values ('cancelled', 'not_eligible',
    'the conversation is no lead to push: direction', true)$$, 'it ends');

-- failed
select pg_temp.given_lead() as lead \gset
select pg_temp.at_work(:'lead', '{}');
update public.lead_sync_queue set sync_operation = 'merge' where conversation_id = :'lead';
select is(pg_temp.begin_item(:'lead'), null, 'what nobody can do makes no request');
select results_eq(format('select status::text, error_code::text, error_message '
  'from pg_temp.item(%L)', :'lead'),
  $$values ('failed', 'operation', 'this version does not carry out merge items')$$,
  'it is a dead letter');
select is(pg_temp.logged(:'lead'), 'merge failed operation', 'and is logged');

-- errors: what one item's data does stops no claim
select pg_temp.given_lead() as lead \gset
select pg_temp.at_work(:'lead', '{"sent": {"pushed": []}}');
select pg_temp.given_setting(pg_temp.property_of(:'lead'), 'timeout_s', '"soon"');
select is(pg_temp.begin_item(:'lead'), null, 'an error makes no request');
select collect_tap(
  is(q.status, 'pending', 'it is tried again'),
  is(q.retry_count, 1, 'counted'),
  is(q.error_code, 'internal_22P02', 'with the error''s code'),
  is(q.error_message, 'the item could not be prepared: see error_code',
    'and none of its words'),
  is(q.state, '{"sent": {"pushed": []}, "failures": 1}', 'and what it knew'))
from pg_temp.item(:'lead') q;

-- effects
select is(c.resman_sync_status, 'not_synced', 'no conversation is written')
from public.conversation c where c.id = :'lead';

select * from finish();
rollback;
