-- apply_pulled: leads that a pull has left, fifty at a time.
begin;
select plan(12);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync.apply_pulled'),
  'integer | volatile definer | enable_bitmapscan=off enable_hashjoin=off enable_mergejoin=off '
  'enable_seqscan=off jit=off lock_timeout=500ms plan_cache_mode=force_generic_plan '
  '| lead_sync_runner', 'the runner calls it');

-- Leads that wait, and nothing that a merge could find out about them: strangers without a way
-- to reach them are passed over.
create function pg_temp.stage(p_property uuid, p_count integer) returns void
language sql
as $$
  insert into lead_sync_private.pulled_lead (property_id, resman_lead_id, lead, issued_at)
  select p_property, 'R' || n, jsonb_build_object('lead_id', 'R' || n), clock_timestamp()
  from generate_series(1, p_count) as n
$$;
create function pg_temp.waiting(p_property uuid) returns bigint
language sql
as $$ select count(*) from lead_sync_private.pulled_lead p where p.property_id = p_property $$;

select is(lead_sync.apply_pulled(), 0, 'nothing waits');
select pg_temp.given_pulling() as property, pg_temp.given_pulling() as later \gset

-- happy path
insert into lead_sync_private.pulled_lead (property_id, resman_lead_id, lead, issued_at)
values (:'property', 'R0', pg_temp.shown('{"lead_id": "R0"}'), clock_timestamp());
select pg_temp.stage(:'property', 51), pg_temp.stage(:'later', 1);
select is(lead_sync.apply_pulled(), 50, 'fifty at a time');
select results_eq('select u.email::text from public.lead_sync_mapping m
    join public.conversation c on c.id = m.conversation_id join public."user" u on u.id = c.user_id',
  array['ann@example.com'], 'they are applied');
select is(pg_temp.waiting(:'property'), 2::bigint, 'the others wait');
select is(lead_sync.apply_pulled(), 2, 'until the next call');
select is(pg_temp.waiting(:'later'), 1::bigint, 'one property after the other');
select is(lead_sync.apply_pulled(), 1, 'the other then');

-- edges: properties that may not sync now
create function pg_temp.applied_as(p_property uuid, p_status text, p_enabled boolean)
returns integer
language plpgsql
as $$
begin
  perform pg_temp.stage(p_property, 1);
  update public.resman_integration set sync_status = p_status, sync_enabled = p_enabled
  where property_id = p_property;
  return (select lead_sync.apply_pulled() - pg_temp.waiting(p_property));
end
$$;
select is(pg_temp.applied_as(:'property', 'paused', true), -1, 'a paused one waits');
delete from lead_sync_private.pulled_lead;
select is(pg_temp.applied_as(:'property', 'active', false), -1, 'a disabled one waits');
select pg_temp.stage(:'later', 1);
select is(lead_sync.apply_pulled(), 1, 'and holds up no other');
delete from lead_sync_private.pulled_lead;
select is(pg_temp.applied_as(:'property', 'error', true), 1,
  'one whose breaker is open does not: nothing is asked of ResMan');

select * from finish();
rollback;
