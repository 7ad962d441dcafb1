-- plan_save: a push against the lead as just read, or a create where there is none.
begin;
select plan(31);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.plan_save'), 'jsonb | volatile | - | -',
  'no role may call it');

-- A lead with nothing but its contacts, in a property that goes both ways.
create function pg_temp.given_person() returns uuid
language plpgsql
as $$
declare
  v_lead uuid := pg_temp.given_lead('{"occupants_count": 2}');
begin
  update public.resman_integration set sync_direction = 'bidirectional';
  return v_lead;
end
$$;
-- One that agrees with its link.
create function pg_temp.given_agreed() returns uuid
language plpgsql
as $$
declare
  v_lead uuid := pg_temp.given_person();
  v_base jsonb := lead_sync_private.build_lead(v_lead) || '{"status": "prospect"}';
begin
  perform pg_temp.given_mapping(v_lead, jsonb_build_object('domiq_base', v_base,
    'resman_base', v_base));
  return v_lead;
end
$$;
-- ResMan shows the lead as DomIQ holds it, but for this; null: it has none.
create function pg_temp.plan(p_lead uuid, p_shows jsonb, p_state jsonb default '{}')
returns jsonb
language plpgsql
as $$
declare
  v_mapping public.lead_sync_mapping;
begin
  select m.* into v_mapping from public.lead_sync_mapping m where m.conversation_id = p_lead;
  return (
    select lead_sync_private.plan_save(q, p_state, v_mapping, case when p_shows is null
      then '{"lead": null}' else jsonb_build_object('read_at', '2026-02-01T00:00:00Z', 'lead',
        lead_sync_private.build_lead(p_lead) || jsonb_build_object('contact_id', 'P1',
          'status', 'prospect', 'events', '[]'::jsonb, 'lead_id',
          coalesce(v_mapping.resman_lead_id, 'L1')) || p_shows) end)
    from pg_temp.item(p_lead) q);
end
$$;

-- happy path: a create
select pg_temp.given_person() as fresh \gset
select pg_temp.plan(:'fresh', null) as plan \gset
select is((:'plan'::jsonb -> 'request') - array['lead', 'events'], '{"call": "save_lead",
  "lead_id": null, "contact_id": null}', 'a lead is made');
select is(:'plan'::jsonb #> '{request,lead}',
  jsonb_strip_nulls(lead_sync_private.build_lead(:'fresh') || '{"status": "prospect"}'),
  'of what DomIQ says');
