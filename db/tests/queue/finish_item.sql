-- finish_item: the end of an item that did what it was queued for.
begin;
select plan(36);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.finish_item'),
  'text | volatile | enable_bitmapscan=off enable_hashjoin=off '
  'enable_incremental_sort=off enable_mergejoin=off enable_seqscan=off enable_sort=off '
  'jit=off | -',
  'no role may call it');

-- An acknowledged save of what is held, with this outcome.
create function pg_temp.finish(p_lead uuid, p_outcome jsonb default '{}',
  p_state jsonb default '{}') returns text
language sql
as $$
  select lead_sync_private.finish_item(q, q.state || p_state, (q.state -> 'sent')
    || jsonb_build_object('lead_id', 'L-' || p_lead, 'contact_id', 'P1') || p_outcome,
    '{"outcome": "ok"}')
  from pg_temp.item(p_lead) q
$$;
create function pg_temp.link_of(p_lead uuid) returns text
language sql
as $$
  select concat_ws(' ', m.resman_lead_id = 'L-' || p_lead, m.contact_id, m.mapping_status,
    m.domiq_base -> 'last_name', m.base_moved_at >= now())
  from public.lead_sync_mapping m where m.conversation_id = p_lead
$$;
create function pg_temp.given_waiting(p_lead uuid, p_code text) returns uuid
language sql
as $$
  select pg_temp.given_item(p_lead, jsonb_build_object('sync_operation', 'enrichment',
    'error_code', p_code, 'next_retry_at', now() + interval '1 h', 'updated_at', '2020-01-01'))
$$;

-- happy path: a create
select pg_temp.given_save() as lead, pg_temp.given_lead() as other \gset
update public.resman_integration set error_count = 3;
select pg_temp.given_waiting(:'lead', 'not_linked') as waiting,
  pg_temp.given_waiting(:'lead', 'row_locked') as locked,
  pg_temp.given_waiting(:'other', 'not_linked') as elsewhere \gset
select is(pg_temp.finish(:'lead'), 'completed', 'it did what it was queued for');
select is(pg_temp.link_of(:'lead'), 't P1 active "Renter" t', 'the link and its base are kept');
select is(c.resman_sync_status || ' ' || u.resman_sync_status || ' ' || u.resman_contact_id
  || (c.resman_lead_id = 'L-' || c.id), 'synced synced P1true', 'the rows are in step')
