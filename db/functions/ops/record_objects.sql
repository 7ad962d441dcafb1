create or replace function lead_sync_private.record_objects()
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $fn$
  -- What code files make is what they have just made, but for the views and triggers that the
  -- loader left alone: those may have been changed by hand. Of the tables nothing is forgotten:
  -- an index that somebody dropped must not go unnoticed because code was loaded since.
  with kept as (
    select k.name
    from jsonb_array_elements_text(
      coalesce(nullif(current_setting('lead_sync.code_kept', true), ''), '[]')::jsonb) as k(name)
  ), recorded as (
    select i.kind, i.name, i.kind in ('routine', 'view', 'trigger', 'grant') and not exists (
      select from kept k
      where i.kind = 'view' and i.name like '%.' || k.name
        or i.kind = 'grant' and i.belongs_to like '%.' || k.name
        or i.kind = 'trigger' and i.name like k.name || ' on %') as is_made_anew
    from lead_sync_private.installed_object i
  ), there as materialized (
    select d.*, coalesce(r.is_made_anew, not exists (
      select from kept k where d.kind = 'grant' and d.belongs_to like '%.' || k.name))
      or d.kind not in ('routine', 'view', 'trigger', 'grant') as is_to_record
    from lead_sync_private.describe_objects() d
    left join recorded r on r.kind = d.kind and r.name = d.name
  ), gone as (
    delete from lead_sync_private.installed_object i
    using recorded r
    where r.is_made_anew and r.kind = i.kind and r.name = i.name
      and not exists (select from there t where t.kind = i.kind and t.name = i.name)
  )
  insert into lead_sync_private.installed_object
    (kind, name, belongs_to, definition, server_major)
  select t.kind, t.name, t.belongs_to, t.definition,
    current_setting('server_version_num')::integer / 10000
  from there t
  where t.is_to_record
  on conflict on constraint pk_installed_object do update
    set belongs_to = excluded.belongs_to, definition = excluded.definition,
        server_major = excluded.server_major
    where (installed_object.definition, installed_object.server_major) is distinct from
      (excluded.definition, excluded.server_major);
$fn$;
revoke all on function lead_sync_private.record_objects() from public;
comment on function lead_sync_private.record_objects() is
'Put on record what the package consists of; the last step of loading the code.
Reads: the setting lead_sync.code_kept, the names of views and triggers that were not loaded.
Writes: installed_object.';
