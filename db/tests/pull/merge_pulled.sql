-- merge_pulled: a linked lead as a pull read it is merged with DomIQ's.
begin;
select plan(36);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.merge_pulled'),
  'jsonb | volatile | enable_seqscan=off jit=off | -',
  'no role may call it');

-- A conversation in step with the lead that shown() describes.
create function pg_temp.given_in_step(p_lead_id text) returns uuid
language plpgsql
as $$
declare
  v_email text := p_lead_id || '@example.com';
  v_lead uuid := pg_temp.given_conversation(
    pg_temp.given_user('Ann', 'Lee', v_email, null), pg_temp.given_pulling());
  v_base jsonb := jsonb_build_object('first_name', 'Ann', 'last_name', 'Lee',
    'email', v_email, 'phone', null, 'status', 'new', 'tour_at', null);
begin
  perform pg_temp.given_mapping(v_lead, jsonb_build_object('resman_lead_id', p_lead_id,
    'domiq_base', v_base, 'resman_base', v_base || '{"status": "prospect"}',
    'missing_reads', 1, 'base_moved_at', '2026-01-02T00:00:00Z',
    'resman_read_at', '2026-01-03T00:00:00Z'));
  delete from public.lead_sync_queue where conversation_id = v_lead;
  return v_lead;
end
$$;
create function pg_temp.merge(p_lead uuid, p_values jsonb default '{}',
  p_at timestamptz default clock_timestamp(), p_item uuid default null,
  p_outcome text default 'updated') returns jsonb
language sql
as $$
  select lead_sync_private.merge_pulled(m, pg_temp.shown(jsonb_build_object(
      'lead_id', m.resman_lead_id, 'email', m.resman_lead_id || '@example.com',
      'phone', null) || p_values), p_at, p_item, p_outcome)
  from public.lead_sync_mapping m where m.conversation_id = p_lead
$$;
create function pg_temp.name_of(p_lead uuid) returns text
language sql
as $$
  select u.first_name from public."user" u join public.conversation c on c.user_id = u.id
  where c.id = p_lead
$$;
create function pg_temp.answer_of(p_lead uuid, p_more jsonb) returns jsonb
language sql
as $$ select jsonb_build_object('conversation_id', p_lead) || p_more $$;

-- happy path
select pg_temp.given_in_step('r1') as lead \gset
select is(pg_temp.merge(:'lead'), pg_temp.answer_of(:'lead',
  '{"outcome": "unchanged", "conflict_ids": []}'), 'in step, nothing is to be done');
select is(pg_temp.logged(:'lead'), '', 'or logged');
select is(m.resman_read_at >= now() and m.missing_reads = 0, true, 'but it was seen')
from public.lead_sync_mapping m where m.conversation_id = :'lead';
select is(pg_temp.merge(:'lead', '{"first_name": "Anna", "source": {"id": "S1"},
    "move_in_date": "2026-05-01"}')
  ->> 'outcome', 'updated', 'what ResMan changed is taken');
select is(pg_temp.name_of(:'lead'), 'Anna', 'and written');
select is(l.resman_lead_id, 'r1', 'the log says of which lead')
from public.lead_sync_log l where l.conversation_id = :'lead';
select is(count(*), 0::bigint, 'what was written to both rows is not pushed back')
from public.lead_sync_queue where conversation_id = :'lead';
select is(c.resman_custom_fields, '{"source": {"id": "S1"}}', 'what it alone knows is kept')
from public.conversation c where c.id = :'lead';
select is(c.resman_sync_status, 'synced', 'the rows say that they are in step')
from public.conversation c where c.id = :'lead';
create temporary table written (status text);
create function pg_temp.note_write() returns trigger
language plpgsql
as $$
begin
  insert into written values (new.resman_sync_status);
  return null;
end
$$;
create trigger note_write after update on public.conversation
  for each row execute function pg_temp.note_write();
select is(pg_temp.merge(:'lead', '{"first_name": "Anna", "source": {"id": "S1"},
    "move_in_date": "2026-06-01"}') ->> 'outcome', 'updated', 'ResMan changes it again');
select results_eq('select status from written', array['synced'],
  'one write of the row brings the value and its end');
drop trigger note_write on public.conversation;
select is(pg_temp.merge(:'lead', '{"first_name": "Anna", "events": [{"type": "Appointment",
  "at": "2026-03-01T15:00:00Z"}]}') ->> 'outcome', 'updated', 'so is a tour');
select is(c.is_book_tour and c.tour_datetime is not null, true, 'out of the events')
from public.conversation c where c.id = :'lead';
select is(pg_temp.merge(:'lead', '{"first_name": "Anna"}', p_outcome => 'linked') ->> 'outcome',
  'linked', 'what was made is said so');
update public."user" u set first_name = 'Anne' from public.conversation c
where c.id = :'lead' and u.id = c.user_id;
delete from public.lead_sync_queue;
select is(pg_temp.merge(:'lead', '{"first_name": "Anna"}') ->> 'outcome', 'unchanged',
  'what DomIQ changed is no update');
