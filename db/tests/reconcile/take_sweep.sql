-- take_sweep: the read of one link of a reconciliation.
begin;
select plan(31);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.take_sweep'),
  'jsonb | volatile | enable_seqscan=off jit=off | -',
  'no role may call it');

-- A link in step with what shown() describes, missed once, of which nothing is queued.
create function pg_temp.given_in_step(p_property uuid, p_lead_id text) returns uuid
language plpgsql
as $$
declare
  v_email text := p_lead_id || '@example.com';
  v_lead uuid := pg_temp.given_conversation(
    pg_temp.given_user('Ann', 'Lee', v_email, null), p_property);
  v_base jsonb := jsonb_build_object('first_name', 'Ann', 'last_name', 'Lee',
    'email', v_email, 'phone', null, 'status', 'new', 'tour_at', null);
begin
  delete from public.lead_sync_queue where conversation_id = v_lead;
  return pg_temp.given_mapping(v_lead, jsonb_build_object('resman_lead_id', p_lead_id,
    'missing_reads', 1, 'domiq_base', v_base,
    'resman_base', v_base || '{"status": "prospect"}'));
end
$$;
-- The read of this link, with another lead before it in the answer.
create function pg_temp.take(p_run uuid, p_link uuid, p_values jsonb default '{}',
  p_state jsonb default '{}') returns jsonb
language sql
as $$
  select lead_sync_private.take_sweep(jsonb_populate_record(null::public.lead_sync_queue,
      jsonb_build_object('sync_data', jsonb_build_object('reconcile', p_run))),
    jsonb_build_object('mapping_id', p_link, 'asked_at', clock_timestamp()) || p_state,
    case when p_values is null then '{}' else jsonb_build_object('leads', jsonb_build_array(
      '{"lead_id": "else", "first_name": "Else"}'::jsonb,
      pg_temp.shown(jsonb_build_object('lead_id', m.resman_lead_id,
        'email', m.resman_lead_id || '@example.com', 'phone', null) || p_values))) end)
  from (select 1) as x left join public.lead_sync_mapping m on m.id = p_link
$$;
create function pg_temp.found(p_run uuid, p_link uuid) returns text
language sql
as $$
  select concat_ws(' ', f.class, f.groups, f.read_at between now() and clock_timestamp())
  from lead_sync_private.reconciliation_finding f
  where f.run_id = p_run and f.mapping_id = p_link
$$;
-- How often the lead was missed, and whether it was seen to be in step.
create function pg_temp.link(p_link uuid) returns text
language sql
as $$
  select concat_ws(' ', m.missing_reads, m.verified_at between now() and clock_timestamp())
  from public.lead_sync_mapping m where m.id = p_link
$$;

select pg_temp.given_pulling() as property \gset
select pg_temp.given_in_step(:'property', 'r1') as link,
  pg_temp.given_in_step(:'property', 'r2') as other \gset
select lead_sync.run_reconciliation(:'property') as run,
  lead_sync.run_reconciliation(:'property') as later,
  lead_sync.run_reconciliation(:'property', true) as mending \gset

-- happy path
select is(s - 'asked_at', jsonb_build_object('mapping_id', :'link', 'swept', 8, 'kept', true),
  'one more is swept')
from pg_temp.take(:'run', :'link', '{}', '{"swept": 7, "kept": true}') as s;
select is(pg_temp.found(:'run', :'link'), 'matched {} t', 'how it stands is kept');
select is(pg_temp.link(:'link'), '0 t', 'and that it was seen');
select is(pg_temp.found(:'run', :'other'), 'unread', 'the next is still to be read');
select is(pg_temp.found(:'later', :'link'), 'unread', 'so it is in another run');
select is(pg_temp.link(:'other'), '1', 'and its link is as it was');
select is(pg_temp.take(:'run', :'other') -> 'swept', '1', 'the first of a claim');

-- edges: drift
update public.lead_sync_mapping set missing_reads = 1, verified_at = null;
select pg_temp.take(:'later', :'link', '{"first_name": "Anna"}');
select is(pg_temp.found(:'later', :'link'), 'drift {"groups": ["name"]} t', 'what differs');
select is(u.first_name, 'Ann', 'is not repaired') from public."user" u
where u.email = 'r1@example.com';
select is(pg_temp.link(:'link'), '0', 'but the lead is there');
select pg_temp.take(:'mending', :'link', '{"first_name": "Anna"}');
select is(pg_temp.found(:'mending', :'link'),
  'drift {"groups": ["name"], "repaired": "updated"} t', 'a run that is to repairs it');
