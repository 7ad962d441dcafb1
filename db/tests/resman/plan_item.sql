-- plan_item: what comes next of an item, from what it has learned so far.
begin;
select plan(47);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.plan_item'),
  'jsonb | volatile | enable_bitmapscan=off enable_hashjoin=off enable_mergejoin=off '
  'enable_seqscan=off jit=off | -',
  'no role may call it');

create function pg_temp.plan(p_lead uuid, p_state jsonb default '{}',
  p_operation text default 'push', p_data jsonb default '{}') returns jsonb
language plpgsql
as $$
declare
  v_item public.lead_sync_queue := pg_temp.item(p_lead);
begin
  v_item.sync_operation := p_operation;
  v_item.sync_data := p_data;
  return lead_sync_private.plan_item(v_item, p_state);
end
$$;
-- A plan in one line: what is asked, or how it ends.
create function pg_temp.told(p_plan jsonb) returns text
language sql
as $$
  select concat_ws(' ', p_plan ->> 'end', p_plan ->> 'code', p_plan #>> '{request,call}',
    p_plan #>> '{request,by}')
$$;
-- A state that has read the lead, as ResMan shows it, at that time.
create function pg_temp.read(p_lead_id text, p_at timestamptz default now(),
  p_more jsonb default '{}') returns jsonb
language sql
as $$
  select jsonb_build_object('read', jsonb_build_object('asked_at', p_at, 'leads',
    jsonb_build_array('{"lead_id": "L0"}'::jsonb,
      jsonb_build_object('lead_id', p_lead_id, 'contact_id', 'P1') || p_more)))
$$;

-- which operations
select pg_temp.given_lead() as lead \gset
select is(pg_temp.told(pg_temp.plan(:'lead')), format('search_leads {"email": "%s"}',
  lead_sync_private.build_lead(:'lead') ->> 'email'), 'a push looks for the lead');
select is(pg_temp.told(pg_temp.plan(:'lead', '{}', o)), 'deferred not_linked',
  'waits for the push: ' || o) from unnest(array['status_update', 'enrichment']) as o;
select collect_tap(is(pg_temp.told(p), 'rejected operation', 'what has no meaning is refused'),
  matches(p ->> 'message', ' merge items$', 'by its name'))
from pg_temp.plan(:'lead', '{}', 'merge') as p;
select is(pg_temp.told(pg_temp.plan(:'lead', '{}', o, '{"retire": "L9"}')),
  'search_leads {"lead_id": "L9"}', 'a lead that nobody stands for is read: ' || o)
from unnest(array['status_update', 'merge']) as o;
select is(pg_temp.told(lead_sync_private.plan_item(q, '{}')), 'search_leads {"lead_id": "L8"}',
  'a pull is another matter')
from pg_temp.given_pull(pg_temp.given_pulling(), '{"lead_id": "L8"}') as q;

-- no lead to push
select pg_temp.given_lead() as nameless, pg_temp.given_lead() as gone \gset
update public."user" u set first_name = '-' from public.conversation c
where c.id = :'nameless' and u.id = c.user_id;
select is(pg_temp.told(pg_temp.plan(:'nameless', pg_temp.read('L1'), o)),
  'cancelled not_eligible', 'one that is incomplete: ' || o)
from unnest(array['push', 'status_update', 'enrichment']) as o;
select matches(pg_temp.plan(:'nameless') ->> 'message', 'no_name$', 'it is said what it lacks');
select is(lead_sync_private.plan_item(jsonb_populate_record(q, jsonb_build_object(
  'conversation_id', gen_random_uuid())), '{}') ->> 'message',
  'the conversation is no lead to push: gone', 'or that it is there no more')
from pg_temp.item(:'gone') q;

-- a tombstone
select pg_temp.given_lead() as buried, pg_temp.given_lead() as elsewhere \gset
update public."user" u set email = 'grave@example.com' from public.conversation c
where c.id = :'buried' and u.id = c.user_id;
select lead_sync.suppress_lead(:'buried', 'asked for it');
select is(pg_temp.told(pg_temp.plan(:'buried', pg_temp.read('L1'), o)), 'cancelled suppressed',
  'stands before every operation: ' || o)
from unnest(array['push', 'status_update', 'enrichment']) as o;
select isnt(pg_temp.plan(:'elsewhere') ->> 'code', 'suppressed', 'not before others');
select pg_temp.given_conversation(pg_temp.given_user('Robin', 'Again', null,
    (select u.phone from public."user" u join public.conversation c on c.user_id = u.id
     where c.id = :'buried') || ' '),
  pg_temp.property_of(:'buried'), '{"source": "Web"}') as again \gset
select is(pg_temp.told(pg_temp.plan(:'again')), 'cancelled suppressed',
  'the person may come again under the same phone');
update lead_sync_private.tombstone set lifted_at = now();
select is(pg_temp.told(pg_temp.plan(:'again')) like 'search_leads %', true,
  'until it is lifted');

-- a link that is no more
select pg_temp.given_mapping(:'lead', '{"resman_lead_id": "L1",
  "mapping_status": "inactive"}') as mapping \gset
select is(pg_temp.told(pg_temp.plan(:'lead', pg_temp.read('L1'))), 'cancelled link_inactive',
  'one that was switched off');
select pg_temp.given_lead() as survivor \gset
select pg_temp.given_mapping(:'survivor', '{"resman_lead_id": "L7",
  "mapping_status": "merged"}') as merged \gset
insert into lead_sync_private.follower (conversation_id, mapping_id)
values (:'elsewhere', :'merged');
select is(pg_temp.told(pg_temp.plan(:'elsewhere')), 'cancelled link_merged',
  'or merged into another');

-- a link
update public.lead_sync_mapping set mapping_status = 'active' where id = :'mapping';
select is(pg_temp.told(pg_temp.plan(:'lead', '{}', o)), 'search_leads {"lead_id": "L1"}',
  'its lead is read first: ' || o)
from unnest(array['push', 'status_update', 'enrichment']) as o;
select is((pg_temp.plan(:'lead', '{"failures": 2, "read": {"leads": []}}') -> 'state')
  - array['asking', 'asked_at'], '{"step": "read", "failures": 2}',
  'what was learned is kept, but for an answer without a time');
select is(pg_temp.plan(:'lead', pg_temp.read('L2')) - 'message', jsonb_build_object(
  'end', 'missing', 'mapping_id', :'mapping', 'lead_id', 'L1', 'code', 'lead_missing'),
  'where it is not found that is said');
select is(pg_temp.plan(:'lead', '{"read": {"asked_at": "2026-01-01"}}') ->> 'end', 'missing',
  'as where nothing is');
update public.lead_sync_mapping set base_moved_at = '2026-05-01T10:00:00Z'
where id = :'mapping';
select is(pg_temp.told(pg_temp.plan(:'lead', pg_temp.read('L1', '2026-05-01T09:59:59Z'))),
  'search_leads {"lead_id": "L1"}', 'a read older than the base is read again');
select is(pg_temp.plan(:'lead', pg_temp.read('L1', '2026-05-01T09:59:59Z')) -> 'state' ? 'read',
  false, 'and forgotten');
select is(pg_temp.told(pg_temp.plan(:'lead', pg_temp.read('L1', '2026-05-01T10:00:00Z'),
  'enrichment')), 'synced', 'one at its time counts');

-- a lead that was read
select is(pg_temp.plan(:'lead', pg_temp.read('L1', '2026-06-01T00:00:00Z'), 'enrichment')
  -> 'outcome', '{"lead_id": "L1", "contact_id": "P1", "notifications": [], "events": [],
    "seen": [], "read_at": "2026-06-01T00:00:00+00:00"}', 'an enrichment tells what there is to tell');
update public.resman_integration set sync_direction = 'bidirectional';
select is(concat_ws(' ', p #>> '{request,call}', p #>> '{request,lead_id}',
  p #>> '{request,lead,rent_min}', p #>> '{state,step}'), 'save_lead L1 700 save',
  'a push saves what DomIQ says, in the lead as it was read')
from pg_temp.plan(:'lead', pg_temp.read('L1', '2026-06-01T00:00:00Z',
  '{"rent_min": 700}')) as p;
select is(resman_base ->> 'rent_min', '700', 'and takes over what ResMan says')
from public.lead_sync_mapping where id = :'mapping';

-- an enrichment's save carries the lead as it was read
select pg_temp.given_notification(:'lead', '{"notification_type": "new_lead"}');
update public.lead_sync_mapping set base_moved_at = '2026-05-01T10:00:00Z',
  resman_read_at = '2026-06-03T00:00:00Z' where id = :'mapping';
select is(pg_temp.told(pg_temp.plan(:'lead', pg_temp.read('L1', '2026-06-02T00:00:00Z',
  '{"rent_min": 800}'), 'enrichment')), 'deferred stale',
  'one that is older than what is known is not used');
select is(p #>> '{request,lead,rent_min}', '800', 'what was just read is sent back')
from pg_temp.plan(:'lead', pg_temp.read('L1', clock_timestamp(), '{"rent_min": 800}'),
  'enrichment') as p;
select is(resman_base ->> 'rent_min', '800', 'after it was taken over')
from public.lead_sync_mapping where id = :'mapping';

-- an acknowledged create whose rows could not be written
select pg_temp.given_lead() as fresh \gset
select is(pg_temp.told(pg_temp.plan(:'fresh', '{"lead_id": "L5"}')),
  'search_leads {"lead_id": "L5"}', 'it is read, not made again');
select is(pg_temp.plan(:'fresh', '{"lead_id": "L5"}' || pg_temp.read('L6')) - 'message',
  '{"end": "missing", "mapping_id": null, "lead_id": "L5", "code": "lead_missing"}',
  'even where it cannot be seen yet');
update public.lead_sync_mapping set mapping_status = 'deleted' where id = :'mapping';
select is(pg_temp.told(pg_temp.plan(:'lead')) like 'search_leads {"email": %', true,
  'a lead that has vanished is looked for like a new one');
select is(pg_temp.told(pg_temp.plan(:'lead', '{}', 'enrichment')), 'deferred not_linked',
  'what is not a push waits for that');

-- nobody is linked: who it is
create function pg_temp.searched(p_lead uuid, p_found text[] default '{}') returns jsonb
language sql
as $$
  select jsonb_object_agg(k, jsonb_build_object('asked_at', now(), 'value', d.lead -> k,
    'leads', (select coalesce(jsonb_agg(jsonb_build_object('lead_id', f,
      'email', d.lead -> 'email')), '[]') from unnest(p_found) as f)))
  from unnest(array['email', 'phone']) as k, lead_sync_private.build_lead(p_lead) as d(lead)
$$;
select is(p - 'leads', '{"end": "ambiguous", "message": "2 leads in ResMan have this email"}',
  'of two none is guessed')
from pg_temp.plan(:'fresh', pg_temp.searched(:'fresh', '{L1,L2}')) as p;
select is(p #>> '{leads,1,lead_id}', 'L2', 'they are shown')
from pg_temp.plan(:'fresh', pg_temp.searched(:'fresh', '{L1,L2}')) as p;
select is(p #>> '{request,lead_id}', 'L4', 'the one there is is linked and saved')
from pg_temp.plan(:'fresh', pg_temp.searched(:'fresh', '{L4}')) as p;
select is(conversation_id, :'fresh', 'at once') from public.lead_sync_mapping
where resman_lead_id = 'L4';
select pg_temp.given_lead() as first \gset
select is(array[p #>> '{request,call}', p #>> '{request,lead_id}'], array['save_lead', null],
  'where there is none it is made')
from pg_temp.plan(:'first', pg_temp.searched(:'first')) as p;
select is(count(*), 2::bigint, 'under its own contacts') from lead_sync_private.create_intent
where conversation_id = :'first';

select * from finish();
rollback;