select is(:'plan'::jsonb #> '{request,events}', jsonb_build_array(e), 'with a first contact')
from jsonb_array_element(lead_sync_private.build_events(pg_temp.item(:'fresh'), null, '{}',
  null, '{}'), 0) as e;
select is(:'plan'::jsonb #> '{state,sent,create_key}', :'plan'::jsonb
  #> '{request,events,0,key}', 'by whose mark it is known again');
select is(:'plan'::jsonb #> '{state,sent,versions}', lead_sync_private.lead_versions(:'fresh'),
  'the versions are those that were read');
select is(:'plan'::jsonb #>> '{state,sent,domiq_base,occupants}', '2',
  'what is sent is the base, acknowledged');
select is(:'plan'::jsonb #> '{state,sent}' ?| array['send', 'rows', 'domiq', 'now_domiq',
  'now_resman', 'failed', 'conflict_ids', 'rules_version'], false, 'and no more is kept');
select is(count(*), 0::bigint, 'it has no link yet') from public.lead_sync_mapping;

-- happy path: a lead that was found
select pg_temp.given_person() as lead \gset
select pg_temp.plan(:'lead', '{}') as plan \gset
select is(array[:'plan'::jsonb ->> 'end', :'plan'::jsonb #>> '{outcome,lead_id}'],
  array['synced', 'L1'], 'where both say the same nothing is sent');
select is((:'plan'::jsonb -> 'outcome') - array['versions', 'agreed'], '{"lead_id": "L1",
  "contact_id": "P1", "read_at": "2026-02-01T00:00:00Z", "events": [], "seen": [],
  "create_key": null, "pushed": [], "pulled": [], "suppressed": [], "conflicts": [],
  "domiq_base": {}, "resman_base": {}}', 'it is known how that ends');
select is(concat_ws(' ', resman_lead_id, domiq_base ->> 'occupants',
  resman_read_at = '2026-02-01T00:00:00Z'), 'L1 2 t', 'the two are linked')
from public.lead_sync_mapping where conversation_id = :'lead';

-- edges: the lead is somebody else's
select pg_temp.given_person() as late \gset
select is(pg_temp.plan(:'late', '{}') - array['leads', 'message'],
  '{"ambiguous": true, "end": "ambiguous"}', 'nothing is guessed');
select is(pg_temp.plan(:'late', '{}') #>> '{leads,0,lead_id}', 'L1', 'and it is shown');
select matches(pg_temp.plan(:'late', '{}') ->> 'message', 'another conversation', 'and why');

-- happy path: an update
select pg_temp.given_agreed() as linked \gset
update public.conversation set occupants_count = 3 where id = :'linked';
select pg_temp.plan(:'linked', '{"occupants": 2, "rent_min": 700, "agent": {"id": "A9"},
  "comment": "called"}') as plan \gset
select is(:'plan'::jsonb #> '{request,lead}', jsonb_strip_nulls(
  lead_sync_private.build_lead(:'linked')) || '{"status": "prospect", "comment": "called",
    "rent_min": 700, "rent_max": null, "move_in_date": null}',
  'DomIQ''s value of what it changed, ResMan''s of all else');
select is(:'plan'::jsonb #>> '{request,lead,occupants}', '3', 'which is this');
select is(price_range_min, 700.00, 'what ResMan has changed is taken over')
from public.conversation where id = :'linked';
select is(array[:'plan'::jsonb #> '{request,events}', :'plan'::jsonb #> '{state,sent,pushed}',
  :'plan'::jsonb #> '{state,sent,domiq_base}', :'plan'::jsonb #> '{state,sent,create_key}'],
  array['[]', '["occupants"]', '{"occupants": 3}', 'null']::jsonb[],
  'it is known what was sent');
select pg_temp.given_agreed() as toured \gset
select is(p #> '{outcome,pulled}', '["tour"]', 'a tour that ResMan''s events tell of, too')
from pg_temp.plan(:'toured', '{"events": [{"type": "Appointment",
  "at": "2027-01-05T10:00:00Z"}]}') as p;

-- edges: an event alone
select pg_temp.given_agreed() as lost \gset
update public.conversation set status = 'lost' where id = :'lost';
select is(pg_temp.plan(:'lost', '{}') -> 'request', '{"call": "list_lost_reasons"}',
  'what an event needs is asked for');
select lead_sync_private.store_lookup(pg_temp.property_of(:'lost'), 'lost_reason',
  '[{"id": "R1", "name": "Price"}]');
select is(concat_ws(' ', p #>> '{request,lead,status}', p #>> '{request,events,0,type}',
  p #>> '{request,events,0,source_id}'), 'lost Cancel R1', 'then it is sent')
from pg_temp.plan(:'lost', '{}') as p;

-- edges: a save whose answer was lost
select pg_temp.plan(:'lost', '{}') #> '{request,events,0}' as event \gset
select is(p #> '{outcome,seen}', jsonb_build_array(:'event'::jsonb,
  '{"key": "cccccccc"}'::jsonb),
  'events of it that ResMan shows are kept')
from pg_temp.plan(:'lost', jsonb_build_object('status', 'lost', 'events', jsonb_build_array(
    jsonb_build_object('key', 'cccccccc'), :'event'::jsonb)),
  jsonb_build_object('sent', jsonb_build_object('seen', jsonb_build_array(:'event'::jsonb,
    '{"key": "dddddddd"}'::jsonb), 'events', '[{"key": "cccccccc"}, {"key": "eeeeeeee"}]'::jsonb
    ))) as p;

-- edges: a critical conflict is open
select pg_temp.given_agreed() as held \gset
update public.conversation set occupants_count = 3, status = 'lost' where id = :'held';
select pg_temp.given_row('lead_sync_conflicts', jsonb_build_object('conversation_id', :'held',
  'conflict_type', 'duplicate_lead', 'conflict_severity', 'critical',
  'conflict_field', 'none of the groups')) as conflict \gset
select is(p -> 'end', '"synced"', 'nothing is sent') from pg_temp.plan(:'held',
  '{"rent_min": 700, "occupants": 2}') as p;
select is(price_range_min, 700.00, 'what ResMan has changed is taken over all the same')
from public.conversation where id = :'held';
select is(jsonb_build_array(p #> '{outcome,pushed}', p #> '{outcome,domiq_base}',
  p #> '{outcome,resman_base}'), '[[], {}, {}]', 'no base is to move')
from pg_temp.plan(:'held', '{"occupants": 2}') as p;
update public.lead_sync_conflicts set resolution_status = 'resolved' where id = :'conflict';
select is(pg_temp.plan(:'held', '{"occupants": 2}') -> 'request',
  '{"call": "list_lost_reasons"}', 'until a person has decided');

-- edges: it is the link's conflicts that count
select pg_temp.given_agreed() as leader \gset
update public.conversation set created_at = '2026-01-01' where id = :'leader';
select pg_temp.given_conversation(c.user_id, pg_temp.property_of(c.id), '{"source": "Web",
  "occupants_count": 5}') as follower from public.conversation c where c.id = :'leader' \gset
insert into lead_sync_private.follower (conversation_id, mapping_id)
select :'follower', m.id from public.lead_sync_mapping m where m.conversation_id = :'leader';
create function pg_temp.follow(p_follower uuid, p_leader uuid) returns jsonb
language sql
as $$
  select lead_sync_private.plan_save(q, '{}', m, jsonb_build_object(
    'read_at', '2026-02-01T00:00:00Z', 'lead', m.resman_base
      || jsonb_build_object('lead_id', m.resman_lead_id)))
  from pg_temp.item(p_follower) q, public.lead_sync_mapping m
  where m.conversation_id = p_leader
$$;
select is(pg_temp.follow(:'follower', :'leader') #>> '{request,lead,occupants}', '5',
  'a follower''s values are sent');
select pg_temp.given_row('lead_sync_conflicts', jsonb_build_object('conversation_id', :'leader',
  'conflict_type', 'duplicate_lead', 'conflict_severity', 'critical'));
select is(pg_temp.follow(:'follower', :'leader') ->> 'end', 'synced', 'or held');

-- edges: shadow
select pg_temp.given_person() as shadow \gset
select pg_temp.given_setting(pg_temp.property_of(:'shadow'), 'write_mode', '"shadow"');
select is(concat_ws(' ', p #>> '{would_send,lead_id}', p -> 'outcome' ? 'rows'), 'L6 f',
  'it is known what would be sent')
from pg_temp.plan(:'shadow', '{"lead_id": "L6", "occupants": null, "rent_min": 700}') as p;
select is(concat_ws(' ', m.id is null, c.price_range_min is null), 't t',
  'nothing is linked or taken over')
from public.conversation c left join public.lead_sync_mapping m on m.conversation_id = c.id
where c.id = :'shadow';

select * from finish();
rollback;
