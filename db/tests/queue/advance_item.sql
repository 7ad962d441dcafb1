-- advance_item: the fence before an answer is taken in, and what happens when that fails.
begin;
select plan(36);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync.advance_item'),
  'jsonb | volatile definer | '
  'enable_seqscan=off jit=off lock_timeout=500ms plan_cache_mode=force_generic_plan | lead_sync_runner',
  'a runner hands in answers, and waits for no lock');

-- happy path
select pg_temp.given_lead() as lead \gset
select pg_temp.claim(:'lead');
select claim #>> '{request,issued_at}' as issued from held where conversation_id = :'lead' \gset
select jsonb_build_object('outcome', 'ok', 'leads', '[]'::jsonb, 'issued_at', :'issued')
  as answer \gset
select pg_temp.answer(:'lead', :'answer') -> 'request' as request \gset
select is(:'request'::jsonb ->> 'call', 'search_leads', 'an answer is followed by a request');
select ok(:'request'::jsonb -> 'by' ? 'phone', 'the next one');

-- edges: an answer that comes twice
select pg_temp.answer(:'lead', :'answer') -> 'request' as again \gset
select is(:'again'::jsonb - array['issued_at', 'deadline_s', 'wait_s'],
  :'request'::jsonb - array['issued_at', 'deadline_s', 'wait_s'],
  'the same answer again gets the same request again');
select isnt(:'again'::jsonb -> 'issued_at', :'request'::jsonb -> 'issued_at', 'issued anew');
select is(q.state ->> 'step', 'phone', 'and is not taken for the answer to it')
from pg_temp.item(:'lead') q;
select is(pg_temp.answer(:'lead', '{"outcome": "ok", "leads": []}') #>> '{request,call}',
  'save_lead', 'one that does not say what it answers is taken for the current one');

-- edges: stale
create temporary table stale as
select v.* from (values
  ('another token', gen_random_uuid(), 'processing'),
  ('an item that waits', null, 'pending'),
  ('an item that has ended', null, 'completed')) as v(what, token, status);
select pg_temp.given_lead() as lead \gset
create function pg_temp.stale(p_lead uuid, p_token uuid, p_status text) returns text
language plpgsql
as $$
declare
  v_before jsonb;
  v_answer jsonb;
begin
  update public.lead_sync_queue set status = p_status where conversation_id = p_lead;
  v_before := to_jsonb(pg_temp.item(p_lead));
  v_answer := lead_sync.advance_item((pg_temp.item(p_lead)).id,
    coalesce(p_token, (pg_temp.item(p_lead)).lease_token), pg_temp.failure('rejected'));
  return v_answer || case when to_jsonb(pg_temp.item(p_lead)) = v_before then ' untouched'
    else ' changed' end;
end
$$;
select pg_temp.claim(:'lead');
select is(pg_temp.stale(:'lead', s.token, s.status), '{"stale": true} untouched', s.what)
from stale s;
select is(lead_sync.advance_item(gen_random_uuid(), gen_random_uuid(),
  '{"outcome": "ok"}'), '{"stale": true}', 'an item that is gone');
select is(pg_temp.logged(:'lead'), '', 'a failure that comes too late is not logged');
update public.lead_sync_queue set status = 'processing' where conversation_id = :'lead';
select is(lead_sync.advance_item(q.id, gen_random_uuid(), '{"outcome": "ok", "leads": []}'),
  '{"stale": true}', 'so is a success')
from pg_temp.item(:'lead') q;
select is(pg_temp.logged(:'lead'), 'update retry stale', 'but that is kept');

-- errors
select throws_ok(format('select lead_sync.advance_item(%L, %L, %L)', q.id, q.lease_token, a),
  'LS001', null, 'refused: ' || coalesce(a, 'null'))
from pg_temp.item(:'lead') q,
  unnest(array[null, '{}', '{"outcome": "ok", "leads": {}}']) as a;
select throws_ok($$select lead_sync.advance_item(null, null, '{"outcome": "ok"}')$$, 'LS001',
  null, 'refused: no item');

-- errors: a row of DomIQ's that cannot be had
create function pg_temp.refuse() returns trigger
language plpgsql
as $$
begin
  raise exception using errcode = tg_argv[0];
end
$$;
create function pg_temp.refused(p_lead uuid, p_code text) returns jsonb
language plpgsql
as $$
declare
  v_answer jsonb;
begin
  execute format('create trigger refuse before update on public.conversation for each row '
    'execute function pg_temp.refuse(%L)', p_code);
  v_answer := pg_temp.answer(p_lead, '{"outcome": "ok", "leads": []}');
  drop trigger refuse on public.conversation;
  return v_answer;
end
$$;
select pg_temp.given_lead() as lead, pg_temp.given_lead() as other \gset
select pg_temp.claim(:'lead');
select is(pg_temp.refused(:'lead', '55P03'), '{"ended": "deferred"}',
  'while somebody holds a row we come back later');
select collect_tap(
  is(q.status, 'pending', 'the item waits'),
  is(q.retry_count, 0, 'uncounted'),
  is(q.error_code, 'row_locked', 'with a reason'),
  is(q.error_message, 'a row is being written by another transaction', 'in words'),
  ok(q.next_retry_at between now() + interval '1 s' and clock_timestamp() + interval '1 s',
    'for a second'),
  is(q.state ->> 'step', 'email', 'with what it knew'))
from pg_temp.item(:'lead') q;
select is(pg_temp.logged(:'lead'), '', 'that is no attempt');
select is(pg_temp.refused(:'other', '40P01'), '{"ended": "deferred"}',
  'so we do as the victim of a deadlock');

-- errors: data that nobody thought of
select pg_temp.given_save() as lead \gset
select pg_temp.given_setting(pg_temp.property_of(:'lead'), 'settle_time', '100');
update public.conversation set resman_sync_status = 'not_synced' where id = :'lead';
select is(pg_temp.refused(:'lead', '22012'), '{"ended": "retry"}',
  'any other error is a retry');
select collect_tap(
  is(q.status, 'pending', 'the item waits'),
  is(q.retry_count, 1, 'counted'),
  is(q.error_code, 'internal_22012', 'with the error''s code'),
  is(q.error_message, 'the answer could not be taken in: see error_code', 'none of its words'),
  ok(q.next_retry_at between now() + interval '100 s' and clock_timestamp() + interval '100 s',
    'for the settle time'),
  ok(q.state ? 'sent', 'and knows what it sent'))
from pg_temp.item(:'lead') q;

-- effects
select is(pg_temp.logged(:'lead'), 'create retry internal_22012', 'the attempt is logged');
select is_empty(format('select from public.lead_sync_mapping where conversation_id = %L',
  :'lead'), 'what it had done is undone');

select * from finish();
rollback;
