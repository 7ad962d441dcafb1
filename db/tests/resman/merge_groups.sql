-- merge_groups: a linked lead as just read is merged, and what that comes to is written.
begin;
select plan(50);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.merge_groups'), 'jsonb | volatile | - | -',
  'no role may call it');

-- A lead whose link agrees on everything, in a property that goes both ways.
create function pg_temp.given_agreed(p_values jsonb default '{}') returns uuid
language plpgsql
as $$
declare
  v_lead uuid := pg_temp.given_lead('{"occupants_count": 2, "price_range_min": 900,
    "ai_intent_summary": "asks"}' || p_values);
  v_base jsonb;
begin
  v_base := lead_sync_private.build_lead(v_lead) || '{"status": "prospect"}';
  update public.resman_integration set sync_direction = 'bidirectional';
  perform pg_temp.given_mapping(v_lead, jsonb_build_object('domiq_base', v_base,
    'resman_base', v_base, 'base_moved_at', '2026-01-01'));
  return v_lead;
end
$$;
-- The merge of the lead's link with what ResMan shows: as agreed, but for this.
create function pg_temp.merged(p_lead uuid, p_shows jsonb default '{}',
  p_more jsonb default '{}', p_follower uuid default null) returns jsonb
language plpgsql
as $$
declare
  v_item public.lead_sync_queue := pg_temp.item(coalesce(p_follower, p_lead));
  v_mapping public.lead_sync_mapping;
begin
  v_item.sync_operation := coalesce(p_more ->> 'operation', 'push');
  select m.* into v_mapping from public.lead_sync_mapping m where m.conversation_id = p_lead;
  return lead_sync_private.merge_groups(v_item, coalesce(p_more -> 'state', '{}'), v_mapping,
    v_mapping.resman_base || p_shows || jsonb_build_object('lead_id', v_mapping.resman_lead_id),
    '2026-02-01T00:00:00Z', coalesce((p_more -> 'dry')::boolean, false));
end
$$;
-- A merge in one line: what is sent, and the groups that did not agree.
create function pg_temp.told(p_merge jsonb) returns text
language sql
as $$
  select concat_ws(' ', p_merge -> 'send', 'pushed', p_merge -> 'pushed', 'pulled',
    p_merge -> 'pulled', 'conflicts', p_merge -> 'conflicts', 'suppressed',
    p_merge -> 'suppressed')
$$;
create function pg_temp.nothing() returns text
language sql
as $$
  select '{} pushed [] pulled [] conflicts [] suppressed []'
$$;
create view pg_temp.based as
select conversation_id as lead, domiq_base - array['first_name', 'last_name', 'email', 'phone']
    as domiq, resman_base - array['first_name', 'last_name', 'email', 'phone'] as resman,
  base_moved_at
from public.lead_sync_mapping;
create view pg_temp.held_by as
select conversation_id as lead, concat_ws(' ', conflict_field, conflict_type, conflict_severity,
  resolution_status, winner) as conflict
from public.lead_sync_conflicts;

-- happy path: both are as agreed
select pg_temp.given_agreed() as lead, pg_temp.given_agreed() as other \gset
select is(pg_temp.told(m), pg_temp.nothing(), 'there is nothing to do')
from pg_temp.merged(:'lead') as m;
select is(base_moved_at::date, '2026-01-01'::date, 'the base stays') from pg_temp.based
where lead = :'lead';
select is(resman_read_at, '2026-02-01T00:00:00Z', 'but it was read')
from public.lead_sync_mapping where conversation_id = :'lead';

-- happy path: DomIQ has changed
update public.conversation set occupants_count = 3 where id = :'lead';
select pg_temp.merged(:'lead') as merge \gset
select is(pg_temp.told(:'merge'), '{"occupants": 3} pushed ["occupants"] pulled [] conflicts []'
  ' suppressed []', 'its value is sent');
select is(array[:'merge'::jsonb -> 'domiq_base', :'merge'::jsonb -> 'resman_base'],
  array['{"occupants": 3}', '{"occupants": 3}']::jsonb[], 'and is the base, acknowledged');
