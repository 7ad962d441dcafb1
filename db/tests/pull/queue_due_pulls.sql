-- queue_due_pulls: a pull for each property whose turn has come.
begin;
select plan(14);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.queue_due_pulls'),
  'integer | volatile | enable_seqscan=off jit=off | -',
  'no role may call it');
select is(lead_sync_private.queue_due_pulls(10), 0, 'no property, no pull');

select pg_temp.given_pulling('{"created_at": "2026-01-05T00:00:00Z"}') as property \gset
create function pg_temp.queued(p_property uuid) returns bigint
language sql
as $$
  select count(*) from public.lead_sync_queue q
  where q.property_id = p_property and q.sync_operation = 'pull' and q.sync_data = '{}'
$$;

-- happy path
select is(lead_sync_private.queue_due_pulls(10), 1, 'a property that was never pulled');
select is(pg_temp.queued(:'property'), 1::bigint, 'its pull waits');
select results_eq('select property_id, read_until, started_at <= clock_timestamp(),
    due_at > clock_timestamp(), due_at <= clock_timestamp() + interval ''60 s''
    from lead_sync_private.pull_state',
  format('values (%L::uuid, timestamptz ''2026-01-05T00:00:00Z'', true, true, true)',
    :'property'), 'when the next is due is kept');
select is(lead_sync_private.queue_due_pulls(10), 0, 'it is not due again');

-- edges: one waits already
update lead_sync_private.pull_state set due_at = now() - interval '1 s', started_at = null,
  read_until = '2026-01-06';
select is(lead_sync_private.queue_due_pulls(10), 0, 'while one waits none is queued');
select is(due_at > clock_timestamp() and started_at is not null and read_until = '2026-01-06',
  true, 'but its turn is over; how far it has come stays') from lead_sync_private.pull_state;
update public.lead_sync_queue set status = 'processing', lease_token = gen_random_uuid(),
  lease_until = now() + interval '60 s', lease_length = '60 s', lease_started_at = now();
update lead_sync_private.pull_state set due_at = now() - interval '1 s';
select is(lead_sync_private.queue_due_pulls(10), 0, 'nor while one is under way');
update public.lead_sync_queue set sync_data = '{"lead_id": "R1"}';
select pg_temp.given_row('lead_sync_queue', jsonb_build_object('property_id', :'property',
  'sync_operation', 'pull', 'sync_data', '{"reconcile": 1}'::jsonb, 'priority', 1));
update lead_sync_private.pull_state set due_at = now() - interval '1 s';
select is(lead_sync_private.queue_due_pulls(10), 1,
  'the read of one lead is no pull, nor is a sweep');

-- edges: the clock has stepped back
delete from public.lead_sync_queue;
update lead_sync_private.pull_state set started_at = clock_timestamp() + interval '1 hour',
  due_at = clock_timestamp() + interval '61 min';
select is(lead_sync_private.queue_due_pulls(10), 1,
  'one that began ahead of the clock does not wait for it');

-- edges: who pulls
delete from public.lead_sync_queue;
update public.resman_integration set sync_enabled = false;
select pg_temp.given_pulling(v) from unnest(array['{"sync_direction": "to_resman"}',
  '{"sync_enabled": false}', '{"sync_status": "paused"}']::jsonb[]) as v;
select is(lead_sync_private.queue_due_pulls(10), 0, 'none that is off, paused or only pushes');
select pg_temp.given_pulling() from generate_series(1, 3);
select is(lead_sync_private.queue_due_pulls(2), 2, 'no more than asked for');
select is(lead_sync_private.queue_due_pulls(2), 1, 'the rest next time');

select * from finish();
rollback;
