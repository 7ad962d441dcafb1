create or replace function lead_sync_private.record_objects()
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $fn$
  -- What code files make is what they have just made. Of the tables nothing is forgotten: an
  -- index that somebody dropped must not go unnoticed because code was loaded since.
  delete from lead_sync_private.installed_object i
  where i.kind in ('routine', 'view', 'trigger', 'grant');
  insert into lead_sync_private.installed_object
    (kind, name, belongs_to, definition, server_major)
  select d.kind, d.name, d.belongs_to, d.definition,
    current_setting('server_version_num')::integer / 10000
  from lead_sync_private.describe_objects() d
  on conflict on constraint pk_installed_object do update
    set belongs_to = excluded.belongs_to, definition = excluded.definition,
        server_major = excluded.server_major
    where (installed_object.definition, installed_object.server_major) is distinct from
      (excluded.definition, excluded.server_major);
$fn$;
revoke all on function lead_sync_private.record_objects() from public;
comment on function lead_sync_private.record_objects() is
'Put on record what the package consists of; the last step of loading the code.
Writes: installed_object.';