select is(u.first_name, 'Anna', 'by the merge') from public."user" u
where u.email = 'r1@example.com';
select pg_temp.take(:'mending', :'link', '{"first_name": "Anna"}');
select is(pg_temp.found(:'mending', :'link'), 'matched {} t', 'what does not differ is not');

-- edges: not there
update public.lead_sync_mapping set missing_reads = 1, verified_at = null;
select pg_temp.take(:'mending', :'link', '{"lead_id": "r9"}');
select is(pg_temp.found(:'mending', :'link'), 'missing_in_resman {} t',
  'a lead that the answer does not have');
select pg_temp.take(:'run', :'link', null);
select is(pg_temp.found(:'run', :'link'), 'missing_in_resman {} t', 'nor one without leads');
select is(pg_temp.link(:'link'), '1', 'is counted when the run ends');

-- edges: explained
select pg_temp.given_item(m.conversation_id) from public.lead_sync_mapping m
where m.id = :'link';
select pg_temp.take(:'run', :'link');
select is(pg_temp.found(:'run', :'link'), 'pending {} t', 'a push that waits explains it');
select is(pg_temp.link(:'link'), '0', 'the lead is there, whether in step is not known');
insert into lead_sync_private.tombstone (property_id, resman_lead_id, kind)
values (:'property', 'r1', 'suppressed');
select pg_temp.take(:'run', :'link');
select is(pg_temp.link(:'link'), '0 t', 'one that is suppressed is as it should be');
select pg_temp.take(:'run', :'link', null);
select is(pg_temp.link(:'link'), '0 t', 'also without its lead');
update public.lead_sync_mapping set missing_reads = 1, verified_at = null;
select pg_temp.take(:'run', :'link', null);
select is(pg_temp.link(:'link'), '1 t', 'which is not counted as there');

-- edges: a conflict
insert into lead_sync_private.field_policy (property_id, field_group, policy)
values (:'property', 'name', 'manual_review');
insert into public.lead_sync_conflicts (conversation_id, property_id, conflict_type,
  conflict_field, conflict_severity, resolution_status)
select m.conversation_id, m.property_id, 'data_conflict', 'name', 'high', 'pending'
from public.lead_sync_mapping m where m.id = :'other';
update public."user" set first_name = 'Anne' where email = 'r2@example.com';
delete from public.lead_sync_queue where conversation_id is not null;
select pg_temp.take(:'later', :'other', '{"first_name": "Anna"}');
select is(pg_temp.found(:'later', :'other'), 'conflict {} t', 'one that a person decides');
select is(pg_temp.link(:'other'), '0 t', 'is as it should be, too');

-- edges: a lead that had vanished
select pg_temp.given_in_step(:'property', 'r3') as lost,
  pg_temp.given_in_step(:'property', 'r4') as retired \gset
update public.lead_sync_mapping set mapping_status = 'deleted' where id = :'lost';
update public.lead_sync_mapping set mapping_status = 'inactive' where id = :'retired';
select pg_temp.take(:'later', :'lost', null);
select is(m.mapping_status, 'deleted', 'stays so where it is not found')
from public.lead_sync_mapping m where m.id = :'lost';
select pg_temp.take(:'later', :'lost'), pg_temp.take(:'later', :'retired');
select is(m.mapping_status, 'active', 'and is back where it is')
from public.lead_sync_mapping m where m.id = :'lost';
select is(m.mapping_status, 'inactive', 'a link that is not to sync is left')
from public.lead_sync_mapping m where m.id = :'retired';

-- edges: out of date
update public.lead_sync_mapping set base_moved_at = '2026-01-01' where id = :'other';
select pg_temp.take(:'mending', :'other', '{"first_name": "Anna", "last_name": "Leigh",
  "move_in_date": "2026-05-01"}', '{"asked_at": "2020-01-01T00:00:00Z"}');
select is(f.groups ->> 'repaired', 'later', 'what has been read since is not repaired')
from lead_sync_private.reconciliation_finding f
where f.run_id = :'mending' and f.mapping_id = :'other';

-- edges: a link that is gone
select is(pg_temp.take(:'run', id) -> 'swept', '1', 'a link that is gone is passed')
from unnest(array[null, gen_random_uuid()]) as id;
select is(count(*), 2::bigint, 'and nothing is kept of it')
from lead_sync_private.reconciliation_finding where run_id = :'run';

select * from finish();
rollback;
