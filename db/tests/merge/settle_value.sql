-- settle_value: both sides of a link brought to a value, as a person decided.
begin;
select plan(26);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.settle_value'), 'uuid | volatile | - | -',
  'no role may call it');

-- A lead on whose rent both sides differ, with a conflict: the one that is looked at.
create temporary table it (lead uuid, property uuid, mapping uuid, conflict uuid, item uuid);
create function pg_temp.given_case(p_severity text default 'medium') returns void
language plpgsql
as $$
declare
  v_lead uuid := pg_temp.given_lead('{"price_range_max": 1500}');
  v_property uuid := pg_temp.property_of(v_lead);
  v_mapping uuid := pg_temp.given_mapping(v_lead, '{"domiq_base": {"rent_max": 1000,
    "occupants": 1}, "resman_base": {"rent_max": 1000, "occupants": 2},
    "resman_seen": {"rent_min": null, "rent_max": 2000}, "suppressed": {"rent": {}, "pets": {}}}');
begin
  update public.resman_integration set sync_direction = 'bidirectional'
  where property_id = v_property;
  delete from public.lead_sync_queue;
  delete from it;
  insert into it values (v_lead, v_property, v_mapping, pg_temp.given_row('lead_sync_conflicts',
    jsonb_build_object('conversation_id', v_lead, 'property_id', v_property,
      'mapping_id', v_mapping, 'conflict_type', 'data_conflict', 'conflict_field', 'rent',
      'conflict_severity', p_severity)));
end
$$;
create function pg_temp.settled(p_value jsonb, p_group text default 'rent') returns uuid
language sql
as $$
  select lead_sync_private.settle_value(c, m, lead_sync_private.weigh_link(m, p_group), p_value,
    'resolve', 'merged')
  from it, public.lead_sync_conflicts c, public.lead_sync_mapping m
  where c.id = it.conflict and m.id = it.mapping
$$;
-- DomIQ's rent, both bases', what waits, and what the lead shows.
create function pg_temp.state() returns text
language sql
as $$
  select concat_ws(' ', trim_scale(c.price_range_max), m.domiq_base, m.resman_base, coalesce((
      select string_agg(q.sync_operation || ' ' || q.priority, ', ')
      from public.lead_sync_queue q
      where q.conversation_id = it.lead and q.status = 'pending'), 'nothing'),
    c.resman_sync_status)
  from it join public.conversation c on c.id = it.lead
  join public.lead_sync_mapping m on m.id = it.mapping
$$;

-- happy path: a value that neither side holds
select pg_temp.given_case();
update it set item = pg_temp.settled('{"rent_min": null, "rent_max": 1800}');
select is(pg_temp.state(), '1800 {"rent_max": 2000, "rent_min": null, "occupants": 1} '
  '{"rent_max": 2000, "rent_min": null, "occupants": 2} push 2 not_synced',
  'DomIQ holds it at once; both bases are ResMan''s, so that one push remains');
select ok(q.id is not null, 'whose item is returned')
from it left join public.lead_sync_queue q on q.id = it.item and q.conversation_id = it.lead;
select ok(m.base_moved_at > now() and m.updated_at > now() and m.applied is null
  and m.suppressed = '{"pets": {}}', 'the base has moved; of the group nothing is suppressed')
from it join public.lead_sync_mapping m on m.id = it.mapping;
select is(c.resolution_status::text, 'resolved', 'the conflict is closed')
from it join public.lead_sync_conflicts c on c.id = it.conflict;
select is(to_jsonb(f) - array['id', 'changed_at', 'mapping_id', 'conversation_id', 'property_id',
  'conflict_id', 'item_id'], '{"field_group": "rent", "kind": "resolve", "policy": "merged",
  "old_domiq": {"rent_min": null, "rent_max": 1500},
  "new_domiq": {"rent_min": null, "rent_max": 1800},
  "old_resman": {"rent_min": null, "rent_max": 2000},
  "new_resman": {"rent_min": null, "rent_max": 1800}}', 'the history has it')
from it join lead_sync_private.field_change f
  on (f.mapping_id, f.conversation_id, f.property_id, f.conflict_id, f.item_id)
    = (it.mapping, it.lead, it.property, it.conflict, it.item);
select is(concat_ws(' ', l.sync_direction, l.sync_operation, l.sync_status, l.sync_type),
  'to_resman push success update',
  'and the log')
