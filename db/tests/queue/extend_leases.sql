-- extend_leases: held on to for longer, never shorter, and not for ever.
begin;
select plan(18);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync.extend_leases'),
  'integer | volatile definer | enable_seqscan=off jit=off | lead_sync_runner',
  'a runner extends its leases');

select pg_temp.given_lead() as lead, pg_temp.given_lead() as other \gset
select pg_temp.claim(:'lead') ->> 'lease_token' as token \gset
create function pg_temp.lasts(p_lead uuid, p_least interval) returns boolean
language sql
as $$
  select q.lease_until between now() + p_least and clock_timestamp() + p_least
  from pg_temp.item(p_lead) q
$$;

-- happy path
select is(lead_sync.extend_leases(array[:'token', gen_random_uuid(), null]::uuid[], '10 min'),
  1,
  'a current lease is extended, an unknown one passed over');
select ok(pg_temp.lasts(:'lead', '10 min'), 'it lasts as long as asked for');
select ok(pg_temp.lasts(:'other', '60 s'), 'and only that one');

-- edges
select is(lead_sync.extend_leases(array[:'token']::uuid[], '1 s'), 1,
  'a shorter extension is none');
select ok(q.lease_until > now() + interval '9 min', 'a lease is never cut short')
from pg_temp.item(:'lead') q;
select is(lead_sync.extend_leases(array[:'token']::uuid[], '1 hour'), 1,
  'an hour is the longest extension');
select is(lead_sync.extend_leases(array[]::uuid[], '1 s'), 0, 'no token, no lease');
select is(lead_sync.extend_leases(null, '1 s'), 0, 'nor with null');
update public.lead_sync_queue set lease_started_at = now() - interval '59 min'
where conversation_id = :'lead';
select is(lead_sync.extend_leases(array[:'token']::uuid[], '10 min'), 1,
  'within an hour of the claim a lease can be extended');
update public.lead_sync_queue set lease_started_at = now() - interval '1 hour'
where conversation_id = :'lead';
select is(lead_sync.extend_leases(array[:'token']::uuid[], '10 min'), 0,
  'after an hour it cannot');
update public.lead_sync_queue set status = 'completed', lease_started_at = now()
where conversation_id = :'lead';
select is(lead_sync.extend_leases(array[:'token']::uuid[], '10 min'), 0,
  'what has ended is held by nobody');

-- errors
select throws_ok(format('select lead_sync.extend_leases(''{}'', %s)', a), 'LS001',
  'lease is out of range', 'refused: ' || a)
from unnest(array['null', $$'0 s'$$, $$'-1 s'$$, $$'1 hour 1 us'$$, $$'61 min'$$]) as a;

-- effects
select is(q.attempt, 1, 'the attempt stays the same one') from pg_temp.item(:'lead') q;

select * from finish();
rollback;
