-- settle_pulled: the end of a pull on DomIQ's rows.
begin;
select plan(24);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.settle_pulled'),
  'void | volatile | enable_bitmapscan=off enable_hashjoin=off enable_mergejoin=off '
  'enable_seqscan=off jit=off | -',
  'no role may call it');

-- A linked lead of which nothing is queued.
create function pg_temp.given_linked() returns uuid
language plpgsql
as $$
declare
  v_lead uuid := pg_temp.given_conversation(pg_temp.given_user(), pg_temp.given_pulling());
begin
  perform pg_temp.given_mapping(v_lead, '{}');
  delete from public.lead_sync_queue;
  return v_lead;
end
$$;
create function pg_temp.settle(p_lead uuid, p_merge jsonb, p_outcome text default 'updated')
returns void
language sql
as $$
  select lead_sync_private.settle_pulled(jsonb_populate_record(null::public.lead_sync_queue,
      jsonb_build_object('conversation_id', p_lead, 'sync_operation', 'pull',
        'property_id', m.property_id)), m,
    '{"pushed": [], "pulled": [], "conflicts": [], "suppressed": []}' || p_merge, p_outcome)
  from public.lead_sync_mapping m where m.conversation_id = p_lead
$$;
-- The conversation's status and lead, its user's status and contact.
create function pg_temp.shows(p_lead uuid) returns text
language sql
as $$
  select concat_ws(' ', c.resman_sync_status, c.resman_lead_id = m.resman_lead_id,
    u.resman_sync_status, u.resman_contact_id)
  from public.conversation c left join public."user" u on u.id = c.user_id
  join public.lead_sync_mapping m on m.conversation_id = c.id where c.id = p_lead
$$;
create function pg_temp.queued(p_lead uuid) returns text
language sql
as $$
  select coalesce(string_agg(concat_ws(' ', q.sync_operation, q.status, q.priority), ', '), '')
  from public.lead_sync_queue q where q.conversation_id = p_lead
$$;

-- happy path: in step
select pg_temp.given_linked() as lead \gset
select pg_temp.settle(:'lead', '{"pulled": ["name"], "suppressed": ["tour"]}');
select is(pg_temp.shows(:'lead'), 'synced t synced P1', 'both rows are in step');
select ok(c.resman_last_sync_at between now() and clock_timestamp(), 'since now')
from public.conversation c where c.id = :'lead';
select is(l.sync_type || ' ' || l.sync_status || ' ' || l.conflict_details::text,
  'update success {"pulled": ["name"], "suppressed": ["tour"]}', 'what was pulled is logged')
from public.lead_sync_log l where l.conversation_id = :'lead';
select is(pg_temp.queued(:'lead'), '', 'nothing is to be pushed');

-- edges: nothing moved
select pg_temp.given_linked() as lead \gset
select pg_temp.settle(:'lead', '{}');
select is(pg_temp.shows(:'lead'), 'synced t synced P1', 'what has not moved is in step');
select is(pg_temp.logged(:'lead'), '', 'and nothing is logged');
create temporary table written (id uuid);
create function pg_temp.note_write() returns trigger
language plpgsql
as $$
begin
  insert into written values (new.id);
  return null;
end
$$;
create trigger note_write after update on public.conversation
  for each row execute function pg_temp.note_write();
create trigger note_write after update on public."user"
  for each row execute function pg_temp.note_write();
select pg_temp.settle(:'lead', '{}');
select is(count(*), 0::bigint, 'rows that say so already are not written again') from written;
select pg_temp.settle(:'lead', '{}', 'linked');
select is(pg_temp.logged(:'lead'), 'update success', 'a link is logged even so');
update public.conversation set resman_lead_id = 'R0' where id = :'lead';
select pg_temp.settle(:'lead', '{}');
select is(pg_temp.shows(:'lead'), 'synced t synced P1', 'another lead id is put right');
select pg_temp.given_linked() as lead \gset
select pg_temp.settle(:'lead', '{}', 'created');
select is(pg_temp.logged(:'lead'), 'create success', 'what was made is logged as that');

-- edges: a conflict
select pg_temp.given_linked() as lead \gset
insert into public.lead_sync_conflicts (conversation_id, property_id, conflict_type,
  conflict_field, conflict_severity, resolution_status)
select :'lead', pg_temp.property_of(:'lead'), 'data_conflict', 'name', 'high', status
from unnest(array['resolved', 'manual_review']) as status;
select pg_temp.settle(:'lead', '{"conflicts": ["name"]}');
select is(pg_temp.shows(:'lead'), 'conflict t conflict P1', 'an open conflict shows');
select is(pg_temp.logged(:'lead') || ' ' || l.conflict_details::text,
  'update conflict {"pulled": [], "conflicts": ["name"]}', 'and is logged')
from public.lead_sync_log l where l.conversation_id = :'lead';
update public.lead_sync_conflicts set resolution_status = 'pending'
where resolution_status = 'manual_review';
select pg_temp.settle(:'lead', '{"open": true}');
select is(pg_temp.shows(:'lead'), 'conflict t conflict P1', 'as long as it is open');
update public.lead_sync_conflicts set resolution_status = 'resolved';
select pg_temp.settle(:'lead', '{"open": true}');
select is(pg_temp.shows(:'lead'), 'synced t synced P1', 'and no longer');

-- edges: DomIQ has something to say
select pg_temp.given_linked() as lead \gset
select pg_temp.settle(:'lead', '{"pushed": ["name"], "pulled": ["tour"]}');
select is(pg_temp.queued(:'lead'), 'push pending 2', 'a push follows');
select is(pg_temp.shows(:'lead'), 'not_synced not_synced', 'that will say how it ended');
select is(pg_temp.logged(:'lead'), 'update success', 'what was pulled is logged');
select pg_temp.given_linked() as lead \gset
insert into public.lead_sync_conflicts (conversation_id, property_id, conflict_type,
  conflict_field, conflict_severity, resolution_status)
values (:'lead', pg_temp.property_of(:'lead'), 'duplicate_lead', 'identity', 'critical',
  'pending');
select pg_temp.settle(:'lead', '{"pushed": ["name"]}');
select is(pg_temp.queued(:'lead'), '', 'none where a critical conflict holds it');
select pg_temp.given_linked() as lead \gset
update public.resman_integration set sync_direction = 'from_resman'
where property_id = pg_temp.property_of(:'lead');
select pg_temp.settle(:'lead', '{"pushed": ["name"]}');
select is(pg_temp.queued(:'lead'), '', 'none of a lead that is not pushed');
select is(pg_temp.shows(:'lead'), 'not_synced not_synced', 'the rows are not in step');

-- edges: rows that say less
select pg_temp.given_linked() as lead \gset
update public.lead_sync_mapping set contact_id = null where conversation_id = :'lead';
select pg_temp.settle(:'lead', '{}');
select is(pg_temp.shows(:'lead'), 'synced t not_synced',
  'without a contact the user stays as it is');
select pg_temp.given_linked() as lead, pg_temp.given_linked() as other \gset
update public.conversation set user_id = null where id = :'lead';
select pg_temp.settle(:'lead', '{}');
select is(pg_temp.shows(:'lead'), 'synced t', 'a conversation without its user');
select is(pg_temp.shows(:'other'), 'not_synced not_synced', 'other leads are not touched');

select * from finish();
rollback;
