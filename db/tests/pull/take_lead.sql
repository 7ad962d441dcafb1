-- take_lead: the answer to the read of one lead.
begin;
select plan(29);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.take_lead'),
  'text | volatile | enable_seqscan=off jit=off | -',
  'no role may call it');

select pg_temp.given_pulling() as property, pg_temp.given_pulling() as elsewhere \gset
create temporary table pull (id uuid);
create function pg_temp.take(p_property uuid, p_leads jsonb, p_lead_id text default 'R1',
  p_at timestamptz default clock_timestamp()) returns text
language plpgsql
as $$
declare
  v_item public.lead_sync_queue := pg_temp.given_pull(p_property,
    jsonb_build_object('lead_id', p_lead_id));
begin
  delete from pull;
  insert into pull values (v_item.id);
  return lead_sync_private.take_lead(v_item,
    jsonb_build_object('step', 'lead', 'asked_at', p_at), jsonb_build_object('leads', p_leads));
end
$$;
-- How the item that was taken stands.
create function pg_temp.stands() returns text
language sql
as $$
  select concat_ws(' ', q.status, q.error_code, q.retry_count, q.next_retry_at is not null,
    q.lease_token is null)
  from public.lead_sync_queue q join pull p on p.id = q.id
$$;
create function pg_temp.logs() returns text
language sql
as $$
  select coalesce(string_agg(concat_ws(' ', l.sync_type, l.sync_status, l.error_code), ', '
    order by l.created_at), '')
  from public.lead_sync_log l join pull p on p.id = l.item_id
$$;

-- happy path
update public.resman_integration set error_count = 3;
select is(pg_temp.take(:'property', jsonb_build_array(pg_temp.shown('{"lead_id": "R9",
  "email": "else@example.com"}'), pg_temp.shown())), 'completed', 'the lead is taken in');
select is(pg_temp.stands(), 'completed 0 f t', 'its item has ended');
select is(pg_temp.logs(), 'create success', 'what was done is logged, once');
select results_eq('select resman_lead_id::text from public.lead_sync_mapping', array['R1'],
  'no other lead of the answer is taken in');
select results_eq('select property_id from public.resman_integration where error_count = 0',
  format('values (%L::uuid)', :'property'), 'its property is well');
select conversation_id as lead, id as mapping from public.lead_sync_mapping \gset
select is(pg_temp.take(:'property', jsonb_build_array(pg_temp.shown('{"first_name": "Anna"}'))),
  'completed', 'an update');
select is(pg_temp.logs(), 'update success', 'is logged');
select is(pg_temp.take(:'property', jsonb_build_array(pg_temp.shown('{"first_name": "Anna"}'))),
  'completed', 'nothing new');
select is(l.sync_data ->> 'step' || l.conflict_details::text,
  'lead{"outcome": "unchanged", "conflict_ids": []}', 'is logged, too')
from public.lead_sync_log l join pull p on p.id = l.item_id;
select is(pg_temp.take(:'property', jsonb_build_array(pg_temp.shown('{"lead_id": "R2"}')), 'R2'),
  'conflict', 'a lead of which nobody can tell who it is');
select is(pg_temp.stands(), 'completed 0 f t', 'ends its item');
select is(pg_temp.logs(), 'update conflict duplicate_lead', 'as a conflict');
insert into lead_sync_private.tombstone (property_id, resman_lead_id, kind)
values (:'property', 'R5', 'suppressed');
select is(pg_temp.take(:'property', jsonb_build_array(pg_temp.shown('{"lead_id": "R5"}')), 'R5'),
  'completed', 'one that is not wanted');
select is(pg_temp.logs(), 'update success', 'is logged');

-- edges: later
select is(pg_temp.take(:'property', jsonb_build_array(pg_temp.shown()), 'R1', now() - interval
  '1 day'), 'deferred', 'an answer that is out of date');
select is(pg_temp.stands(), 'pending stale 0 t t', 'is asked for again, uncounted');
select ok(q.next_retry_at > now() + interval '1 s' and not q.state ? 'read'
    and q.state ->> 'step' = 'lead', 'in a moment')
from public.lead_sync_queue q join pull p on p.id = q.id;
select is(pg_temp.logs(), '', 'and not logged');

-- edges: the lead is not there
delete from public.lead_sync_queue;
select is(pg_temp.take(:'property', '[]', 'R8'), 'completed', 'one that nobody knows');
select is(pg_temp.logs(), 'update success', 'is logged');
select is(pg_temp.take(:'elsewhere', '[]'), 'completed', 'not there for another property');
select is(m.missing_reads, 0, 'says nothing of the link')
from public.lead_sync_mapping m where m.id = :'mapping';
select is(pg_temp.take(:'property', jsonb_build_array(pg_temp.shown('{"lead_id": "R9"}'))),
  'retry', 'one that is linked is looked for again');
select is(pg_temp.stands(), 'pending lead_missing 1 t t', 'counted');
select is(pg_temp.take(:'property', '[]'), 'failed', 'and is a dead letter then');
select is(m.mapping_status || m.missing_reads, 'deleted2', 'its link is deleted')
from public.lead_sync_mapping m where m.id = :'mapping';
select is(pg_temp.take(:'property', '[]'), 'failed', 'a deleted one is no other');
update public.lead_sync_mapping set mapping_status = 'merged' where id = :'mapping';
select is(pg_temp.take(:'property', '[]'), 'completed', 'one that is retired is not missed');

select * from finish();
rollback;
