-- is_flooding: whether a property has saved as much as its write guard allows.
begin;
select plan(15);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.is_flooding'),
  'boolean | volatile | enable_seqscan=off jit=off | -', 'no role may call it');

create function pg_temp.given_saves(p_property uuid, p_count integer,
  p_age interval default '1 min', p_values jsonb default '{}') returns void
language sql
as $$
  insert into public.lead_sync_log (property_id, sync_direction, sync_status, sync_type,
    sync_data, created_at)
  select p_property, 'to_resman', coalesce(p_values ->> 'status', 'success'), 'update',
    jsonb_build_object('step', coalesce(p_values ->> 'step', 'save')), now() - p_age
  from generate_series(1, p_count)
$$;
create function pg_temp.given_guarded(p_limit integer) returns uuid
language plpgsql
as $$
declare
  v_property uuid := pg_temp.given_property();
begin
  perform pg_temp.given_setting(v_property, 'write_guard', to_jsonb(p_limit));
  return v_property;
end
$$;
-- A conflict of the guard's, or of p_field, that somebody resolved so long ago.
create function pg_temp.given_resolved(p_property uuid, p_age interval,
  p_field text default 'write_guard') returns void
language sql
as $$
  insert into public.lead_sync_conflicts (property_id, conflict_type, conflict_field,
    conflict_severity, resolution_status, resolved_at)
  values (p_property, 'data_conflict', p_field, 'critical',
    case when p_age is null then 'pending' else 'resolved' end, now() - p_age)
$$;

-- happy path
select pg_temp.given_guarded(3) as property, pg_temp.given_guarded(3) as other \gset
select is(lead_sync_private.is_flooding(:'property'), false, 'nothing saved');
select pg_temp.given_saves(:'property', 2);
select is(lead_sync_private.is_flooding(:'property'), false, 'less than the limit');
select pg_temp.given_saves(:'property', 9, '61 min');
select is(lead_sync_private.is_flooding(:'property'), false, 'what is older than an hour');
select pg_temp.given_saves(:'other', 2);
select is(lead_sync_private.is_flooding(:'property'), false, 'what another property saves');
select pg_temp.given_saves(:'property', 2, '1 min', v)
from unnest(array['{"step": "read"}', '{"status": "retry"}', '{"status": "failed"}']::jsonb[])
  as v;
select is(lead_sync_private.is_flooding(:'property'), false, 'what saved nothing');
select pg_temp.given_saves(:'property', 1, '59 min');
select is(lead_sync_private.is_flooding(:'property'), true, 'the limit is reached');
select pg_temp.given_saves(:'other', 1, '1 min', '{"status": "conflict"}');
select is(lead_sync_private.is_flooding(:'other'), true,
  'a save beside which a group waits for a person is one');

-- edges: somebody has looked at it
select pg_temp.given_resolved(:'other', '1 s'), pg_temp.given_resolved(:'property', null),
  pg_temp.given_resolved(:'property', '1 s', 'mass_missing'),
  pg_temp.given_resolved(:'property', '3 h');
select is(lead_sync_private.is_flooding(:'property'), true,
  'an open one, another, an older one or another property''s do not count');
select is(lead_sync_private.is_flooding(:'other'), false, 'what was looked at counts no more');
select pg_temp.given_resolved(:'property', '2 min');
select pg_temp.given_saves(:'property', 1);
select is(lead_sync_private.is_flooding(:'property'), true, 'what came after does');
update public.lead_sync_log set created_at = now() - interval '3 min'
where created_at > now() - interval '3 min';
select is(lead_sync_private.is_flooding(:'property'), false, 'what came before does not');

-- edges: a large limit is looked at now and then
create function pg_temp.share(p_property uuid) returns numeric
language sql
as $$
  select avg(lead_sync_private.is_flooding(p_property)::integer) from generate_series(1, 1000)
$$;
select pg_temp.given_guarded(100) as small, pg_temp.given_guarded(1000) as large,
  pg_temp.given_guarded(1000) as calm \gset
select pg_temp.given_saves(:'small', 100), pg_temp.given_saves(:'large', 1000),
  pg_temp.given_saves(:'calm', 999);
select is(pg_temp.share(:'small'), 1.0, 'up to a hundred at every save');
select cmp_ok(pg_temp.share(:'large'), '<', 0.15, 'beyond it the more seldom the larger it is');
select is(pg_temp.share(:'large') > 0 and pg_temp.share(:'calm') = 0, true,
  'but it is noticed, once the limit is reached');

select * from finish();
rollback;
