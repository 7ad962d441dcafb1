create or replace function lead_sync_private.check_tables()
returns table (check_name text, severity text, finding text, remedy text)
language sql stable
set search_path = pg_catalog, pg_temp
as $fn$
  with ours as (
    select c.oid, c.oid::regclass::text as name, c.reloptions
    from lead_sync_private.installed_object t join pg_class c on c.oid = to_regclass(t.name)
    where t.kind = 'table'
  )
  select 'vacuum', 'warning',
    format('%s is off in this server: nothing removes dead rows', s.name),
    format('alter system set %s = on; select pg_reload_conf()', s.name)
  from unnest(array['autovacuum', 'track_counts']) as s(name)
  where current_setting(s.name) = 'off'
  union all
  select 'vacuum', 'warning', format('autovacuum is off for %s', o.name),
    format('alter table %s reset (autovacuum_enabled)', o.name)
  from ours o cross join lateral pg_options_to_table(o.reloptions) as x
  where x.option_name = 'autovacuum_enabled'
    -- as the server reads a boolean
    and lower(x.option_value) in
      ('0', 'f', 'fa', 'fal', 'fals', 'false', 'n', 'no', 'of', 'off')
  union all
  select 'vacuum', 'warning',
    format('%s has %s dead rows beside %s live ones', o.name, s.n_dead_tup, s.n_live_tup),
    format('vacuum (analyze) %s; if they stay, see the findings of sessions', o.name)
  from ours o join pg_stat_all_tables s on s.relid = o.oid
  where s.n_dead_tup > 10000 and s.n_dead_tup > 2 * s.n_live_tup;
$fn$;
revoke all on function lead_sync_private.check_tables() from public;
comment on function lead_sync_private.check_tables() is
'Find what keeps dead rows in our tables: autovacuum off, for the server or a table, and how
many there are.
Returns: the findings.';
