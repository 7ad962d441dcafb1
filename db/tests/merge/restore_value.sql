-- restore_value: what lost in a conflict comes back on both sides, unless it was edited since.
begin;
select plan(27);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync.restore_value'),
  'jsonb | volatile definer | lock_timeout=500ms | lead_sync_service', 'services may call it');

-- A lead on whose rent both sides now hold what a policy decided: the one that is looked at.
create temporary table it (lead uuid, mapping uuid, conflict uuid, said jsonb);
create function pg_temp.given_case(p_winner text, p_values jsonb default '{}') returns void
language plpgsql
as $$
declare
  v_won integer := case p_winner when 'domiq' then 1500 else 2000 end;
  v_value jsonb := jsonb_build_object('rent_min', null, 'rent_max', v_won);
  v_lead uuid := pg_temp.given_lead(jsonb_build_object('price_range_max', v_won));
  v_mapping uuid := pg_temp.given_mapping(v_lead, jsonb_build_object('domiq_base', v_value,
    'resman_base', v_value, 'resman_seen', v_value));
begin
  update public.resman_integration set sync_direction = 'bidirectional';
  delete from public.lead_sync_queue;
  delete from it;
  insert into it values (v_lead, v_mapping, pg_temp.given_row('lead_sync_conflicts',
    '{"domiq_value": {"rent_min": null, "rent_max": 1500}, "conflict_field": "rent",
      "resman_value": {"rent_min": null, "rent_max": 2000}, "conflict_type": "data_conflict",
      "resolution_status": "auto_resolved"}'::jsonb || jsonb_build_object(
      'conversation_id', v_lead, 'mapping_id', v_mapping, 'winner', p_winner,
      'resolved_value', v_value, 'loser_value', jsonb_build_object('rent_min', null,
        'rent_max', case p_winner when 'domiq' then 2000 when 'resman' then 1500 end))
      || p_values));
end
$$;
-- The value restored, or why not; then DomIQ's rent and what waits.
create function pg_temp.restored() returns text
language plpgsql
as $$
declare
  v_said text;
begin
  begin
    v_said := (select lead_sync.restore_value(it.conflict) #>> '{value,rent_max}' from it);
  exception when sqlstate 'LS011' or sqlstate 'LS020' then
    v_said := concat_ws(' ', sqlstate, sqlerrm);
  end;
  return (select concat_ws('; ', v_said, trim_scale(c.price_range_max), (select count(*)
      from public.lead_sync_queue q where q.conversation_id = it.lead
        and q.sync_operation = 'push' and q.status = 'pending') || ' waits')
    from it join public.conversation c on c.id = it.lead);
end
$$;

-- happy path
select pg_temp.given_case('domiq');
update it set said = lead_sync.restore_value(it.conflict);
select is(to_jsonb(f) - array['id', 'changed_at', 'mapping_id', 'conversation_id', 'property_id',
  'item_id', 'conflict_id', 'old_domiq', 'old_resman', 'new_resman'], '{"field_group": "rent",
  "kind": "restore", "policy": "resman_wins", "new_domiq": {"rent_min": null, "rent_max": 2000}}',
  'the history has it')
