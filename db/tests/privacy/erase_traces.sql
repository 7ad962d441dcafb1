-- erase_traces: what the package's tables and archives keep of a lead goes.
begin;
select plan(18);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.erase_traces'), 'jsonb | volatile | - | -',
  'no role may call it');

-- A linked lead of which every table knows something: by its conversation, by its id in ResMan
-- alone, and where the conversation is named in the data alone.
create function pg_temp.given_known(p_lead_id text) returns uuid
language plpgsql
as $$
declare
  v_lead uuid := pg_temp.given_lead();
  v_property uuid := pg_temp.property_of(v_lead);
  v_table text;
  v_link uuid;
begin
  update public.conversation set source = null where id = v_lead;
  v_link := pg_temp.given_mapping(v_lead, jsonb_build_object('resman_lead_id', p_lead_id));
  delete from public.lead_sync_queue where conversation_id = v_lead;
  foreach v_table in array array['', '_archive'] loop
    execute format('insert into public.lead_sync_queue%s (id, conversation_id, property_id,
        sync_operation, sync_data, resman_lead_id, status)
      values (gen_random_uuid(), $1, $2, ''push'', ''{}'', null, ''failed''),
        (gen_random_uuid(), null, $2, ''pull'', ''{"lead_id": "x"}'', $3, ''failed''),
        (gen_random_uuid(), null, $2, ''push'', jsonb_build_object(''conversation_id'', $1), null,
         ''failed'')', v_table) using v_lead, v_property, p_lead_id;
    execute format('insert into public.lead_sync_log%s (id, conversation_id, property_id,
        sync_direction, sync_status, sync_type, sync_data, response_data, conflict_details,
        error_message, error_code, resman_lead_id, created_at)
      select gen_random_uuid(), c, $2, ''to_resman'', ''failed'', ''update'', d, ''{"a": 1}'',
        ''{"b": 1}'', ''in words'', ''code'', l, now() - n * interval ''1 s''
      from (values (1, $1, ''{"first_name": "Ann"}''::jsonb, null), (2, null, null, $3),
        (3, null, jsonb_build_object(''conversation_id'', $1), null)) as x(n, c, d, l)', v_table)
      using v_lead, v_property, p_lead_id;
    execute format('insert into public.lead_sync_conflicts%s (id, conversation_id, property_id,
        conflict_type, conflict_field, conflict_severity, resolution_status, resolved_at,
        resman_value, domiq_value, resolved_value, base_value, loser_value, explanation, notes,
        resman_lead_id, times_seen)
      select gen_random_uuid(), c, $2, ''data_conflict'', ''name'', ''high'', s, t, ''1'', ''2'',
        ''3'', ''4'', ''5'', ''{}'', ''6'', l, 1
      from (values ($1, ''pending'', null, null), (null, ''manual_review'', null, $3),
        ($1, ''auto_resolved'', ''2026-01-01''::timestamptz, null)) as x(c, s, t, l)', v_table)
      using v_lead, v_property, p_lead_id;
  end loop;
  insert into lead_sync_private.pulled_lead (property_id, resman_lead_id, lead, issued_at)
  values (v_property, p_lead_id, '{}', now());
  insert into lead_sync_private.create_intent (property_id, contact, conversation_id)
  values (v_property, 'email:' || p_lead_id, v_lead);
  insert into lead_sync_private.lead_event (conversation_id, key, event_type)
  values (v_lead, '0000000a', 'Other'), (v_lead, '0000000b', 'Other');
  insert into lead_sync_private.identity_decision (user_id, resman_lead_id, same)
  select c.user_id, 'other', false from public.conversation c where c.id = v_lead;
  insert into lead_sync_private.field_change (mapping_id, field_group, kind)
  values (v_link, 'name', 'pull');
  return v_lead;
end
$$;
-- What still says something, and of which property's lead.
create view pg_temp.left_over as
select 'queue' as what, property_id from public.lead_sync_queue
union all select 'queue archive', property_id from public.lead_sync_queue_archive
union all select 'log', property_id from public.lead_sync_log
  where sync_data is distinct from '{"erased": true}'
    or num_nonnulls(response_data, error_message, conflict_details) > 0
union all select 'log archive', property_id from public.lead_sync_log_archive
  where sync_data is distinct from '{"erased": true}'
    or num_nonnulls(response_data, error_message, conflict_details) > 0
union all select 'conflicts', property_id from public.lead_sync_conflicts where num_nonnulls(
  resman_value, domiq_value, resolved_value, base_value, loser_value, explanation, notes) > 0
union all select 'conflicts archive', property_id from public.lead_sync_conflicts_archive
  where num_nonnulls(resman_value, domiq_value, resolved_value, base_value, loser_value,
    explanation, notes) > 0
union all select 'pulled', property_id from lead_sync_private.pulled_lead
union all select 'intent', property_id from lead_sync_private.create_intent
union all select 'event', pg_temp.property_of(conversation_id) from lead_sync_private.lead_event
union all select 'decision', pg_temp.property_of(c.id)
  from lead_sync_private.identity_decision d join public.conversation c on c.user_id = d.user_id
union all select 'link', property_id from public.lead_sync_mapping
union all select 'history', m.property_id from lead_sync_private.field_change f
  join public.lead_sync_mapping m on m.id = f.mapping_id;
