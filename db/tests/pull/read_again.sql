-- read_again: a lead that was put off is read again in a moment.
begin;
select plan(5);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.read_again'), 'void | volatile | - | -',
  'no role may call it');

select pg_temp.given_pulling() as property \gset
select pg_temp.given_conversation(pg_temp.given_user(), :'property') as lead \gset
delete from public.lead_sync_queue;

-- edges: what was applied
select lead_sync_private.read_again(:'property', '{"lead_id": "R1"}',
  jsonb_build_object('outcome', o))
from unnest(array['created', 'linked', 'updated', 'unchanged', 'conflict', 'suppressed']) as o;
select is(count(*), 0::bigint, 'is not read again') from public.lead_sync_queue;

-- happy path
select lead_sync_private.read_again(:'property', '{"lead_id": "R1", "email": "a@example.com"}',
  jsonb_build_object('outcome', 'later', 'conversation_id', :'lead'));
select results_eq($$select conversation_id, status::text, priority, sync_data,
    next_retry_at > clock_timestamp(), next_retry_at < clock_timestamp() + interval '2 s'
    from public.lead_sync_queue where sync_operation = 'pull'$$,
  format('values (%L::uuid, ''pending'', 2, ''{"lead_id": "R1"}''::jsonb, true, true)',
  :'lead'), 'what was put off is');
select lead_sync_private.read_again(:'property', '{"lead_id": "R1"}',
  jsonb_build_object('outcome', 'later', 'conversation_id', :'lead'));
select is(count(*), 1::bigint, 'once') from public.lead_sync_queue;
select lead_sync_private.read_again(:'property', '{"lead_id": "R2"}', '{"outcome": "later"}');
select is(count(*), 1::bigint, 'even where no conversation is known')
from public.lead_sync_queue where sync_data = '{"lead_id": "R2"}' and conversation_id is null;

select * from finish();
rollback;
