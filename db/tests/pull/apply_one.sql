-- apply_one: apply a lead, read it again later, or keep it as a dead letter.
begin;
select plan(11);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.apply_one'), 'jsonb | volatile | - | -',
  'no role may call it');

select pg_temp.given_pulling() as property \gset
create function pg_temp.apply(p_property uuid, p_values jsonb default '{}',
  p_at timestamptz default clock_timestamp()) returns jsonb
language sql
as $$ select lead_sync_private.apply_one(p_property, pg_temp.shown(p_values), p_at, null) $$;

-- happy path
select pg_temp.apply(:'property') as made \gset
select :'made'::jsonb ->> 'conversation_id' as lead \gset
select is(:'made'::jsonb ->> 'outcome', 'created', 'it is applied');
select is(count(*), 0::bigint, 'and not read again') from public.lead_sync_queue
where sync_operation = 'pull';

-- edges: later
select is(pg_temp.apply(:'property', '{"first_name": "Old"}', now() - interval '1 day')
  ->> 'outcome', 'later', 'what is out of date');
select results_eq($$select conversation_id, status::text, priority, sync_data,
    next_retry_at > clock_timestamp(), next_retry_at < clock_timestamp() + interval '2 s'
    from public.lead_sync_queue where sync_operation = 'pull'$$,
  format('values (%L::uuid, ''pending'', 2, ''{"lead_id": "R1"}''::jsonb, true, true)',
  :'lead'),
  'is read again in a moment');
select pg_temp.apply(:'property', '{"first_name": "Old"}', now() - interval '1 day');
select is(count(*), 1::bigint, 'once') from public.lead_sync_queue
where sync_operation = 'pull';
delete from public.lead_sync_queue;

-- edges: DomIQ's rows cannot be had
create function pg_temp.refuse() returns trigger
language plpgsql
as $$ begin raise exception using errcode = tg_argv[0]; end $$;
create trigger busy before update on public."user" for each row
  execute function pg_temp.refuse('55P03');
select is(pg_temp.apply(:'property', '{"first_name": "Anna"}'),
  '{"outcome": "later", "code": "row_locked"}', 'rows that are locked');
select is(q.sync_data, '{"lead_id": "R1"}', 'it is read again') from public.lead_sync_queue q
where q.sync_operation = 'pull' and q.status = 'pending';
drop trigger busy on public."user";
delete from public.lead_sync_queue;

-- errors: what cannot be applied
create trigger broken before insert on public."user" for each row
  execute function pg_temp.refuse('XX000');
select is(pg_temp.apply(:'property', '{"lead_id": "R2", "email": "bob@example.com",
  "phone": null}'), '{"outcome": "failed"}', 'a lead that fails holds nobody up');
select results_eq($$select status::text, sync_data, resman_lead_id::text, error_code::text
    from public.lead_sync_queue where sync_operation = 'pull'$$,
  $$values ('failed', '{"lead_id": "R2"}'::jsonb, 'R2', 'internal_XX000')$$,
  'it is a dead letter of its own');
select is(count(*), 0::bigint, 'of which nothing is written')
from public.lead_sync_mapping where resman_lead_id = 'R2';

select * from finish();
rollback;