create function pg_temp.left_of(p_lead uuid) returns text
language sql
as $$
  select coalesce(string_agg(what || ' ' || n, ', ' order by what), 'nothing')
  from (select what, count(*) as n from pg_temp.left_over
    where property_id = pg_temp.property_of(p_lead) group by what) as x
$$;
create function pg_temp.erase(p_lead uuid) returns jsonb
language sql
as $$
  select lead_sync_private.erase_traces(array[p_lead], pg_temp.property_of(p_lead),
    m.resman_lead_id, m.id)
  from (select 1) as x left join public.lead_sync_mapping m on m.conversation_id = p_lead
$$;
-- happy path
select pg_temp.given_known('R1') as lead, pg_temp.given_known('R2') as other \gset
select is(pg_temp.left_of(:'lead'), 'conflicts 3, conflicts archive 3, decision 1, event 2, '
  'history 1, intent 1, link 1, log 3, log archive 3, pulled 1, queue 3, queue archive 3',
  'a lead is known');
select pg_temp.left_of(:'other') as before \gset
select is(pg_temp.erase(:'lead'), '{"lead_sync_queue": 3, "lead_sync_queue_archive": 3,
  "lead_sync_log": 3, "lead_sync_log_archive": 3, "lead_sync_conflicts": 3,
  "lead_sync_conflicts_archive": 3, "lead_event": 2, "lead_sync_mapping": 1}',
  'it says how much of each');
select is(pg_temp.left_of(:'lead'), 'nothing', 'nothing of it is left');
select is(pg_temp.left_of(:'other'), :'before', 'all of another is');

-- effects: the skeleton
select is(string_agg(concat_ws(' ', sync_type, sync_status, error_code), ', '),
  'update failed code, update failed code, update failed code', 'the log tells what happened')
from public.lead_sync_log where sync_data = '{"erased": true}';
select bag_eq($$select resolution_status::text, resolved_at = '2026-01-01' as then,
    resolved_at is not null as ended from public.lead_sync_conflicts where domiq_value is null$$,
  $$values ('resolved', false, true), ('resolved', false, true), ('auto_resolved', true, true)$$,
  'open conflicts are closed, others stay as they ended');
select is(count(*), 3::bigint, 'also those in the archive')
from public.lead_sync_conflicts_archive
where domiq_value is null and resolution_status in ('resolved', 'auto_resolved');

-- edges: again
select is(pg_temp.erase(:'lead') ->> 'lead_sync_log', '0', 'nothing is erased twice');
update public.lead_sync_log set error_message = 'kept' where sync_data = '{"erased": true}';
select pg_temp.erase(:'lead');
select is(count(*), 3::bigint, 'or written again') from public.lead_sync_log
where error_message = 'kept';

-- edges: the lead at another property
select pg_temp.property_of(:'other') as property, pg_temp.property_of(:'lead') as elsewhere \gset
update lead_sync_private.pulled_lead set property_id = :'elsewhere';
select pg_temp.erase(:'other');
select is(count(*), 1::bigint, 'what another property has read is its own')
from lead_sync_private.pulled_lead;
delete from lead_sync_private.pulled_lead;
update public.lead_sync_log set error_message = null;
select is(pg_temp.left_of(:'other'), 'nothing', 'of the second nothing is left either');

-- edges: links that were merged into it, and earlier ids
select pg_temp.given_known('R3') as lead, pg_temp.given_known('R4') as merged \gset
update public.conversation c set user_id = l.user_id, chatbot_id = l.chatbot_id
from public.conversation l where l.id = :'lead' and c.id = :'merged';
update lead_sync_private.pulled_lead set property_id = pg_temp.property_of(:'lead');
select id as link from public.lead_sync_mapping where conversation_id = :'lead' \gset
update public.lead_sync_mapping set mapping_status = 'merged' where conversation_id = :'merged';
insert into lead_sync_private.lead_alias (resman_lead_id, mapping_id, kind)
values ('R0', :'link', 'recreated');
insert into public.lead_sync_log (sync_direction, sync_status, sync_type, sync_data,
  resman_lead_id) values ('from_resman', 'success', 'update', '{"first_name": "Ann"}', 'R0');
insert into lead_sync_private.pulled_lead (property_id, resman_lead_id, lead, issued_at)
values (pg_temp.property_of(:'lead'), 'R0', '{}', now());
select lead_sync_private.erase_traces(array[:'lead', :'merged']::uuid[],
  pg_temp.property_of(:'lead'), 'R3', :'link') as erased \gset
select is(:'erased'::jsonb -> 'lead_sync_mapping', '2', 'both links go');
select is(:'erased'::jsonb -> 'lead_sync_log', '7', 'with what was logged of all ids');
delete from lead_sync_private.identity_decision where user_id not in (
  select user_id from public.conversation where id = :'lead');
select is_empty('select from pg_temp.left_over', 'and everything else');

-- edges: no link
select pg_temp.given_lead() as lead \gset
insert into public.lead_sync_log (sync_direction, sync_status, sync_type, sync_data)
values ('from_resman', 'success', 'update', '{"first_name": "Ann"}');
select is(pg_temp.erase(:'lead') -> 'lead_sync_queue', '1', 'a lead that is not linked');
select is(count(*), 1::bigint, 'what names no lead stays') from public.lead_sync_log
where sync_data = '{"first_name": "Ann"}';
select is(lead_sync_private.erase_traces('{}', null, null, null) -> 'lead_sync_log', '0',
  'nobody at all');

select * from finish();
rollback;
