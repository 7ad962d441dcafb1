-- apply_failure: what becomes of an item whose call failed, by the kind of failure.
begin;
select plan(49);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.apply_failure'), 'jsonb | volatile | - | -',
  'no role may call it');

-- A failed call of what is held of the conversation.
create function pg_temp.fail(p_lead uuid, p_kind text, p_more jsonb default '{}') returns text
language sql
as $$
  select lead_sync_private.apply_failure(pg_temp.item(p_lead), pg_temp.failure(p_kind, p_more))
    ->> 'ended'
$$;
-- Whether it waits at least so long, and no longer than that and the second that the backoff
-- after a first failure may take.
create function pg_temp.waits(p_lead uuid, p_at_least interval, p_at_most interval)
returns boolean
language sql
as $$
  select q.next_retry_at between now() + p_at_least and clock_timestamp() + p_at_most
  from pg_temp.item(p_lead) q
$$;

-- transient, rate_limited
select pg_temp.given_lead() as transient, pg_temp.given_lead() as limited \gset
select pg_temp.claim(:'transient');
update public.lead_sync_queue set retry_count = max_retries;
select is(pg_temp.fail(:'transient', 'transient'), 'retry',
  'a transient failure is tried again, even by an item that has no retry left');
select is(pg_temp.fail(:'limited', 'rate_limited', '{"retry_after_s": 120}'), 'retry',
  'so is one that came too soon');
select collect_tap(
  is(q.status, 'pending', 'it waits'),
  is(q.retry_count, q.max_retries, 'uncounted'),
  is(q.error_code, 'c_transient', 'with the reason'),
  is(q.error_message, 'because', 'in ResMan''s words'),
  is(q.lease_token, null, 'without a lease'),
  ok(pg_temp.waits(:'transient', '0 s', '1 s'), 'for a while'))
from pg_temp.item(:'transient') q;
select is(pg_temp.logged(:'transient'), 'update retry c_transient', 'the log has the attempt');
select is(l.response_data, pg_temp.failure('transient'), 'and what came back')
from public.lead_sync_log l where l.conversation_id = :'transient';
select collect_tap(
  ok(pg_temp.waits(:'limited', '120 s', '120 s'), 'Retry-After wins when it is longer'),
  is(q.retry_count, q.max_retries, 'uncounted'))
from pg_temp.item(:'limited') q;
select results_eq(
  $$select distinct i.error_count from public.resman_integration i$$, array[1],
  'each property knows that an attempt failed');

-- how long ResMan may ask for
create temporary table wait as
select pg_temp.given_lead() as lead, v.* from (values
  ('90000'::jsonb, interval '1 day', interval '1 day'),
  ('2.5', interval '2.5 s', interval '2.5 s'), ('0', '0 s', '1 s'), ('-5', '0 s', '1 s'),
  ('"120"', '0 s', '1 s'), ('null', '0 s', '1 s')) as v(asked, least, most);
select pg_temp.claim(null);
select pg_temp.fail(w.lead, 'transient', jsonb_build_object('retry_after_s', w.asked))
from wait w;
select ok(pg_temp.waits(w.lead, w.least, w.most), 'Retry-After ' || w.asked::text) from wait w;

-- ambiguous
select pg_temp.given_save() as lead \gset
select pg_temp.given_setting(pg_temp.property_of(:'lead'), 'settle_time', '100');
select is(pg_temp.fail(:'lead', 'ambiguous'), 'retry',
  'a save of unknown outcome is tried again');
select collect_tap(
  is(q.retry_count, 1, 'counted'),
  ok(pg_temp.waits(:'lead', '100 s', '100 s'), 'after the settle time'),
  ok(q.state ? 'sent', 'and knows what was sent'))
from pg_temp.item(:'lead') q;
select pg_temp.given_save() as lead \gset
select pg_temp.fail(:'lead', 'ambiguous', '{"retry_after_s": 200}');
select ok(pg_temp.waits(:'lead', '200 s', '200 s'), 'or after what ResMan asks for');
select pg_temp.given_lead() as lead \gset
select pg_temp.claim(:'lead');
select pg_temp.fail(:'lead', 'ambiguous');
select ok(pg_temp.waits(:'lead', '0 s', '1 s'), 'a search has nothing to settle');

