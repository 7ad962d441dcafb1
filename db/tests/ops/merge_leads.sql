-- merge_leads: the lead of one conversation becomes another's.
begin;
select plan(31);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync.merge_leads'),
  'uuid | volatile definer | - | lead_sync_service', 'services may call it');

-- Two linked leads of one property.
select pg_temp.given_lead() as kept \gset
select pg_temp.property_of(:'kept') as property \gset
create function pg_temp.given_other(p_property uuid, p_lead_id text) returns uuid
language plpgsql
as $$
declare
  v_lead uuid := pg_temp.given_conversation(pg_temp.given_user(), p_property);
begin
  if p_lead_id is not null then
    perform pg_temp.given_mapping(v_lead, jsonb_build_object('resman_lead_id', p_lead_id,
      'contact_id', 'P-' || p_lead_id));
  end if;
  return v_lead;
end
$$;
select pg_temp.given_mapping(:'kept', '{"resman_lead_id": "R1"}') as link \gset
select pg_temp.given_other(:'property', 'R2') as gone \gset
select pg_temp.given_row('lead_sync_conflicts', jsonb_build_object('conversation_id', c,
  'conflict_type', t, 'conflict_field', f, 'resolution_status', s))
from (values (:'gone', 'duplicate_lead', 'identity', 'pending'),
  (:'gone', 'data_conflict', 'rent', 'manual_review'),
  (:'gone', 'duplicate_lead', 'identity R7', 'pending'),
  (:'kept', 'data_conflict', 'rent', 'pending')) as v(c, t, f, s);
delete from public.lead_sync_queue;
-- The lead to which a conversation belongs.
create function pg_temp.lead_of(p_conversation uuid) returns text
language sql
as $$
  select (lead_sync_private.find_mapping(c.id, c.user_id, pg_temp.property_of(c.id))).resman_lead_id
  from public.conversation c where c.id = p_conversation
$$;

-- happy path
select lead_sync.merge_leads(:'kept', :'gone') as item \gset
create function pg_temp.still(p_conversation uuid) returns boolean
language sql
as $$
  select exists (select from pg_locks l where l.locktype = 'advisory' and l.objsubid = 1
    and l.pid = pg_backend_pid() and l.mode = 'ExclusiveLock'
    and (l.classid::bigint << 32) | l.objid::bigint
      = hashtextextended(p_conversation::text, 7813528840112739843))
$$;
select ok(pg_temp.still(:'kept') and pg_temp.still(:'gone'), 'no sync of either begins meanwhile');
select is(pg_temp.lead_of(:'gone'), 'R1', 'the other conversation feeds the survivor''s lead');
select is(string_agg(resman_lead_id || ' ' || mapping_status, ', ' order by resman_lead_id),
  'R1 active, R2 merged', 'its own link is merged')
from public.lead_sync_mapping;
select is(to_jsonb(q) - array['id', 'seq', 'created_at', 'updated_at', 'scheduled_at'] @>
  jsonb_build_object('property_id', :'property', 'sync_operation', 'merge', 'priority', 2,
    'status', 'pending', 'conversation_id', null, 'resman_lead_id', 'R2', 'sync_data',
    jsonb_build_object('survivor', :'kept', 'retire', 'R2', 'contact_id', 'P-R2', 'why',
      'Duplicate of another lead')), true, 'the item that marks ResMan''s duplicate lost')
from public.lead_sync_queue q where q.id = :'item';
select is(string_agg(concat_ws(' ', sync_operation, priority), ', '), 'push 2',
  'and a push of the survivor')
