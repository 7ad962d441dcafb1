-- write_log: the audit row of one ended attempt.
begin;
select plan(31);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.write_log'),
  'void | volatile | enable_seqscan=off jit=off | -',
  'no role may call it');

-- happy path
select pg_temp.given_lead() as lead \gset
select pg_temp.claim(:'lead');
update public.lead_sync_queue set resman_lead_id = 'L1', retry_count = 2, attempt = 4,
  lease_started_at = clock_timestamp() - interval '2.5 s' where conversation_id = :'lead';
select lead_sync_private.write_log(q, 'conflict', 'merge', '{"a": 1}', '{"b": 2}', 'code',
  'in words', '{"c": 3}') from pg_temp.item(:'lead') q;
select collect_tap(
  is(l.conversation_id, :'lead', 'the conversation'),
  is(l.resman_lead_id, 'L1', 'the lead'),
  is(l.sync_direction, 'to_resman', 'the direction'),
  is(l.sync_status, 'conflict', 'how it ended'),
  is(l.sync_type, 'merge', 'what was done'),
  is(l.sync_data, jsonb_build_object('a', 1, 'conversation_id', :'lead'), 'what was sent'),
  is(l.response_data, '{"b": 2}', 'what came back'),
  is(l.error_code, 'code', 'what went wrong'),
  is(l.error_message, 'in words', 'in words'),
  is(l.conflict_details, '{"c": 3}', 'the conflict'),
  is(l.retry_count, 2, 'the retries by then'),
  ok(l.processing_time_ms >= 2500, 'the time since the claim, in milliseconds'),
  ok(l.created_at between now() and clock_timestamp(), 'when'),
  is(l.property_id, pg_temp.property_of(:'lead'), 'the property'),
  is(l.item_id, (pg_temp.item(:'lead')).id, 'the item'),
  is(l.attempt, 4, 'which attempt'),
  is(l.sync_operation, 'push', 'the operation'))
from public.lead_sync_log l where l.conversation_id = :'lead';

-- edges
create function pg_temp.logged_with(p_values jsonb, p_code text default null,
  p_message text default null) returns public.lead_sync_log
language plpgsql
as $$
declare
  v_item public.lead_sync_queue := jsonb_populate_record(
    (select q from public.lead_sync_queue q order by q.seq limit 1), p_values);
  v_log public.lead_sync_log;
begin
  delete from public.lead_sync_log;
  perform lead_sync_private.write_log(v_item, 'success', 'update', null, null, p_code,
    p_message);
  select l.* into v_log from public.lead_sync_log l;
  return v_log;
end
$$;
select is(l.sync_data, jsonb_build_object('conversation_id', :'lead'),
  'nothing was sent but the conversation''s id') from pg_temp.logged_with('{}') l;
select is(row(l.error_code, l.error_message, l.conflict_details, l.response_data)::text,
  '(,,,)',
  'what is not given is null') from pg_temp.logged_with('{}') l;
select is(row(length(l.error_code), length(l.error_message))::text, '(100,4000)',
  'long words are cut') from pg_temp.logged_with('{}', repeat('c', 101), repeat('m', 4001)) l;
select is(row(l.conversation_id, l.sync_data ->> 'conversation_id')::text,
  '(,01234567-89ab-4cde-8f01-23456789abcd)',
  'a conversation that is gone or held is named in the data alone')
from pg_temp.logged_with('{"conversation_id": "01234567-89ab-4cde-8f01-23456789abcd"}') l;
select is(l.processing_time_ms, expected, 'a claim at ' || coalesce(claimed, 'no time'))
from (values ('2200-01-01', 0), ('1900-01-01', 2147483647), (null, null)) as v(claimed,
  expected),
  pg_temp.logged_with(jsonb_build_object('lease_started_at', v.claimed)) l;

select is(l.sync_direction, 'from_resman', 'a pull comes from ResMan')
from pg_temp.logged_with('{"sync_operation": "pull"}') l;

-- errors: what the seed's checks refuse
select throws_ok(format('select lead_sync_private.write_log(q, %L, %L, null, null) '
  'from public.lead_sync_queue q', s, t), '23514', null, format('refused: %s %s', s, t))
from (values ('done', 'update'), ('success', 'push')) as v(s, t);

-- effects: rows of one conversation at the same time
delete from public.lead_sync_log;
select lead_sync_private.write_log(q, 'success', 'update', null, null)
from pg_temp.item(:'lead') q, generate_series(1, 200);
select is(count(*), 200::bigint, 'none of them is lost') from public.lead_sync_log;
select is(count(distinct l.created_at), 200::bigint, 'each has its own time')
from public.lead_sync_log l;

-- a clock that has twelve times only: whoever finds one taken steps aside
create function pg_temp.stop_clock() returns trigger
language plpgsql
as $$
begin
  new.created_at := timestamptz '2030-01-01'
    + extract(microseconds from new.created_at)::integer % 12 * interval '1 us';
  return new;
end
$$;
create trigger stop_clock before insert on public.lead_sync_log
for each row execute function pg_temp.stop_clock();
delete from public.lead_sync_log;
select lead_sync_private.write_log(q, 'success', 'update', null, null)
from pg_temp.item(:'lead') q, generate_series(1, 12);
select is(count(distinct l.created_at), 12::bigint, 'whoever finds a time taken steps aside')
from public.lead_sync_log l;

select * from finish();
rollback;
