create or replace function lead_sync_private.check_objects()
returns table (check_name text, severity text, finding text, remedy text)
language sql stable
set search_path = pg_catalog, pg_temp
as $fn$
  with found as materialized (
    select d.* from lead_sync_private.describe_objects() d
  ), differing as materialized (
    select coalesce(i.kind, f.kind) as kind, coalesce(i.name, f.name) as name, i.belongs_to,
      i.definition,
      case when f.name is null then 'missing' when i.name is null then 'unknown'
        else 'changed' end as what
    from lead_sync_private.installed_object i
    full join found f on f.kind = i.kind and f.name = i.name
    where f.name is null or i.name is null
      or f.definition <> i.definition
        and i.server_major = current_setting('server_version_num')::integer / 10000
  ), shown as (
    select d.*, case when d.kind = 'constraint' then format('alter table %s %%s constraint %s',
        d.belongs_to, split_part(d.name, ' on ', 1)) end as alteration
    from differing d
    where exists (select from lead_sync_private.installed_object)
      and (d.what <> 'unknown' or d.kind in ('routine', 'view', 'trigger', 'grant'))
      -- what goes with its table is said once
      and not exists (select from differing t
                      where t.what = 'missing' and t.name = d.belongs_to and t.kind <> d.kind)
  )
  select case d.kind when 'grant' then 'grants' else 'objects' end,
    case when d.what = 'unknown' and d.kind <> 'grant' then 'warning' else 'failed' end,
    case
      when d.kind = 'grant' and d.what = 'missing' then format('missing right: %s', d.name)
      when d.kind = 'grant' then format('right that no file gives: %s', d.name)
      when d.what = 'missing' then format('%s %s is missing', d.kind, d.name)
      when d.what = 'changed' then format('%s %s was changed by hand', d.kind, d.name)
      else format('%s %s is not of the package, and the next load of its code drops it',
        d.kind, d.name) end,
    case
      when d.kind = 'grant' and d.what = 'missing' then format('grant %s', d.name)
      when d.kind = 'grant' then format('revoke %s', replace(d.name, ' to ', ' from '))
      when d.what = 'unknown' then format('drop %s %s', d.kind, d.name)
      when d.kind in ('routine', 'view', 'trigger') then
        'delete from lead_sync_private.code_file; '
          'delete from lead_sync_private.code_version; then: leadsync migrate'
      when d.kind = 'index' then
        case when d.what = 'changed' then format('drop index concurrently %s; ', d.name)
          else '' end
        || regexp_replace(d.definition, '^(CREATE (UNIQUE )?INDEX) ', '\1 CONCURRENTLY ')
      when d.kind = 'constraint' then
        case d.what when 'changed' then format(d.alteration, 'drop') || '; ' else '' end
        || format(d.alteration, 'add') || ' ' || d.definition
      when d.kind = 'column' then format('make %s again as: %s', d.name, d.definition)
      else format('restore %s from a backup', d.name) end
  from shown d
  union all
  select 'objects', 'failed', format('index %s is not valid', i.indexrelid::regclass),
    format('reindex index concurrently %s', i.indexrelid::regclass)
  from pg_index i join found f on f.kind = 'index' and f.name = i.indexrelid::regclass::text
  where not i.indisvalid
  union all
  select 'objects', 'failed', 'no code is on record as loaded', 'leadsync migrate'
  where not exists (select from lead_sync_private.installed_object)
  union all
  select 'objects', 'note',
    format('the record was made under PostgreSQL %s: definitions cannot be compared',
      max(i.server_major)),
    'delete from lead_sync_private.code_file; '
      'delete from lead_sync_private.code_version; then: leadsync migrate'
  from lead_sync_private.installed_object i
  where i.server_major <> current_setting('server_version_num')::integer / 10000
  having count(*) > 0;
$fn$;
revoke all on function lead_sync_private.check_objects() from public;
comment on function lead_sync_private.check_objects() is
'Find what was changed, dropped or added by hand since the code was loaded, rights of our roles
included, and indexes that are not valid.
Returns: the findings.';