from it join lead_sync_private.field_change f on f.conflict_id = it.conflict;
select ok(c.resolution_status = 'auto_resolved' and c.winner = 'domiq' and c.updated_at > now()
  and (c.explanation #>> '{restored,at}')::timestamptz > now()
  and c.explanation -> 'restored' @> '{"value": {"rent_max": 2000},
    "instead_of": {"rent_max": 1500}}', 'and the conflict, which stays as it was decided')
from it join public.lead_sync_conflicts c on c.id = it.conflict;
select is(it.said, jsonb_build_object('conflict_id', it.conflict, 'value',
    '{"rent_min": null, "rent_max": 2000}'::jsonb, 'item_id', q.id), 'ResMan''s value comes back')
from it join public.lead_sync_queue q on q.conversation_id = it.lead;
select is(pg_temp.restored(), '2000; 2000; 1 waits', 'on both sides, and once');
select is(lead_sync.restore_value(it.conflict), it.said, 'a second call says the same') from it;
update public.conversation c set price_range_max = 1 from it where c.id = it.lead;
select is(pg_temp.restored(), '2000; 1; 1 waits', 'whatever was edited since');

select pg_temp.given_case('resman', '{"resolution_status": "resolved",
  "explanation": {"why": "w"}}');
select is(pg_temp.restored(), '1500; 1500; 1 waits', 'DomIQ''s value comes back');
select is(f.policy, 'domiq_wins', 'as a decision for DomIQ')
from it join lead_sync_private.field_change f on f.conflict_id = it.conflict;
select is(c.resolution_status || ' ' || (c.explanation ->> 'why'), 'resolved w',
  'what a person decided')
from it join public.lead_sync_conflicts c on c.id = it.conflict;

-- edges: a side that holds the old value still, or again
select pg_temp.given_case('domiq');
update public.lead_sync_mapping m set resman_seen = '{"rent_max": 2000}' from it
where m.id = it.mapping;
select is(pg_temp.restored(), '2000; 2000; 0 waits', 'ResMan holds it: nothing is pushed');
select pg_temp.given_case('resman');
update public.conversation c set price_range_max = 1500 from it where c.id = it.lead;
select is(pg_temp.restored(), '1500; 1500; 1 waits', 'DomIQ holds it');

-- errors: edited since
select pg_temp.given_case('domiq');
update public.conversation c set price_range_max = 1600 from it where c.id = it.lead;
delete from public.lead_sync_queue;
select is(pg_temp.restored(), 'LS020 the values have moved; 1600; 0 waits', 'refused: in DomIQ');
select pg_temp.given_case('domiq');
update public.conversation c set price_range_min = 900 from it where c.id = it.lead;
delete from public.lead_sync_queue;
select is(pg_temp.restored(), 'LS020 the values have moved; 1500; 0 waits',
  'refused: another field of the group');
select pg_temp.given_case('domiq');
update public.lead_sync_mapping m set resman_seen = '{"rent_max": 2100}' from it
where m.id = it.mapping;
select is(pg_temp.restored(), 'LS020 the values have moved; 1500; 0 waits', 'refused: in ResMan');
select pg_temp.given_case('domiq', '{"conflict_field": "shoe_size"}');
select is(pg_temp.restored(), 'LS020 the values have moved; 1500; 0 waits',
  'refused: the group is no more');

-- errors: nothing that could come back
create function pg_temp.refused(p_winner text, p_values jsonb) returns text
language plpgsql
as $$
begin
  perform pg_temp.given_case(p_winner, p_values);
  return pg_temp.restored();
end
$$;
select is(pg_temp.refused(winner, v), 'LS011 ' || said, 'refused: ' || v::text)
from (values
  ('domiq', '{"resolution_status": "pending"}'::jsonb, 'conflict is open; 1500; 0 waits'),
  ('domiq', '{"resolution_status": "manual_review"}', 'conflict is open; 1500; 0 waits'),
  ('merged', '{}', 'the conflict has no single loser; 2000; 0 waits'),
  ('domiq', '{"winner": null}', 'the conflict has no single loser; 1500; 0 waits'),
  ('domiq', '{"conflict_field": "identity"}',
   'the conflict has no single loser; 1500; 0 waits'),
  ('domiq', '{"conflict_field": "identity R7"}',
   'the conflict has no single loser; 1500; 0 waits'),
  ('domiq', '{"mapping_id": null}', 'the conflict is not about a value; 1500; 0 waits')
) as x(winner, v, said);
select pg_temp.given_case('domiq');
select pg_temp.given_row('lead_sync_conflicts', jsonb_build_object('conversation_id', it.lead,
  'conflict_type', 'data_conflict', 'conflict_field', f, 'resolution_status', s))
from it, (values ('rent', 'resolved'), ('pets', 'pending')) as v(f, s);
select is(pg_temp.restored(), '2000; 2000; 1 waits',
  'one that ended, or of another field, is none');
create function pg_temp.later(p_status text) returns text
language plpgsql
as $$
begin
  perform pg_temp.given_case('domiq');
  perform pg_temp.given_row('lead_sync_conflicts', jsonb_build_object('conflict_field', 'rent',
    'conversation_id', it.lead, 'conflict_type', 'data_conflict', 'resolution_status', p_status))
  from it;
  return pg_temp.restored();
end
$$;
select is(pg_temp.later(s), 'LS011 a later conflict on the field is open; 1500; 0 waits',
  'refused: a later one, ' || s) from unnest(array['pending', 'manual_review']) as s;
select throws_ok('select lead_sync.restore_value(gen_random_uuid())', 'LS002', 'no such conflict',
  'refused: no such conflict');

select * from finish();
rollback;
