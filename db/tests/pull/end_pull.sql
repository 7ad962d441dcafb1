-- end_pull: the end of a pull that has read all its windows.
begin;
select plan(4);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.end_pull'), 'text | volatile | - | -',
  'no role may call it');

-- happy path
select pg_temp.given_pulling() as property \gset
select is(lead_sync_private.end_pull(pg_temp.given_pull(:'property'), '{"step": "window",
  "counts": {"read": 3, "moved": 2}, "window": {"until": "2026-01-09T00:00:00Z"}}'),
  'completed', 'it has ended');
select results_eq('select status::text, lease_token is null from public.lead_sync_queue',
  $$values ('completed', true)$$, 'so has its item');
select results_eq('select sync_status::text, sync_type::text, sync_data - ''conversation_id''
    from public.lead_sync_log',
  $$values ('success', 'update',
    '{"counts": {"read": 3, "moved": 2}, "until": "2026-01-09T00:00:00Z"}'::jsonb)$$,
  'the log says how many leads were read, and until when');

select * from finish();
rollback;
