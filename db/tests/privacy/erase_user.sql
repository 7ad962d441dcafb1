-- erase_user: what the package keeps of a user goes, at every property.
begin;
select plan(10);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync.erase_user'),
  'jsonb | volatile definer | - | lead_sync_service', 'a service calls it');

-- A user with a linked lead at each of two properties, and another one.
select pg_temp.given_lead() as lead, pg_temp.given_lead() as elsewhere,
  pg_temp.given_lead() as other \gset
select user_id as "user" from public.conversation where id = :'lead' \gset
select user_id as stranger from public.conversation where id = :'other' \gset
update public.conversation set user_id = :'user' where id = :'elsewhere';
select pg_temp.given_mapping(c) from unnest(array[:'lead', :'elsewhere', :'other']::uuid[]) as c;
update public."user" set resman_sync_status = 'synced', resman_contact_id = 'P1',
  resman_custom_fields = '{}', resman_field_times = '{}', resman_last_sync_at = now();
create function pg_temp.kept(p_user uuid) returns integer
language sql
as $$
  select num_nonnulls(u.resman_contact_id, u.resman_custom_fields, u.resman_field_times,
    u.resman_last_sync_at, nullif(u.resman_sync_status, 'not_synced'))
  from public."user" u where u.id = p_user
$$;

-- happy path
select pg_temp.kept(:'stranger') as before \gset
select is(lead_sync.erase_user(:'user'), '{"lead_sync_queue": 2, "lead_sync_queue_archive": 0,
  "lead_sync_log": 0, "lead_sync_log_archive": 0, "lead_sync_conflicts": 0,
  "lead_sync_conflicts_archive": 0, "lead_event": 0, "lead_sync_mapping": 2}',
  'how much was removed at all of them');
select bag_eq('select conversation_id, kind from lead_sync_private.tombstone',
  format('values (%L::uuid, ''erased''), (%L, ''erased'')', :'lead', :'elsewhere'),
  'a tombstone each is what remains');
select is(pg_temp.kept(:'user'), 0, 'the user''s row says nothing any more');
select results_eq('select conversation_id from public.lead_sync_mapping',
  format('values (%L::uuid)', :'other'), 'other users stay');
select is(pg_temp.kept(:'stranger'), :before, 'as they were');

-- edges
select is(lead_sync.erase_user(pg_temp.given_user()), '{}', 'one without a conversation');

-- errors
update public.lead_sync_queue set status = 'processing', lease_token = gen_random_uuid(),
  lease_until = now() + interval '60 s', lease_length = '60 s' where conversation_id = :'other';
select throws_ok(format('select lead_sync.erase_user(%L)', :'stranger'), 'LS011', null,
  'not while a sync is in flight');
select throws_ok(format('select lead_sync.erase_user(%L)', id), 'LS002', 'no such user',
  'the user ' || coalesce(id::text, 'null'))
from unnest(array[null, '00000000-0000-0000-0000-000000000001']::uuid[]) as id;

select * from finish();
rollback;