from public.lead_sync_queue where conversation_id = :'kept';
select is(count(*), 2::bigint, 'nothing else') from public.lead_sync_queue;
select ok(pg_temp.woken(), 'runners are woken');
select results_eq(format('select conflict_field::text, resolution_status::text, notes
    from public.lead_sync_conflicts where conversation_id = %L order by 1', :'gone'),
  $$values ('identity', 'auto_resolved', 'merged into another lead'),
    ('identity R7', 'pending', null), ('rent', 'auto_resolved', 'merged into another lead')$$,
  'its conflicts end with its link; what is asked of other leads does not');
select is(resolution_status::text, 'pending', 'nor do the survivor''s')
from public.lead_sync_conflicts where conversation_id = :'kept';

-- edges: a second merge into the same lead is an item of its own
select pg_temp.given_other(:'property', 'R3') as third \gset
select isnt(lead_sync.merge_leads(:'kept', :'third'), :'item'::uuid, 'another duplicate');
select is(string_agg(q.resman_lead_id, ' ' order by seq), 'R2 R3', 'two leads are marked lost')
from public.lead_sync_queue q where sync_operation = 'merge';

-- edges: the other leads conversations of its own, or follows
select pg_temp.given_other(:'property', 'R4') as leader \gset
select pg_temp.given_conversation(c.user_id, :'property') as follower,
  pg_temp.given_conversation(c.user_id, :'property') as second
from public.conversation c where c.id = :'leader' \gset
insert into lead_sync_private.follower (conversation_id, mapping_id)
select f, m.id from public.lead_sync_mapping m, unnest(array[:'follower', :'second']::uuid[]) as f
where m.conversation_id = :'leader';
delete from public.lead_sync_queue;
select pg_temp.given_row('lead_sync_conflicts', jsonb_build_object('conversation_id', :'leader',
  'conflict_type', 'data_conflict', 'conflict_field', 'rent')) as rent \gset
select lives_ok(format('select lead_sync.merge_leads(%L, %L)', :'kept', :'follower'),
  'a conversation that follows');
select is(array_agg(pg_temp.lead_of(c)), array['R1', 'R1', 'R1'],
  'goes with all others of its lead, the first included')
from unnest(array[:'leader', :'follower', :'second']::uuid[]) as c;
select is(resolution_status::text, 'auto_resolved', 'and the conflicts of their link end')
from public.lead_sync_conflicts where id = :'rent';
select is(string_agg(q.resman_lead_id, ' '), 'R4', 'its lead is the duplicate')
from public.lead_sync_queue q where sync_operation = 'merge';

-- edges: the survivor follows; the other has no lead
select pg_temp.given_other(:'property', null) as chat \gset
select pg_temp.given_row('lead_sync_conflicts', jsonb_build_object('conversation_id', :'chat',
  'conflict_type', 'duplicate_lead', 'conflict_field', 'identity')) as who \gset
delete from public.lead_sync_queue;
select pg_temp.given_item(pg_temp.given_lead(), '{"status": "processing", "attempt": 1,
  "lease_token": "00000000-0000-0000-0000-00000000000a", "lease_until": "2099-01-01",
  "lease_length": "60 s"}');
select is(lead_sync.merge_leads(:'follower', :'chat'), (pg_temp.item(:'kept')).id,
  'the item is the survivor''s push, by the conversation that leads');
select is((pg_temp.item(:'kept')).priority, 2, 'at the priority of an edit');
select ok(pg_temp.still(:'chat'), 'none of it begins meanwhile');
select is(pg_temp.lead_of(:'chat'), 'R1', 'where there is no duplicate');
select is(resolution_status::text, 'auto_resolved', 'and no question left who it is')
from public.lead_sync_conflicts where id = :'who';
select is(count(*), 0::bigint, 'nothing is marked lost')
from public.lead_sync_queue where sync_operation = 'merge';

-- errors
select pg_temp.given_other(:'property', 'R5') as five, pg_temp.given_other(:'property', null)
  as unlinked, pg_temp.given_other(:'property', 'R6') as six, pg_temp.given_lead() as elsewhere
\gset
select throws_ok(format('select lead_sync.merge_leads(%L, %L)', s, o), code, said,
  'refused: ' || said)
from (values
  (gen_random_uuid()::text, :'five', 'LS002', 'no such conversation'),
  (:'five', null, 'LS002', 'no such conversation'),
  (:'five', :'five', 'LS001', 'the two are one, or at two properties'),
  (:'five', :'elsewhere', 'LS001', 'the two are one, or at two properties'),
  (:'unlinked', :'five', 'LS011', 'survivor is not linked with ResMan'),
  (:'kept', :'gone', 'LS011', 'the two are one lead already')) as v(s, o, code, said);
select throws_ok(format('select pg_temp.given_item(%1$L, %2$L); '
    'select lead_sync.merge_leads(%3$L, %4$L)', case n when 3 then :'unlinked'::uuid
      when 2 then :'six' else :'five' end, '{"status": "processing", "attempt": 1,
    "lease_token": "00000000-0000-0000-0000-00000000000b", "lease_until": "2099-01-01",
    "lease_length": "60 s"}'::jsonb || jsonb_build_object('lane', case n when 3
      then :'unlinked'::uuid when 2 then :'six' else :'five' end), :'five', case n when 3
      then :'unlinked'::uuid else :'six' end), 'LS011', 'a sync of one of the leads is in flight',
  'refused: in flight, ' || n)
from generate_series(1, 3) as n;

select * from finish();
rollback;