from it join public.lead_sync_log l
  on (l.conversation_id, l.property_id, l.item_id) = (it.lead, it.property, it.item)
where l.resman_lead_id = 'L-' || left(it.lead::text, 8)
  and l.sync_data @> jsonb_build_object('step', 'resolve', 'conflict_id', it.conflict,
    'field', 'rent', 'strategy', 'merged');

-- ResMan's value
select pg_temp.given_case();
select is(pg_temp.settled('{"rent_min": null, "rent_max": 2000}'), null,
  'ResMan''s value needs no push');
select is(pg_temp.state(), '2000 {"rent_max": 2000, "rent_min": null, "occupants": 1} '
  '{"rent_max": 2000, "rent_min": null, "occupants": 2} nothing synced',
  'nor does capture make one');
select is(l.sync_direction::text, 'from_resman', 'that was a pull')
from it join public.lead_sync_log l on l.conversation_id = it.lead;

-- DomIQ's value
select pg_temp.given_case();
select isnt(pg_temp.settled('{"rent_max": 1500}'), null, 'DomIQ''s value is pushed');
select is(pg_temp.state(), '1500 {"rent_max": 2000, "rent_min": null, "occupants": 1} '
  '{"rent_max": 2000, "rent_min": null, "occupants": 2} push 2 not_synced', 'and stays as it is');

-- a value on which both agree by now
select pg_temp.given_case();
update public.conversation c set price_range_max = 2000 from it where c.id = it.lead;
update public.lead_sync_mapping m set domiq_base = m.domiq_base || '{"rent_min": 900}'
from it where m.id = it.mapping;
delete from public.lead_sync_queue;
select is(pg_temp.settled('{"rent_max": 2000}'), null, 'what both hold needs nothing');
select is(pg_temp.state(), '2000 {"rent_max": 2000, "occupants": 1} '
  '{"rent_max": 2000, "rent_min": null, "occupants": 2} nothing synced', 'the bases move to it');

-- edges: a conflict that held the lead's pushes
select pg_temp.given_case('critical');
select isnt(pg_temp.settled('{"rent_max": 2000}'), null, 'the pushes that it held follow');
select is(split_part(pg_temp.state(), '} ', 3), 'push 2 not_synced', 'as the lead shows');
select pg_temp.given_case('critical');
select pg_temp.given_row('lead_sync_conflicts', jsonb_build_object('conversation_id', it.lead,
  'conflict_type', 'data_conflict', 'conflict_field', 'pets', 'conflict_severity', 'critical'))
from it;
select is(pg_temp.settled('{"rent_max": 2000}'), null, 'but not while another one holds them');
select is(split_part(pg_temp.state(), '} ', 3), 'nothing conflict', 'as the lead shows');

-- edges: a lead that may not be pushed
select pg_temp.given_case();
update public.resman_integration i set sync_enabled = false from it
where i.property_id = it.property;
select is(pg_temp.settled('{"rent_max": 1500}'), null, 'none is queued');
select is(split_part(pg_temp.state(), '} ', 3), 'nothing not_synced', 'although one is owed');

-- errors
select pg_temp.given_case();
select pg_temp.given_setting(it.property, 'write_mode', '"shadow"') from it;
select throws_ok($$select pg_temp.settled('{"rent_max": 1}')$$, 'LS011',
  'this value may not be written', 'refused: shadow mode');
select pg_temp.given_case();
update public.resman_integration i set sync_direction = 'from_resman' from it
where i.property_id = it.property;
select throws_ok($$select pg_temp.settled('{"rent_max": 1500}')$$, 'LS011',
  'this value may not be written', 'refused: the direction forbids it');
select pg_temp.given_case();
select throws_ok($$select pg_temp.settled('{"rent_max": 1e20}')$$, 'LS001',
  'DomIQ does not take the value', 'refused: too large for DomIQ');
select pg_temp.given_user('Kim', 'Lee', 'kim@example.com');
select throws_ok($$select pg_temp.settled('{"email": "kim@example.com"}', 'email')$$, 'LS011',
  'the value belongs to another user in DomIQ', 'refused: another user''s');
select is(pg_temp.state(), '1500 {"rent_max": 1000, "occupants": 1} '
  '{"rent_max": 1000, "occupants": 2} nothing not_synced', 'nothing has moved');
select is(c.resolution_status::text, 'pending', 'and the conflict is open')
from it join public.lead_sync_conflicts c on c.id = it.conflict;

select * from finish();
rollback;
