-- hand_out_request: a request with its time of issue and its deadline.
begin;
select plan(15);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.hand_out_request'),
  'jsonb | volatile | enable_seqscan=off jit=off | -',
  'no role may call it');

create function pg_temp.handed_out(p_lead uuid) returns jsonb
language sql
as $$
  select lead_sync_private.hand_out_request(q,
    '{"request": {"call": "x", "by": 1}, "state": {"step": "x"}}')
  from pg_temp.item(p_lead) q
$$;
create function pg_temp.handed_out_hot(p_lead uuid) returns bigint
language plpgsql
as $$
begin
  perform pg_temp.handed_out(p_lead);
  return pg_stat_get_xact_tuples_hot_updated('public.lead_sync_queue'::regclass);
end
$$;

-- happy path
select pg_temp.given_lead() as lead, pg_temp.given_lead() as other \gset
select pg_temp.claim(:'lead');
update public.lead_sync_queue set lease_length = '100 s', updated_at = '2020-01-01',
  lease_until = now() + interval '5 s';
select pg_temp.handed_out(:'lead') as request \gset
select is(:'request'::jsonb - array['issued_at', 'deadline_s'], '{"call": "x", "by": 1}',
  'the request is the plan''s');
select matches(:'request'::jsonb ->> 'issued_at',
  '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$', 'its time of issue is ISO with microseconds');
select ok((:'request'::jsonb ->> 'issued_at')::timestamptz between now() and clock_timestamp(),
  'now');
select is(:'request'::jsonb -> 'deadline_s', '70.000',
  'what is not sent 30 s, a call''s timeout, before the lease ends may not be sent');
select collect_tap(
  is(q.state, jsonb_build_object('step', 'x', 'issued_at', :'request'::jsonb ->> 'issued_at'),
    'the item knows the plan''s state and when it was issued'),
  is(q.lease_until, (:'request'::jsonb ->> 'issued_at')::timestamptz + interval '100 s',
    'the lease is renewed by its length'),
  is(q.updated_at, '2020-01-01', 'updated_at is indexed, and stays'),
  is(q.status, 'processing', 'it is in flight still'))
from pg_temp.item(:'lead') q;
select is(pg_stat_get_xact_tuples_hot_updated('public.lead_sync_queue'::regclass)
  - pg_temp.handed_out_hot(:'lead'), -1::bigint, 'within the lease no index is written');
select is(q.lease_until, now() + interval '5 s', 'other leases are not renewed')
from pg_temp.item(:'other') q;

-- edges
update public.lead_sync_queue set lease_until = '2100-01-01' where conversation_id = :'lead';
select ok((pg_temp.handed_out(:'lead') ->> 'deadline_s')::numeric > 1e9,
  'a lease that lasts longer');
select is(q.lease_until, '2100-01-01', 'is not cut short') from pg_temp.item(:'lead') q;
update public.lead_sync_queue set lease_until = now(), lease_length = '1 s'
where conversation_id = :'lead';
select is(pg_temp.handed_out(:'lead') -> 'deadline_s', '0.500',
  'of a short lease a call may take half');
set local timezone = 'Asia/Tokyo';
select ok((pg_temp.handed_out(:'lead') ->> 'issued_at')::timestamptz
  between now() and clock_timestamp(), 'the time is UTC wherever the session is');

select * from finish();
rollback;