-- rejected
select pg_temp.given_save() as lead \gset
select is(pg_temp.fail(:'lead', 'rejected'), 'failed', 'what ResMan rejects fails at once');
select collect_tap(
  is(q.status, 'failed', 'it is a dead letter'),
  is(q.retry_count, 0, 'without a retry'),
  is(q.error_code, 'c_rejected', 'with the reason'),
  ok(not q.state ? 'sent', 'and nothing of it is in doubt'))
from pg_temp.item(:'lead') q;
select is_empty(format('select from lead_sync_private.create_intent where conversation_id = %L',
  :'lead'), 'others may create a lead with this e-mail');
select is(resman_sync_status, 'failed', 'the conversation shows it')
from public.conversation where id = :'lead';
select pg_temp.given_save() as lead \gset
update public.lead_sync_queue set state = state || '{"step": "read"}'
where conversation_id = :'lead';
select pg_temp.fail(:'lead', 'rejected');
select ok(q.state ? 'sent', 'a search that is rejected says nothing of an earlier save')
from pg_temp.item(:'lead') q;

-- unauthorized
select pg_temp.given_lead() as lead \gset
select pg_temp.claim(:'lead');
select is(pg_temp.fail(:'lead', 'unauthorized', '{"retry_after_s": 500}'), 'retry',
  'an item whose credentials are refused waits');
select collect_tap(
  is(i.sync_status, 'disconnected', 'its property is disconnected'),
  is(i.status_reason, 'ResMan refuses the credentials: because', 'and says why'),
  is(q.retry_count, 0, 'the item''s retries are not touched'),
  ok(pg_temp.waits(:'lead', '0 s', '1 s'), 'and it is due when the property is'))
from pg_temp.item(:'lead') q
join public.resman_integration i on i.property_id = q.property_id;

-- malformed, and what we have not heard of
select pg_temp.given_lead() as lead \gset
update public.lead_sync_queue set max_retries = 1 where conversation_id = :'lead';
select pg_temp.claim(:'lead');
select is(pg_temp.fail(:'lead', 'malformed', '{"retry_after_s": 300}'), 'retry',
  'an answer that cannot be read is tried again');
select ok(pg_temp.waits(:'lead', '300 s', '300 s'), 'when ResMan says');
select is(pg_temp.fail(:'lead', 'malformed'), 'failed', 'until no retry is left');
select is(q.status || q.retry_count, 'failed1', 'then it is a dead letter')
from pg_temp.item(:'lead') q;

select pg_temp.given_save() as lead \gset
select pg_temp.fail(:'lead', 'malformed', '{"retry_after_s": 200}');
select ok(pg_temp.waits(:'lead', '200 s', '200 s'), 'a save waits for the longer of the two');

-- edges
select pg_temp.given_save() as lead \gset
select is(lead_sync_private.apply_failure(pg_temp.item(:'lead'),
  '{"outcome": "failed", "kind": "unheard_of"}'), '{"ended": "retry"}',
  'a kind of its own is tried again');
select results_eq(format('select retry_count, error_code::text, error_message '
  'from pg_temp.item(%L)', :'lead'),
  $$values (1, 'unheard_of', 'ResMan gave no reason')$$,
  'counted; without a code the kind stands for it');
select ok(pg_temp.waits(:'lead', '10 s', '10 s'), 'after the settle time where it was a save');

-- a window of a pull that ResMan finds too large
select pg_temp.given_lead() as lead \gset
update public.resman_integration set sync_direction = 'bidirectional'
where property_id = pg_temp.property_of(:'lead');
update public.lead_sync_queue set sync_operation = 'pull', lease_length = '60 s',
  lease_until = now() + interval '60 s', state = '{"step": "window", "window": {
    "from": "2026-01-01T00:00:00Z", "to": "2026-01-01T02:00:00Z",
    "until": "2026-01-03T00:00:00Z"}}'
where conversation_id = :'lead';
select is(lead_sync_private.apply_failure(q, pg_temp.failure('too_large'))
  #> '{request,by}', '{"modified_from": "2025-12-31T23:59:58Z",
    "modified_to": "2026-01-01T01:00:01Z"}', 'it is halved at once')
from pg_temp.item(:'lead') q;
update public.lead_sync_queue set state = state || '{"step": "read"}'
where conversation_id = :'lead';
select is(lead_sync_private.apply_failure(q, pg_temp.failure('too_large')),
  '{"ended": "retry"}', 'what is no window cannot be') from pg_temp.item(:'lead') q;

select * from finish();
rollback;
