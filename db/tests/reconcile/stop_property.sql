-- stop_property: a guard has found that a property goes wrong.
begin;
select plan(13);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.stop_property'),
  'uuid | volatile | enable_seqscan=off jit=off | -',
  'no role may call it');

create function pg_temp.stop(p_property uuid, p_why text, p_code text default 'guard',
  p_lead uuid default null) returns uuid
language sql
as $$
  select lead_sync_private.stop_property(jsonb_populate_record(null::public.lead_sync_queue,
    jsonb_build_object('property_id', p_property, 'conversation_id', p_lead)), p_code, p_why)
$$;
create function pg_temp.status_of(p_property uuid) returns text
language sql
as $$
  select concat_ws(' ', i.sync_status, i.status_reason) from public.resman_integration i
  where i.property_id = p_property
$$;

-- happy path
select pg_temp.given_lead() as lead, pg_temp.given_pulling() as other \gset
select pg_temp.property_of(:'lead') as property \gset
update public.resman_integration set updated_at = '2020-01-01';
select pg_temp.stop(:'property', 'too many', p_lead => :'lead') as conflict \gset
select is(pg_temp.status_of(:'property'), 'paused too many', 'it is paused, and says why');
select is(i.updated_at >= now(), true, 'and when') from public.resman_integration i
where i.property_id = :'property';
select is(pg_temp.status_of(:'other'), 'active', 'others go on');
select results_eq('select id, property_id, conversation_id, conflict_type::text,
    conflict_field::text, conflict_severity::text, resolution_status::text
    from public.lead_sync_conflicts',
  format('values (%L::uuid, %L::uuid, null::uuid, ''data_conflict'', ''guard'', ''critical'',
    ''pending'')', :'conflict', :'property'), 'a critical conflict, of no lead, wants a person');
select is(c.explanation ->> 'why', 'too many', 'that knows why, too')
from public.lead_sync_conflicts c;

-- edges: again
select is(pg_temp.stop(:'property', 'still'), :'conflict', 'the same guard has one open conflict');
update public.lead_sync_conflicts set resolution_status = 'manual_review';
select is(pg_temp.stop(:'property', 'still'), :'conflict', 'also one that a person looks at');
select isnt(pg_temp.stop(:'property', 'else', 'other_guard'), :'conflict', 'another its own');
select isnt(pg_temp.stop(:'other', 'too many'), :'conflict', 'another property, too');
update public.lead_sync_conflicts set resolution_status = 'resolved';
select isnt(pg_temp.stop(:'property', 'again'), :'conflict', 'what was resolved comes anew');

-- edges: by how the property stands
create function pg_temp.stopped_as(p_status text) returns text
language plpgsql
as $$
declare
  v_property uuid := pg_temp.given_pulling(jsonb_build_object('sync_status', p_status));
begin
  perform pg_temp.stop(v_property, 'why');
  return pg_temp.status_of(v_property);
end
$$;
select is(pg_temp.stopped_as('error'), 'paused why', 'one whose breaker is open is paused');
select is(pg_temp.stopped_as('disconnected'), 'disconnected',
  'one without credentials stays so');

select * from finish();
rollback;
