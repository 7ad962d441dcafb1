-- bury_lead: what could not be applied or read, as a dead letter.
begin;
select plan(10);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.bury_lead'),
  'uuid | volatile | enable_seqscan=off jit=off | -',
  'no role may call it');

select pg_temp.given_pulling() as property, pg_temp.given_pulling() as elsewhere \gset
create function pg_temp.bury(p_property uuid, p_data jsonb, p_code text default 'code',
  p_message text default 'because') returns uuid
language sql
as $$ select lead_sync_private.bury_lead(p_property, p_data, p_code, p_message) $$;

-- happy path
select pg_temp.bury(:'property', '{"lead_id": "R1"}') as item \gset
select results_eq('select id, property_id, sync_operation::text, sync_data, priority,
    status::text, resman_lead_id::text, error_code::text, error_message, processed_at is null
    from public.lead_sync_queue',
  format('values (%L::uuid, %L::uuid, ''pull'', ''{"lead_id": "R1"}''::jsonb, 2, ''failed'',
    ''R1'', ''code'', ''because'', false)', :'item', :'property'), 'a dead letter of its own');
create view pg_temp.logs as select count(*) as n,
  string_agg(distinct concat_ws(' ', sync_status, error_code), ', ') as what
from public.lead_sync_log;
select is(n || ' ' || what, '1 failed code', 'it is logged') from pg_temp.logs;

-- edges
select is(pg_temp.bury(:'property', '{"lead_id": "R1"}'), :'item', 'it stays the one');
select is(n, 2::bigint, 'each time is logged') from pg_temp.logs;
select isnt(pg_temp.bury(:'elsewhere', '{"lead_id": "R1"}'), :'item',
  'not another property''s');
select isnt(pg_temp.bury(:'property', '{"lead_id": "R2"}'), :'item', 'nor another lead''s');
select pg_temp.bury(:'property', '{"since": "2026-01-01"}') as span \gset
select is(q.resman_lead_id, null, 'a window has no lead') from public.lead_sync_queue q
where q.id = :'span';
update public.lead_sync_queue set status = 'pending', processed_at = null where id = :'item';
select isnt(pg_temp.bury(:'property', '{"lead_id": "R1"}'), :'item',
  'one that is being read again is left');
select pg_temp.bury(:'property', '{"lead_id": "R5"}', repeat('x', 200), repeat('y', 5000))
  as long \gset
select is(length(q.error_code) || ' ' || length(q.error_message), '100 4000', 'cut to fit')
from public.lead_sync_queue q where q.id = :'long';

select * from finish();
rollback;
