-- Every routine of ours: search path, names, owner, rights and comment, as the conventions want
-- them.
begin;
select plan(19);

-- Ours in public are those of the seed's names, and whatever else our owner has there.
create temporary table routine as
select p.oid, p.pronamespace::regnamespace::text as schema, p.proname::text as name,
  p.oid::regprocedure::text as signature, p.proowner::regrole::text as owner,
  p.prosecdef as definer, p.proacl as acl, p.prosrc as source,
  obj_description(p.oid, 'pg_proc') as comment,
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
      -- the helpers that write DomIQ's rows, for the sake of DomIQ's own triggers
      and not (schema = 'lead_sync_private' and name ~ '^write_' and not definer
        and search_path is not distinct from 'pg_catalog, public, pg_temp')
      and not (search_path is null and comment ~ 'No pinned search_path: ')$$,
  'every routine pins pg_catalog, pg_temp, or says why not');
select set_has(
  $$select name, search_path from routine where schema = 'lead_sync_private'$$,
  $$values ('sleep_key', null), ('write_user', 'pg_catalog, public, pg_temp'),
    ('write_conversation', 'pg_catalog, public, pg_temp')$$,
  'such as these');
select is_empty(
  $$select signature from routine r
    where acl is null
      or exists (select from aclexplode(r.acl) a where a.grantee = 0)$$,
  'PUBLIC may execute none');
select is_empty($$select signature from routine where btrim(coalesce(comment, '')) = ''$$,
  'every routine has a comment');
-- "Leases", "Leasing" and "The lease" are no imperatives; "Bring" and "Process" are.
select is_empty(
  $$select signature, comment from routine
    where comment !~ '^[A-Z][a-z]+ ' or comment ~ '^(The|This|A|An|It|Its|Function|Trigger) '
      or split_part(comment, ' ', 1) ~ '(s|ing|ed)$'
        and split_part(comment, ' ', 1) !~ '^(Bring|Ping|Feed|Need|Shed|.*ss)$'$$,
  'it begins with an imperative');
select is_empty(
  $$select r.signature, l.line from routine r, string_to_table(r.comment, e'\n') as l (line)
    where length(l.line) > 100$$,
  'and is no wider than a page');
select is_empty(
  $$select distinct r.signature, c.code[1]
    from routine r, regexp_matches(r.source, 'errcode = ''(LS[0-9]{3})''', 'g') as c (code)
    where strpos(r.comment, c.code[1]) = 0$$,
  'and says which errors the routine raises');

-- names
select is_empty(
  $$select schema, name from routine group by schema, name having count(*) > 1$$,
  'no name is overloaded');
select is_empty(
  $$select r.signature, a.name
    from routine r join pg_proc p on p.oid = r.oid,
      unnest(p.proargnames, p.proargmodes::text[]) as a (name, mode)
    where coalesce(a.mode, 'i') in ('i', 'b', 'v') and a.name !~ '^p_[a-z]'
    union all
    select r.signature, 'a parameter without a name'
    from routine r join pg_proc p on p.oid = r.oid
    where p.pronargs > 0 and p.proargnames is null$$,
  'parameters begin with p_');
-- what stands between declare and begin, and the loops of SQL's kind that declare as they go
select is_empty(
  $$select r.signature, v.name[1]
    from routine r join pg_proc p on p.oid = r.oid
      join pg_language l on l.oid = p.prolang and l.lanname = 'plpgsql',
      regexp_matches(r.source, '\mdeclare\M(.*?)\mbegin\M', 'g') as d (block),
      regexp_matches(regexp_replace(d.block[1], '--[^\n]*', '', 'g'),
        '(?:^|;)\s*([a-z_][a-z0-9_]*)\s', 'g') as v (name)
    where v.name[1] !~ '^v_[a-z]'$$,
  'and locals with v_');
select is_empty(
  $$select signature from routine
    where name !~ '^[a-z]+(_[a-z0-9]+)+$'
      and (schema, name) <> ('lead_sync_private', 'ask')$$,
  'names are lower-case words: a verb and what it is about');
select is_empty(
  $$select signature, cardinality(string_to_array(source, e'\n')) as lines from routine
    where cardinality(string_to_array(source, e'\n')) > 150$$,
  'none is longer than 150 lines');
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