select is(domiq ->> 'occupants', '2', 'which it is not yet') from pg_temp.based
where lead = :'lead';
select is(:'merge'::jsonb -> 'domiq', lead_sync_private.build_lead(:'lead'),
  'it is known what DomIQ says');
select is(:'merge'::jsonb -> 'versions', lead_sync_private.lead_versions(:'lead'),
  'and as of when');

-- happy path: ResMan has changed
select pg_temp.given_agreed() as changed \gset
select pg_temp.merged(:'changed', '{"rent_min": 950, "first_name": "Eve"}') as merge \gset
select is(pg_temp.told(:'merge'), '{} pushed [] pulled ["name", "rent"] conflicts []'
  ' suppressed []', 'its values are taken over');
select is(concat_ws(' ', c.price_range_min, u.first_name, u.last_name), '950.00 Eve Renter',
  'by both rows') from public.conversation c join public."user" u on u.id = c.user_id
where c.id = :'changed';
select is(concat_ws(' ', domiq ->> 'rent_min', resman ->> 'rent_min', base_moved_at::date >
  '2026-01-01'), '950 950 t', 'and are the base') from pg_temp.based where lead = :'changed';
select is(:'merge'::jsonb #>> '{domiq,rent_min}', '950', 'what DomIQ says is as it is now');
select is(:'merge'::jsonb -> 'versions', lead_sync_private.lead_versions(:'changed'),
  'so is the version');
select is(string_agg(f.field_group || ' ' || f.kind, ', ' order by f.field_group),
  'name pull, rent pull', 'that is history')
from lead_sync_private.field_change f join public.lead_sync_mapping m on m.id = f.mapping_id
where m.conversation_id = :'changed';
select is(concat_ws(' ', c.price_range_min, c.occupants_count), '900.00 2',
  'others are not touched') from public.conversation c where c.id = :'other';

-- both have changed: a policy decides
select pg_temp.given_agreed() as both \gset
select lead_sync.set_field_policy('rent', 'resman_wins');
select lead_sync.set_field_policy('occupants', 'manual_review');
update public.conversation set ai_intent_summary = 'asks again', price_range_min = 800,
  occupants_count = 4 where id = :'both';
select pg_temp.merged(:'both', '{"comment": "called", "rent_min": 950, "occupants": 1}')
  as merge \gset
select is(pg_temp.told(:'merge'), '{"comment": "asks again"} pushed ["comment"]'
  ' pulled ["rent"] conflicts ["occupants"] suppressed []', 'each by its own');
select is(concat_ws(' ', price_range_min, occupants_count, ai_intent_summary),
  '950.00 4 asks again', 'the winner is written, what is open is not')
from public.conversation where id = :'both';
select set_eq(format('select conflict from pg_temp.held_by where lead = %L', :'both'),
  array['comment data_conflict medium auto_resolved domiq',
    'rent data_conflict medium auto_resolved resman',
    'occupants data_conflict medium manual_review'], 'each is kept');
select is(jsonb_array_length(:'merge'::jsonb -> 'conflict_ids'), 3, 'and named');
select is(concat_ws(' ', domiq ->> 'comment', resman ->> 'comment', domiq ->> 'rent_min',
  domiq ->> 'occupants', resman ->> 'occupants'), 'called called 950 2 2',
  'just the push is left of what was decided, and nothing moves of what is open')
from pg_temp.based where lead = :'both';

-- edges: a pull sends nothing
select pg_temp.given_agreed() as pulling \gset
select pg_temp.merged(:'pulling', '{"rent_min": 950}', '{"operation": "pull"}') as merge \gset
select is(array[:'merge'::jsonb -> 'pulled', :'merge'::jsonb -> 'domiq'],
  array['["rent"]', 'null']::jsonb[], 'and is not told what DomIQ says once it has written');
select is(:'merge'::jsonb -> 'versions', lead_sync_private.lead_versions(:'pulling'),
  'but as of when');

-- edges: rules that were gathered for many leads
select pg_temp.given_agreed() as gathered \gset
select jsonb_build_object('dry', true, 'state', jsonb_build_object('rules',
  lead_sync_private.merge_rules(pg_temp.property_of(:'gathered'))
    || '{"direction": "to_resman"}')) as gathered_rules \gset
select is(pg_temp.told(pg_temp.merged(:'gathered', '{"rent_min": 950}', :'gathered_rules')),
  '{} pushed [] pulled [] conflicts [] suppressed ["rent"]', 'are what the merge goes by');
update public.lead_sync_mapping set rules_version = 1 where conversation_id = :'gathered';
select is(pg_temp.told(pg_temp.merged(:'gathered', '{"rent_min": 950}',
  jsonb_set(:'gathered_rules', '{state,rules,version}', '2'))),
  '{} pushed [] pulled ["rent"] conflicts [] suppressed []',
  'but for a base written under other ones');

-- edges: DomIQ does not take a value
select pg_temp.given_agreed() as refused \gset
select pg_temp.merged(:'refused', '{"rent_min": -5, "occupants": 7}') as merge \gset
select is(pg_temp.told(:'merge'), '{} pushed [] pulled ["occupants"] conflicts ["rent"]'
  ' suppressed []', 'the rest is taken over');
select is(conflict, 'rent field_mismatch medium pending', 'that is a conflict')
from pg_temp.held_by where lead = :'refused';
select is(concat_ws(' ', price_range_min, occupants_count), '900.00 7', 'and is not written')
from public.conversation where id = :'refused';

-- edges: a dry run
select pg_temp.given_agreed() as dry \gset
update public.conversation set occupants_count = 5 where id = :'dry';
select pg_temp.merged(:'dry', '{"rent_min": 950}', '{"dry": true}') as merge \gset
select is(pg_temp.told(:'merge'), '{"occupants": 5} pushed ["occupants"] pulled ["rent"]'
  ' conflicts [] suppressed []', 'tells the same');
select is(array[:'merge'::jsonb -> 'versions', :'merge'::jsonb -> 'domiq'],
  array[lead_sync_private.lead_versions(:'dry'), lead_sync_private.build_lead(:'dry')],
  'of DomIQ as it is');
select is(r ->> 'action', 'pull', 'and why')
from jsonb_array_elements(:'merge'::jsonb -> 'rows') as r where r ->> 'field_group' = 'rent';
select is(concat_ws(' ', c.price_range_min, m.base_moved_at::date, m.resman_read_at),
  '900.00 2026-01-01', 'and writes nothing') from public.conversation c
join public.lead_sync_mapping m on m.conversation_id = c.id where c.id = :'dry';

-- edges: a save whose answer was lost
select pg_temp.given_agreed() as answer \gset
update public.conversation set occupants_count = 6 where id = :'answer';
select is(pg_temp.told(pg_temp.merged(:'answer', '{"occupants": 6}', jsonb_build_object('state',
  jsonb_build_object('sent', jsonb_build_object('lead_id', m.resman_lead_id,
    'pushed', '["occupants"]'::jsonb, 'domiq_base', '{"occupants": 6}'::jsonb,
    'resman_base', '{"occupants": 6}'::jsonb))))), pg_temp.nothing(), 'has arrived')
from public.lead_sync_mapping m where m.conversation_id = :'answer';
select is(count(*), 0::bigint, 'and is no change of ResMan''s')
from lead_sync_private.field_change f join public.lead_sync_mapping m on m.id = f.mapping_id
where m.conversation_id = :'answer';

-- edges: a value that goes back and forth
create function pg_temp.given_flips(p_lead uuid, p_sides text[], p_values integer[])
returns void
language sql
as $$
  insert into lead_sync_private.field_change
    (mapping_id, conversation_id, field_group, kind, new_domiq, new_resman, changed_at)
  select m.id, p_lead, 'occupants', f.side, jsonb_build_object('occupants', f.value),
    jsonb_build_object('occupants', f.value),
    clock_timestamp() - interval '5 min' + f.n * interval '1 s'
  from public.lead_sync_mapping m,
    unnest(p_sides, p_values) with ordinality as f(side, value, n)
  where m.conversation_id = p_lead order by f.n
$$;
select pg_temp.given_agreed() as flips, pg_temp.given_agreed() as calm,
  pg_temp.given_agreed() as office \gset
select lead_sync.set_field_policy('occupants', 'newest_wins');
select pg_temp.given_flips(:'flips', '{push,pull,push,pull}', '{3,2,3,2}'),
  pg_temp.given_flips(:'calm', '{push,pull}', '{3,2}'),
  pg_temp.given_flips(:'office', '{pull,push,pull,push}', '{7,2,7,2}');
update public.conversation set occupants_count = 3 where id in (:'flips', :'calm');
select is(pg_temp.told(pg_temp.merged(:'calm')), '{"occupants": 3} pushed ["occupants"]'
  ' pulled [] conflicts [] suppressed []', 'once is no matter');
select is(pg_temp.told(pg_temp.merged(:'flips')), '{} pushed [] pulled [] conflicts'
  ' ["occupants"] suppressed []', 'thrice is stopped');
select is(conflict, 'occupants data_conflict critical manual_review', 'for a person')
from pg_temp.held_by where lead = :'flips';
select matches(explanation ->> 'why', 'back and forth', 'who is told why')
from public.lead_sync_conflicts where conversation_id = :'flips';
select is(pg_temp.told(pg_temp.merged(:'office', '{"occupants": 7}')), '{} pushed [] pulled []'
  ' conflicts ["occupants"] suppressed []', 'whichever side it was');
delete from lead_sync_private.field_change;
select is(pg_temp.told(pg_temp.merged(:'flips')), '{} pushed [] pulled [] conflicts'
  ' ["occupants"] suppressed []', 'and stays so, however long that takes');
update public.conversation set occupants_count = 2 where id = :'flips';
select is(pg_temp.told(pg_temp.merged(:'flips', '{"occupants": 8}')), '{} pushed [] pulled []'
  ' conflicts ["occupants"] suppressed []', 'also for ResMan''s values');
select lead_sync.set_field_policy('occupants', 'domiq_wins');
update public.conversation set occupants_count = 3 where id = :'flips';
select is(pg_temp.told(pg_temp.merged(:'flips', '{"occupants": 8}')), '{} pushed [] pulled []'
  ' conflicts ["occupants"] suppressed []', 'and for a policy');
select is(conflict, 'occupants data_conflict critical manual_review', 'which decides nothing')
from pg_temp.held_by where lead = :'flips';
select is(pg_temp.told(pg_temp.merged(:'flips', '{"occupants": 3}')), pg_temp.nothing(),
  'until both are equal');
select is(conflict, 'occupants data_conflict critical auto_resolved', 'which closes it')
from pg_temp.held_by where lead = :'flips';

-- edges: a later conversation feeds the lead
select pg_temp.given_agreed('{"created_at": "2026-01-01"}') as leader \gset
select pg_temp.given_conversation(c.user_id, pg_temp.property_of(c.id), '{"source": "Web"}')
  as follower from public.conversation c where c.id = :'leader' \gset
insert into lead_sync_private.follower (conversation_id, mapping_id)
select :'follower', m.id from public.lead_sync_mapping m where m.conversation_id = :'leader';
select lead_sync.set_field_policy('move_in_date', 'manual_review');
update public.conversation set move_in_date = '2027-03-01' where id = :'follower';
select is(pg_temp.told(pg_temp.merged(:'leader',
  '{"move_in_date": "2027-04-01", "bedrooms": 2}', '{}', :'follower')),
  '{} pushed [] pulled ["bedrooms"] conflicts ["move_in_date"] suppressed []', 'it is merged');
select is(jsonb_object_agg(case c.id when :'leader' then 'leader' else 'follower' end,
  c.apartment_size_preference), '{"leader": null, "follower": "2 bedroom"}',
  'what is taken over goes to the newest')
from public.conversation c where c.id in (:'leader', :'follower');
select is(lead, :'leader', 'a conflict is the link''s') from pg_temp.held_by
where conflict like 'move_in_date%';

-- edges: a lead that is lost, with a tour
select pg_temp.given_agreed() as lost \gset
select pg_temp.merged(:'lost', '{"status": "lost", "tour_at": "2027-01-05T10:00:00Z"}');
select is(concat_ws(' ', status, tour_datetime), 'lost 2027-01-05 10:00:00', 'is lost in DomIQ')
from public.conversation where id = :'lost';
select is(pg_temp.told(pg_temp.merged(:'lost')), pg_temp.nothing(), 'and stays so in ResMan');

select * from finish();
rollback;
