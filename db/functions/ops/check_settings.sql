create or replace function lead_sync_private.check_settings()
returns table (check_name text, severity text, finding text, remedy text)
language sql stable
set search_path = pg_catalog, pg_temp
as $fn$
  with setting as (
    select s.property_id, s.name, s.value,
      case s.name when 'default_source' then 'source' when 'default_agent' then 'agent'
        when 'default_lost_reason' then 'lost_reason' end as kind,
      exists (select from public.resman_integration i
              where i.property_id = s.property_id) as is_used
    from lead_sync_private.property_setting s
  )
  select 'settings', 'warning',
    format('property %s has settings (%s) and no integration', s.property_id,
      string_agg(s.name, ', ' order by s.name)),
    format('delete from lead_sync_private.property_setting where property_id = %L; or add the '
      'integration: leadsync integration add %s ...', s.property_id, s.property_id)
  from setting s where not s.is_used
  group by s.property_id
  union all
  select 'settings', 'failed',
    format('setting %s of property %s does not fit: it %s', s.name, s.property_id,
      lead_sync_private.check_setting(s.name, s.value)),
    format('select lead_sync.set_property_setting(%L, %L, ''VALUE''), or null for the default',
      s.property_id, s.name)
  from setting s
  where s.is_used and lead_sync_private.check_setting(s.name, s.value) is not null
  union all
  -- the value may be an employee's address: it is not shown
  select 'settings', 'warning',
    format('%s of property %s is not in ResMan''s list of %s, read %s, or not active there',
      s.name, s.property_id, f.kind, to_char(f.fetched_at, 'YYYY-MM-DD HH24:MI')),
    format('select lead_sync.set_property_setting(%L, %L, ''"NAME"''), with a name of leadsync '
      'integration test %s', s.property_id, s.name, s.property_id)
  from setting s
  join lead_sync_private.lookup_fetch f on f.property_id = s.property_id and f.kind = s.kind
  where s.is_used and not exists (
    select from lead_sync_private.lookup l
    where l.property_id = s.property_id and l.kind = s.kind and l.active
      and lower(btrim(s.value #>> '{}')) in (lower(btrim(l.name)),
        case when s.kind = 'agent' then lower(l.email) end))
  union all
  select 'settings', 'warning',
    format('property %s has no time zone: its tours are taken to be in UTC', i.property_id),
    format('select lead_sync.set_property_setting(%L, ''time_zone'', ''"America/Chicago"''), '
      'with the property''s own', i.property_id)
  from public.resman_integration i
  where i.sync_enabled and not exists (
    select from setting s where s.property_id = i.property_id and s.name = 'time_zone');
$fn$;
revoke all on function lead_sync_private.check_settings() from public;
comment on function lead_sync_private.check_settings() is
'Find settings that nobody uses, that do not fit, or that name what ResMan does not have, and
properties without a time zone.
Returns: the findings; no values.';
