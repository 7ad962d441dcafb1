-- lead_history: what became of a lead, field by field; its conflicts and attempts.
begin;
select plan(17);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync.lead_history'),
  'jsonb | stable definer | - | lead_sync_service', 'services may call it');

-- happy path: nothing yet
select pg_temp.given_lead() as lead \gset
select is(lead_sync.lead_history(:'lead'), jsonb_build_object('conversation_id', :'lead',
  'resman_lead_id', null, 'changes', '[]'::jsonb, 'conflicts', '[]'::jsonb,
  'attempts', '[]'::jsonb), 'a new lead');

-- a link with a follower, and one of somebody else
select pg_temp.given_mapping(:'lead', '{"resman_lead_id": "R1"}') as link \gset
select pg_temp.given_conversation(c.user_id, pg_temp.property_of(c.id)) as follower
from public.conversation c where c.id = :'lead' \gset
insert into lead_sync_private.follower (conversation_id, mapping_id) values (:'follower', :'link');
select pg_temp.given_lead() as other \gset
select pg_temp.given_mapping(:'other', '{"resman_lead_id": "R2"}') as others \gset
insert into lead_sync_private.field_change (mapping_id, field_group, kind, old_domiq, new_domiq,
  old_resman, new_resman, policy, changed_at)
values (:'link', 'rent', 'pull', '{"rent_max": 1}', '{"rent_max": 2}', '{"rent_max": 1}',
    '{"rent_max": 2}', null, '2026-01-02'),
  (:'link', 'pets', 'push', null, null, null, null, 'union', '2026-01-01'),
  (:'link', 'pets', 'resolve', null, null, null, null, null, '2026-01-03'),
  (:'others', 'email', 'push', null, null, null, null, null, '2026-01-01');
insert into public.lead_sync_conflicts (id, conversation_id, conflict_type, conflict_field,
  resolution_status, policy, winner, loser_value, created_at, resolved_at)
values ('00000000-0000-0000-0000-00000000000a', :'follower', 'data_conflict', 'rent',
    'auto_resolved', 'union', 'domiq', '{"rent_max": 3}', '2026-01-02', '2026-01-03'),
  ('00000000-0000-0000-0000-00000000000b', :'lead', 'data_conflict', 'pets', 'pending', null,
   null, null, '2026-01-01', null),
  ('00000000-0000-0000-0000-00000000000c', :'other', 'data_conflict', 'pets', 'pending', null,
   null, null, '2026-01-01', null);
insert into public.lead_sync_log (conversation_id, sync_direction, sync_status, sync_type,
  sync_operation, attempt, error_code, sync_data, conflict_details, created_at)
values (:'follower', 'to_resman', 'failed', 'update', 'push', 2, 'busy',
    '{"pushed": ["rent"], "lead": {"email": "secret"}}', '{"pulled": ["pets"]}', '2026-01-02'),
  (:'lead', 'to_resman', 'success', 'create', 'push', 1, null, '{}', null, '2026-01-01'),
  (:'other', 'to_resman', 'success', 'create', 'push', 1, null, '{}', null, '2026-01-01');
select lead_sync.lead_history(:'lead') as told \gset
select is(:'told'::jsonb ->> 'resman_lead_id', 'R1', 'the lead in ResMan');
select results_eq(format($$select c - 'at' from jsonb_array_elements(%L::jsonb -> 'changes') as c$$,
  :'told'), $$values ('{"field": "pets", "kind": "push", "changed_in": "domiq",
    "policy": "union"}'::jsonb), ('{"field": "rent", "kind": "pull", "changed_in": "resman",
    "domiq_from": {"rent_max": 1}, "domiq_to": {"rent_max": 2}, "resman_from": {"rent_max": 1},
    "resman_to": {"rent_max": 2}}'), ('{"field": "pets", "kind": "resolve"}')$$,
  'what changed where, from what to what, the oldest first');
select is((:'told'::jsonb #>> '{changes,0,at}')::timestamptz, '2026-01-01'::timestamptz,
  'and when');
select results_eq(format(
  $$select c - array['at', 'resolved_at']
    from jsonb_array_elements(%L::jsonb -> 'conflicts') as c$$,
  :'told'), $$values ('{"conflict_id": "00000000-0000-0000-0000-00000000000b", "field": "pets",
    "type": "data_conflict", "status": "pending"}'::jsonb),
  ('{"conflict_id": "00000000-0000-0000-0000-00000000000a", "field": "rent",
    "type": "data_conflict", "status": "auto_resolved", "policy": "union", "winner": "domiq",
    "kept": {"rent_max": 3}}')$$, 'conflicts of all its conversations, with what was kept');
select is((:'told'::jsonb #>> array['conflicts', '1', k])::timestamptz, t, k)
from (values ('at', '2026-01-02'::timestamptz), ('resolved_at', '2026-01-03')) as v(k, t);
select results_eq(format(
  $$select a - 'at' from jsonb_array_elements(%L::jsonb -> 'attempts') as a$$,
  :'told'), $$values ('{"operation": "push", "type": "create", "status": "success",
    "attempt": 1}'::jsonb), ('{"operation": "push", "type": "update", "status": "failed",
    "attempt": 2, "error_code": "busy", "pushed": ["rent"], "details": {"pulled": ["pets"]}}')$$,
  'and attempts, without what was sent');
select is((:'told'::jsonb #>> '{attempts,1,at}')::timestamptz, '2026-01-02'::timestamptz,
  'with their times');

-- whose decision, and whose attempt
select pg_temp.given_manager(pg_temp.property_of(:'lead')) as manager,
  gen_random_uuid() as item \gset
update lead_sync_private.field_change set item_id = :'item', conflict_id = :'item'
where mapping_id = :'link';
update public.lead_sync_conflicts set resolved_by = :'manager';
update public.lead_sync_log set item_id = :'item';
select lead_sync.lead_history(:'lead') as told \gset
select is(:'told'::jsonb #>> path, id, path::text)
from (values ('{changes,0,item_id}'::text[], :'item'), ('{changes,0,conflict_id}', :'item'),
  ('{conflicts,0,resolved_by}', :'manager'), ('{attempts,0,item_id}', :'item')) as v(path, id);

-- edges
select is(lead_sync.lead_history(:'follower') - 'conversation_id',
  :'told'::jsonb - 'conversation_id', 'a follower tells its lead''s');

-- errors
select throws_ok(format('select lead_sync.lead_history(%s)', i), 'LS002', 'no such conversation',
  'refused: ' || i) from unnest(array['gen_random_uuid()', 'null']) as i;

select * from finish();
rollback;