from public.conversation c join public."user" u on u.id = c.user_id where c.id = :'lead';
select results_eq(format('select status::text, resman_lead_id::text, lease_token is null,
    error_code::text, state from pg_temp.item(%L)', :'lead'),
  format('values (''completed'', %L, true, null::text, ''{}''::jsonb)', 'L-' || :'lead'),
  'the item has ended');
select is(pg_temp.logged(:'lead'), 'create success', 'the log has the attempt');
select collect_tap(
  is(l.resman_lead_id::text, 'L-' || :'lead', 'of which lead'),
  is(l.response_data, '{"outcome": "ok"}', 'what came back'),
  is(l.sync_data ->> 'step', 'save', 'what was sent'),
  is(l.conflict_details, '{}', 'and no more'))
from public.lead_sync_log l where l.conversation_id = :'lead';
select is_empty(format('select from lead_sync_private.create_intent where conversation_id = %L',
  :'lead'), 'others may create a lead with this e-mail');
select isnt_empty(format('select from lead_sync_private.lead_event where conversation_id = %L',
  :'lead'), 'the events are not sent again');
select is(i.error_count, 0, 'its property is well') from public.resman_integration i
where i.property_id = pg_temp.property_of(:'lead');
select is(q.next_retry_at is null and q.updated_at >= now() and q.status = 'pending', true,
  'notifications that waited for the link are due')
from public.lead_sync_queue q where q.id = :'waiting';
select is(q.next_retry_at is null, false, 'others wait on')
from public.lead_sync_queue q where q.id in (:'locked', :'elsewhere');
select is(count(*), 0::bigint, 'and nothing more is pushed') from public.lead_sync_queue
where conversation_id = :'lead' and sync_operation = 'push' and status = 'pending';

-- edges: an edit while the save was under way
select pg_temp.given_save() as lead \gset
update public."user" u set last_name = 'Tenant' from public.conversation c
where c.id = :'lead' and u.id = c.user_id;
delete from public.lead_sync_queue where conversation_id = :'lead' and status = 'pending';
select is(pg_temp.finish(:'lead'), 'completed', 'an edit has come meanwhile');
select is(pg_temp.link_of(:'lead'), 't P1 active "Renter" t', 'what was sent is the base');
select is(c.resman_sync_status, 'not_synced', 'the conversation is not in step')
from public.conversation c where c.id = :'lead';
select is(q.priority, 2, 'the next push is queued') from public.lead_sync_queue q
where q.conversation_id = :'lead' and q.sync_operation = 'push' and q.status = 'pending';

-- edges: a group waits for a person
select pg_temp.given_save() as lead \gset
select is(pg_temp.finish(:'lead', '{"conflicts": ["status"], "pulled": ["tour"],
  "suppressed": ["email"]}'), 'conflict', 'a group that waits for a person');
select is(pg_temp.logged(:'lead'), 'create conflict', 'is logged');
select is(l.conflict_details, '{"conflicts": ["status"], "pulled": ["tour"],
  "suppressed": ["email"]}', 'with all that happened')
from public.lead_sync_log l where l.conversation_id = :'lead';
select is(q.status, 'completed', 'the item has ended all the same') from pg_temp.item(:'lead') q;

-- edges: rows that cannot be locked
select pg_temp.given_save() as lead \gset
select is(lead_sync_private.finish_item(jsonb_populate_record(q, jsonb_build_object(
    'conversation_id', gen_random_uuid())), '{"step": "save"}', '{"lead_id": "L9"}', null),
  'deferred', 'rows that cannot be had at once') from pg_temp.item(:'lead') q;
select results_eq(format('select status::text, error_code::text, retry_count, state ? ''sent''
      and state -> ''sent'' <> ''null'', state ->> ''lead_id'', next_retry_at between now() and clock_timestamp()
      + interval ''1 s'' from pg_temp.item(%L)', :'lead'),
  $$values ('pending', 'row_locked', 0, true, 'L9', true)$$,
  'are tried again, and what was sent is known');
select is(count(*), 0::bigint, 'nothing is linked yet') from public.lead_sync_mapping
where conversation_id = :'lead';
select pg_temp.given_lead() as lead \gset
select pg_temp.claim(:'lead') is not null as claimed \gset
update public.lead_sync_queue set state = '{"step": "read"}' where conversation_id = :'lead';
select lead_sync_private.finish_item(jsonb_populate_record(q, jsonb_build_object(
  'conversation_id', gen_random_uuid())), '{"step": "read"}', '{"lead_id": "L9"}', null)
from pg_temp.item(:'lead') q;
select is(q.state ? 'sent', false, 'where nothing was sent nothing is known')
from pg_temp.item(:'lead') q;

-- edges: the lead is somebody else's
select pg_temp.given_save() as lead \gset
update public.lead_sync_mapping set resman_lead_id = 'L-' || :'lead'
where conversation_id <> :'lead' and id = (select min(id::text)::uuid from public.lead_sync_mapping);
select is(pg_temp.finish(:'lead'), 'conflict', 'a lead that is another user''s');
select is(k.conflict_type || ' ' || k.conflict_severity || ' ' || k.resman_lead_id,
  'duplicate_lead critical L-' || :'lead', 'is a critical conflict')
from public.lead_sync_conflicts k where k.conversation_id = :'lead';
select is(count(*), 0::bigint, 'and not linked') from public.lead_sync_mapping
where conversation_id = :'lead';

-- edges: a converged push, that saved nothing
select pg_temp.given_lead() as lead \gset
select pg_temp.given_mapping(:'lead', '{"base_moved_at": "2020-01-01T00:00:00Z"}');
select pg_temp.claim(:'lead') is not null as claimed \gset
select is(lead_sync_private.finish_item(q, '{"step": "read"}', jsonb_build_object('lead_id',
    m.resman_lead_id, 'versions', lead_sync_private.lead_versions(:'lead'),
    'domiq_base', '{"first_name": "Robin"}'::jsonb), null), 'completed', 'nothing to save')
from pg_temp.item(:'lead') q
join public.lead_sync_mapping m on m.conversation_id = q.conversation_id;
select is(m.base_moved_at, '2020-01-01T00:00:00Z', 'moves no time of a save')
from public.lead_sync_mapping m where m.conversation_id = :'lead';
select is(pg_temp.logged(:'lead'), 'update success', 'and is an update');

-- edges: an enrichment leaves the rows as they are
select pg_temp.given_lead() as lead \gset
select pg_temp.given_mapping(:'lead');
update public.lead_sync_queue set sync_operation = 'enrichment' where conversation_id = :'lead';
select pg_temp.claim(:'lead') is not null as claimed \gset
select lead_sync_private.finish_item(q, '{"step": "save"}', jsonb_build_object('lead_id',
  m.resman_lead_id), null)
from pg_temp.item(:'lead') q
join public.lead_sync_mapping m on m.conversation_id = q.conversation_id;
select is(c.resman_sync_status, 'not_synced', 'notifications say nothing of the lead')
from public.conversation c where c.id = :'lead';

select * from finish();
rollback;