select is(count(*), 1::bigint, 'but a push') from public.lead_sync_queue
where conversation_id = :'lead' and sync_operation = 'push' and status = 'pending';
insert into lead_sync_private.field_policy (property_id, field_group, policy)
values (pg_temp.property_of(:'lead'), 'name', 'manual_review');
select pg_temp.merge(:'lead', '{"first_name": "Annie"}', p_outcome => 'linked') as r \gset
select is(:'r'::jsonb ->> 'outcome', 'conflict', 'a conflict is said before all');
select results_eq(format('select to_jsonb(array_agg(id)) from public.lead_sync_conflicts
    where conversation_id = %L and resolution_status = ''manual_review''', :'lead'),
  format('values (%L::jsonb)', :'r'::jsonb -> 'conflict_ids'), 'and which');

-- edges: later
select pg_temp.given_in_step('r2') as lead, pg_temp.given_in_step('r3') as other \gset
select pg_temp.given_item(:'lead', '{"status": "processing"}') as item \gset
update public.lead_sync_queue set lane = :'lead', lease_token = gen_random_uuid(),
  lease_until = now() + interval '60 s', lease_length = '60 s' where id = :'item';
select is(pg_temp.merge(:'lead', '{"first_name": "Anna"}'), pg_temp.answer_of(:'lead',
  '{"outcome": "later", "code": "in_flight"}'), 'a push is under way');
select is(pg_temp.merge(:'lead', '{"first_name": "Anna"}', p_item => :'item') ->> 'outcome',
  'updated', 'the item that brings it is not in its way');
update public.lead_sync_queue set status = 'pending', lease_token = null, lease_until = null
where id = :'item';
select is(pg_temp.merge(:'lead', '{"first_name": "Annie"}') ->> 'outcome', 'updated',
  'nor is one that waits');
select is(pg_temp.merge(:'other', '{"first_name": "Zoe"}', at), pg_temp.answer_of(:'other',
  '{"outcome": "later", "code": "stale"}'), 'read before ' || at)
from unnest(array['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', '2026-01-02T23:59:59Z']
  ::timestamptz[]) as at;
select is(pg_temp.name_of(:'other'), 'Ann', 'nothing of these is written');
select is(pg_temp.merge(:'other', '{"first_name": "Zoe"}', '2026-01-03T00:00:00Z')
  ->> 'outcome', 'updated', 'read at the same time as the last one');
update public.lead_sync_mapping set base_moved_at = '2026-01-05T00:00:00Z'
where conversation_id = :'other';
select is(pg_temp.merge(:'other', '{}', '2026-01-05T00:00:00Z') ->> 'code', 'stale',
  'at the time of the last push');
select is(lead_sync_private.merge_pulled(jsonb_populate_record(m, jsonb_build_object(
    'conversation_id', gen_random_uuid())), pg_temp.shown(), now(), null, 'updated') ->> 'code',
  'row_locked', 'a conversation that is gone')
from public.lead_sync_mapping m where m.conversation_id = :'other';

-- edges: a lead that had vanished, and the link as it is by now
select pg_temp.given_in_step('r4') as lead \gset
update public.lead_sync_mapping set mapping_status = 'deleted' where conversation_id = :'lead';
select is(lead_sync_private.merge_pulled(jsonb_populate_record(m, '{"domiq_base": {},
    "resman_base": {}, "resman_read_at": "2999-01-01T00:00:00Z"}'), pg_temp.shown('{
    "lead_id": "r4", "email": "r4@example.com", "phone": null, "first_name": "Anna"}'),
    clock_timestamp(), null, 'updated') ->> 'outcome', 'updated', 'the row itself counts')
from public.lead_sync_mapping m where m.conversation_id = :'lead';
select is(m.mapping_status, 'active', 'and is there after all')
from public.lead_sync_mapping m where m.conversation_id = :'lead';

-- edges: shadow
select pg_temp.given_in_step('r5') as lead \gset
select pg_temp.given_setting(pg_temp.property_of(:'lead'), 'write_mode', '"shadow"');
select is(pg_temp.merge(:'lead', '{"first_name": "Anna", "source": {"id": "S1"}}'),
  pg_temp.answer_of(:'lead', '{"outcome": "unchanged", "why": "shadow"}'), 'shadow');
select is(pg_temp.name_of(:'lead') || coalesce(c.resman_custom_fields::text, ''), 'Ann',
  'writes nothing') from public.conversation c where c.id = :'lead';
select is(m.resman_read_at, '2026-01-03T00:00:00Z', 'and moves no base')
from public.lead_sync_mapping m where m.conversation_id = :'lead';
select is(l.sync_type || ' ' || l.sync_status || ' ' || (l.sync_data - 'conversation_id')::text,
  'update success ' || lead_sync_private.shadow_data('update', '{"pulled": ["name"]}')::text,
  'but says what it would')
from public.lead_sync_log l where l.conversation_id = :'lead';

-- edges: other leads
select is(count(*), 0::bigint, 'no other lead was written') from public."user" u
where u.first_name = 'Zoe' and u.email <> 'r3@example.com';

select * from finish();
rollback;
