-- take_answer: what an answer leads to, before its place in the rate.
begin;
select plan(7);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.take_answer'),
  'record | volatile | enable_seqscan=off jit=off | -',
  'no role may call it');

create function pg_temp.take(p_lead uuid, p_response jsonb) returns record
language sql
as $$
  select lead_sync_private.take_answer(h.item, h.token, p_response)
  from held h where h.conversation_id = p_lead
$$;
select pg_temp.given_lead() as lead \gset
select pg_temp.claim(:'lead');

-- happy path
select ok(t.result ? 'request' and not t.result -> 'request' ? 'wait_s',
  'the next request, whose wait is not settled yet')
from held h, lead_sync_private.take_answer(h.item, h.token, '{"outcome": "ok", "leads": []}') t;
select is(t.property_id, pg_temp.property_of(:'lead'), 'and the property it is for')
from held h, lead_sync_private.take_answer(h.item, h.token, '{"outcome": "ok", "leads": []}') t;
select is_empty($$select from lead_sync_private.rate_slot r
  where r.next_at > clock_timestamp() + interval '1 s'$$, 'no place is taken here');

-- errors and edges
select throws_ok(format('select pg_temp.take(%L, ''{}'')', :'lead'), 'LS001',
  null, 'what is no response is refused');
select is(t.result || jsonb_build_object('p', t.property_id), '{"stale": true, "p": null}',
  'a token that is not current is stale')
from held h, lead_sync_private.take_answer(h.item, gen_random_uuid(),
  '{"outcome": "ok", "leads": []}') t;
select is(t.result, '{"ended": "retry"}', 'a failure ends the attempt')
from held h, lead_sync_private.take_answer(h.item, h.token, pg_temp.failure('transient')) t;

select * from finish();
rollback;
