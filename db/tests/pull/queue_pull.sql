-- queue_pull: one pull waits, whoever asks for the same.
begin;
select plan(17);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.queue_pull'),
  'uuid | volatile | enable_seqscan=off jit=off | -', 'no role may call it');

select pg_temp.given_pulling() as property, pg_temp.given_pulling() as elsewhere \gset
create function pg_temp.queue(p_property uuid, p_data jsonb, p_priority integer default 2)
returns uuid
language sql
as $$ select lead_sync_private.queue_pull(p_property, p_priority, p_data) $$;

-- happy path
select pg_temp.queue(:'property', '{}') as whole \gset
select results_eq(format('select property_id, sync_operation::text, status::text, priority,
    sync_data, conversation_id is null and next_retry_at is null and resman_lead_id is null
    from public.lead_sync_queue where id = %L', :'whole'),
  format('values (%L::uuid, ''pull'', ''pending'', 2, ''{}''::jsonb, true)', :'property'),
  'a pull waits');
select ok(pg_temp.woken(), 'runners are let know');
select is(pg_temp.queue(:'property', '{}'), :'whole', 'the same is joined');
select is(pg_temp.queue(:'property', '{}', 1), :'whole', 'a more urgent one is joined');

-- edges
select isnt(pg_temp.queue(:'elsewhere', '{}'), :'whole', 'not another property''s');
select isnt(pg_temp.queue(:'property', '{"lead_id": "R1"}'), :'whole', 'nor for one lead');
select is(pg_temp.queue(:'property', '{"lead_id": "R1"}'), q.id, 'a lead''s read is joined')
from public.lead_sync_queue q where q.resman_lead_id = 'R1';
select isnt(pg_temp.queue(:'property', '{"lead_id": "R2"}'), q.id, 'not another lead''s')
from public.lead_sync_queue q where q.resman_lead_id = 'R1';
select pg_temp.queue(:'property', '{"since": "2026-01-02T00:00:00Z"}') as since \gset
select isnt(:'since'::uuid, :'whole', 'one that reads further back is another');
select is(q.sync_data = '{"since": "2026-01-02T00:00:00Z"}', true, 'since is kept')
from public.lead_sync_queue q where q.id = :'since';
select is(pg_temp.queue(:'property', '{"since": "2026-01-02T01:00:00+01:00"}'), :'since',
  'the same time written otherwise is joined');
select is(pg_temp.queue(:'property', '{"since": "2026-01-03T01:00:00Z"}'), :'since',
  'one that reads as far back is joined');
select isnt(pg_temp.queue(:'property', '{"since": "2026-01-01T00:00:00Z"}'), :'since',
  'one that does not is not');
select isnt(pg_temp.queue(:'property', '{}', 3), :'whole', 'nor is a less urgent one');
update public.lead_sync_queue set status = 'completed', processed_at = now()
where property_id = :'property';
select isnt(pg_temp.queue(:'property', '{}'), :'whole', 'nor is one that has ended');
select pg_temp.given_conversation(pg_temp.given_user(), :'property') as lead \gset
select lead_sync_private.queue_pull(:'property', 2, '{"lead_id": "R9"}', :'lead',
  '2030-01-01') as later \gset
select is(q.conversation_id = :'lead' and q.next_retry_at = '2030-01-01', true,
  'a conversation and a time are kept')
from public.lead_sync_queue q where q.id = :'later';

select * from finish();
rollback;
