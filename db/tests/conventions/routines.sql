-- Every routine of ours: search path, owner, rights and comment, as the conventions want them.
begin;
select plan(11);

-- Ours in public are those of the seed's names, and whatever else our owner has there.
create temporary table routine as
select p.oid, p.pronamespace::regnamespace::text as schema, p.proname::text as name,
  p.oid::regprocedure::text as signature, p.proowner::regrole::text as owner,
  p.prosecdef as definer, p.proacl as acl,
  (select regexp_replace(c, '^search_path=', '') from unnest(p.proconfig) as c
   where c like 'search_path=%') as search_path
from pg_proc p
where p.pronamespace in ('lead_sync'::regnamespace, 'lead_sync_private'::regnamespace)
  or p.pronamespace = 'public'::regnamespace and (
    p.proowner = 'lead_sync_owner'::regrole
    or p.proname in ('update_conversation_sync_status', 'update_user_sync_status',
      'update_notification_sync_status', 'add_sync_queue_item', 'archive_old_sync_logs',
      'archive_resolved_conflicts', 'cleanup_old_queue_items'));

create temporary table granted as
select r.schema, r.name, r.signature, a.grantee::regrole::text as role, a.is_grantable
from routine r, lateral aclexplode(r.acl) a
where a.privilege_type = 'EXECUTE' and a.grantee <> 0 and a.grantee::regrole::text <> r.owner;

select cmp_ok(count(*), '>', 50::bigint, 'there are routines to look at') from routine;
select is_empty(
  $$select signature, search_path from routine
    where search_path is distinct from 'pg_catalog, pg_temp'
      and (schema, name) <> ('lead_sync_private', 'sleep_key')
      and not (schema = 'lead_sync_private' and name in ('write_conversation',
        'write_conversation_values', 'write_custom_fields', 'write_erased_conversation', 'write_erased_user',
        'write_kept_notifications',
        'write_new_conversation', 'write_new_user', 'write_notification', 'write_user',
        'write_user_values'))$$,
  'every routine pins pg_catalog, pg_temp');
select set_eq(
  $$select name, search_path from routine
    where search_path is distinct from 'pg_catalog, pg_temp'$$,
  $$select 'sleep_key', null::text
    union all select unnest(array['write_conversation', 'write_conversation_values',
        'write_custom_fields', 'write_erased_conversation', 'write_erased_user',
        'write_kept_notifications', 'write_new_conversation',
        'write_new_user', 'write_notification', 'write_user', 'write_user_values']),
      'pg_catalog, public, pg_temp'$$,
  'the exceptions are these, and what they have instead');
select is_empty(
  $$select signature from routine r
    where acl is null
      or exists (select from aclexplode(r.acl) a where a.grantee = 0)$$,
  'PUBLIC may execute none');
select is_empty(
  $$select signature from routine
    where btrim(coalesce(obj_description(oid, 'pg_proc'), '')) = ''$$,
  'every routine has a comment');
select is_empty($$select signature, owner from routine where owner <> 'lead_sync_owner'$$,
  'lead_sync_owner owns every routine');
select is_empty(
  $$select signature, owner from routine where definer and owner <> 'lead_sync_owner'$$,
  'a definer function runs as lead_sync_owner');
select is_empty(
  $$select signature, role from granted
    where role not in ('lead_sync_runner', 'lead_sync_service', 'lead_sync_monitor')$$,
  'no other role was given a routine');
select is_empty($$select signature, role from granted where is_grantable$$,
  'and none may pass it on');
select is_empty(
  $$select signature, role from granted
    where schema <> 'lead_sync' and (schema, name) not in (('public', 'archive_old_sync_logs'),
      ('public', 'archive_resolved_conflicts'), ('public', 'cleanup_old_queue_items'))$$,
  'what a role may execute is in lead_sync, the seed''s archive functions apart');
select is_empty(
  $$select signature from routine r where schema = 'lead_sync'
      and not exists (select from granted g where g.signature = r.signature)$$,
  'and nothing is in lead_sync that no role may execute');

select * from finish();
rollback;
