-- retire_deleted: ResMan's lead of a deleted conversation is marked lost, if so wanted.
begin;
select plan(8);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.retire_deleted'), 'void | volatile | - | -',
  'no role may call it');

-- What is queued for a link of this status, at a property with this direction.
create function pg_temp.retired(p_deletion text, p_status text default 'active',
  p_direction text default 'bidirectional') returns text
language plpgsql
as $$
declare
  v_property uuid := pg_temp.given_pulling(
    jsonb_build_object('sync_direction', p_direction));
begin
  perform pg_temp.given_setting(v_property, 'deletion', to_jsonb(p_deletion));
  perform lead_sync_private.retire_deleted(jsonb_populate_record(
    null::public.lead_sync_mapping, jsonb_build_object('property_id', v_property,
      'resman_lead_id', 'R1', 'contact_id', 'P1', 'mapping_status', p_status)));
  return (select concat_ws(' ', q.sync_operation, q.sync_data ->> 'retire',
      q.sync_data ->> 'contact_id', q.sync_data ->> 'why')
    from public.lead_sync_queue q where q.property_id = v_property);
end
$$;

-- happy path
select is(pg_temp.retired('lost'), 'status_update R1 P1 Deleted in DomIQ',
  'a lead is marked lost where the property wants that');

-- edges
select is(pg_temp.retired('none'), null, 'not where it does not');
select is(pg_temp.retired('lost', status), null, 'nor of a link that is ' || status)
from unnest(array['inactive', 'merged', 'deleted']) as status;
select is(pg_temp.retired('lost', 'active', 'from_resman'), null,
  'nor where nothing is pushed');
select lead_sync_private.retire_deleted(null);
select is(count(*), 1::bigint, 'nor without a link') from public.lead_sync_queue;

select * from finish();
rollback;
