-- check_queue: whether runners are at work.
begin;
select plan(17);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/checks.psql

select pg_temp.given_lead() as lead \gset
select pg_temp.given_lead() as other \gset
insert into lead_sync_private.property_setting (property_id, name, value)
select i.property_id, 'time_zone', '"America/Chicago"' from public.resman_integration i;
select is_empty('select * from pg_temp.findings()', 'what was just queued is no finding');

-- an hour ago
create function pg_temp.an_hour_passes() returns void
language sql
as $$
  update public.lead_sync_queue set created_at = created_at - interval '1 hour',
    next_retry_at = next_retry_at - interval '1 hour', updated_at = updated_at - interval '1 hour',
    lease_until = lease_until - interval '1 hour', processed_at = processed_at - interval '1 hour',
    lease_started_at = lease_started_at - interval '1 hour';
  update public.lead_sync_log set created_at = created_at - interval '1 hour';
  update public.resman_integration set updated_at = updated_at - interval '1 hour';
$$;
select pg_temp.an_hour_passes();
select results_eq(
  $$select f.check_name, f.severity, f.finding like
      '2 items are due since %, and no runner has done anything for ten minutes',
    f.remedy from pg_temp.findings() f$$,
  $$values ('runners', 'failed', true,
    'leadsync run; if one runs, its log says what hinders it')$$, 'due for an hour, nobody came');

select is_empty(format('select * from pg_temp.found_after(%L)', b.break), 'no finding: ' || b.break)
from (values
  ('update public.resman_integration set sync_status = ''paused'''),
  ('update public.resman_integration set sync_enabled = false'),
  ('update public.resman_integration set updated_at = clock_timestamp()'), -- just resumed
  ('update public.lead_sync_queue set next_retry_at = clock_timestamp() + interval ''1 hour'''),
  ('update public.lead_sync_queue set status = ''cancelled''')) as b(break);
update public.resman_integration set sync_frequency = 'daily';
update public.lead_sync_queue set created_at = clock_timestamp();
select is_empty('select * from pg_temp.findings()', 'a daily property''s items wait for their day');
update public.resman_integration set sync_frequency = 'realtime';
update public.lead_sync_queue set created_at = clock_timestamp() - interval '1 hour',
  next_retry_at = clock_timestamp() - interval '30 minutes' where conversation_id = :'lead';
select isnt_empty($$select * from pg_temp.findings() f where f.finding like '1 items are due%'$$,
  'a retry that nobody made is due too');

-- a runner at work, on whatever
select pg_temp.claim(:'other');
select is_empty('select * from pg_temp.findings()', 'while something is in flight, all is well');
select lead_sync.advance_item(h.item, h.token,
  '{"outcome": "failed", "kind": "rejected", "code": "c", "message": "no"}')
from held h where h.conversation_id = :'other';
update public.lead_sync_queue set status = 'pending', lease_token = null, lease_until = null
where conversation_id = :'lead';
update public.resman_integration set updated_at = clock_timestamp() - interval '1 hour';
select is_empty('select * from pg_temp.findings()', 'so it is when something has just ended');
update public.lead_sync_log set created_at = created_at - interval '1 hour';
select is_empty('select * from pg_temp.findings()', 'even if its log has been archived');
select pg_temp.an_hour_passes();
select isnt_empty($$select * from pg_temp.findings() f where f.check_name = 'runners'$$,
  'an hour later it is not');

-- a retry leaves nothing but its log
update public.lead_sync_queue set status = 'pending' where conversation_id = :'other';
insert into public.lead_sync_log (conversation_id, sync_direction, sync_status, sync_type)
values (:'other', 'to_resman', 'retry', 'update');
select is_empty('select * from pg_temp.findings()', 'nor when an attempt was just to be repeated');

-- leases
update public.lead_sync_queue set status = 'processing', lease_token = gen_random_uuid(),
  lease_until = clock_timestamp() - interval '1 minute';
select is_empty('select * from pg_temp.findings()', 'a lease that has just run out is no finding');
update public.lead_sync_queue set lease_until = clock_timestamp() - interval '6 minutes';
select results_eq(
  $$select f.check_name, f.severity, f.finding like '2 leases have expired, the first at %, and no '
      'runner has taken the items back', f.remedy from pg_temp.findings() f$$,
  $$values ('runners', 'failed', true, 'leadsync run; any runner rescues them')$$,
  'leases that nobody rescued');
select lead_sync.rescue_expired_leases();
select is_empty('select * from pg_temp.findings()', 'rescued, all is well');

select * from finish();
rollback;
