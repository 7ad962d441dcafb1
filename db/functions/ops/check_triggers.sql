create or replace function lead_sync_private.check_triggers()
returns table (check_name text, severity text, finding text, remedy text)
language sql stable
set search_path = pg_catalog, pg_temp
as $fn$
  with trigger as (
    select t.*, t.tgrelid::regclass::text as relation, p.prosrc, l.lanname,
      pg_get_userbyid(p.proowner) = 'lead_sync_owner' as is_ours
    from pg_trigger t
    join pg_proc p on p.oid = t.tgfoid join pg_language l on l.oid = p.prolang
    where not t.tgisinternal
  ), stamp as (
    -- what our trigger or its function compares is what is synced
    select t.tgrelid, t.relation, t.tgname, (
      select string_agg(distinct m[1], '|')
      from regexp_matches(pg_get_triggerdef(t.oid) || t.prosrc, '\mold\.(\w+)', 'g') as m
      where m[1] !~ '^resman_') as columns
    from trigger t
    where t.is_ours and t.tgname in ('trigger_update_conversation_sync_status',
      'trigger_update_user_sync_status', 'trigger_update_notification_sync_status')
  ), later as (
    select t.*, s.tgname as stamped_by,
      t.lanname <> 'plpgsql'
        or t.prosrc ~* ('\mnew\s*\.\s*"?(' || s.columns || ')"?\s*:?=')
        or t.prosrc ~* '(\mnew\s*:?=|\minto\s+(strict\s+)?new\M)' as may_write
    from trigger t join stamp s using (tgrelid)
    where t.tgname > s.tgname and not t.is_ours and t.tgenabled in ('O', 'A')
      and t.tgtype & 19 = 19 -- a row's, before its update
  )
  select 'triggers', 'failed',
    format('trigger %I on %s %s%s', t.tgname, t.relation,
      case t.tgenabled when 'D' then 'is disabled' else 'fires on a replica only' end,
      case when d.is_domiqs then ': edits are not captured' end),
    format('alter table %s enable trigger %I%s', t.relation, t.tgname,
      case when d.is_domiqs then '; then queue what was missed: leadsync integration add '
        'PROPERTY_ID ... --backfill-since T' end)
  from trigger t cross join lateral (select t.relation in ('public.conversation',
    'public."user"', 'public.lead_notification')) as d(is_domiqs)
  where t.is_ours and t.tgenabled not in ('O', 'A')
  union all
  select 'triggers', 'warning',
    format('trigger %I on %s fires after %I and may change synced fields, which capture then '
      'does not see', l.tgname, l.relation, l.stamped_by),
    format('alter trigger %I on %s rename to %I', l.tgname, l.relation,
      left('a_' || l.tgname, 63))
  from later l where l.may_write;
$fn$;
revoke all on function lead_sync_private.check_triggers() from public;
comment on function lead_sync_private.check_triggers() is
'Find triggers of ours that are disabled, and BEFORE UPDATE triggers of others that fire after
the one that stamps changed rows and whose function seems to assign a synced field, or cannot be
read.
Returns: the findings.';
