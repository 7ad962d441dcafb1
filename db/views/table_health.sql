create or replace view lead_sync.table_health as
select
  t.relation,
  t.live_rows,
  t.dead_rows,
  round(100.0 * t.dead_rows / nullif(t.live_rows + t.dead_rows, 0), 1) as dead_percent,
  t.vacuum_at_dead_rows,
  round(100.0 * t.hot_updates / nullif(t.updates, 0), 1) as hot_percent,
  t.table_bytes,
  t.index_bytes,
  t.last_vacuum_at,
  t.last_analyze_at,
  t.changed_since_analyze,
  t.frozen_age,
  round(100.0 * t.frozen_age / t.freeze_max_age, 1) as freeze_percent,
  h.held_age,
  h.held_by,
  case
    when t.frozen_age > t.freeze_max_age then 'freeze overdue'
    when t.dead_rows > 2 * t.vacuum_at_dead_rows and h.held_age > 10000 then 'held back'
    when t.dead_rows > 2 * t.vacuum_at_dead_rows then 'vacuum overdue'
    when t.live_rows > 1000 and t.last_analyze_at is null then 'never analyzed'
    else 'in order' end as verdict
from (
  select
    format('%s.%s', n.nspname, c.relname) as relation,
    s.n_live_tup as live_rows,
    s.n_dead_tup as dead_rows,
    -- as autovacuum has it
    ceil(least(
      coalesce(o.threshold, current_setting('autovacuum_vacuum_threshold')::numeric)
        + coalesce(o.scale, current_setting('autovacuum_vacuum_scale_factor')::numeric)
          * greatest(c.reltuples, 0)::numeric,
      -- from PostgreSQL 18 on
      nullif(current_setting('autovacuum_vacuum_max_threshold', true)::numeric, -1)
    ))::bigint as vacuum_at_dead_rows,
    s.n_tup_upd as updates,
    s.n_tup_hot_upd as hot_updates,
    pg_table_size(c.oid) as table_bytes,
    pg_indexes_size(c.oid) as index_bytes,
    greatest(s.last_vacuum, s.last_autovacuum) as last_vacuum_at,
    greatest(s.last_analyze, s.last_autoanalyze) as last_analyze_at,
    s.n_mod_since_analyze as changed_since_analyze,
    age(c.relfrozenxid)::bigint as frozen_age,
    current_setting('autovacuum_freeze_max_age')::bigint as freeze_max_age
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  join pg_stat_all_tables s on s.relid = c.oid
  left join lateral (
    select
      max(x.option_value) filter (
        where x.option_name = 'autovacuum_vacuum_threshold')::numeric as threshold,
      max(x.option_value) filter (
        where x.option_name = 'autovacuum_vacuum_scale_factor')::numeric as scale
    from pg_options_to_table(c.reloptions) as x
  ) as o on true
  where c.relkind = 'r'
    and (n.nspname = 'lead_sync_private'
      or n.nspname = 'public' and (pg_get_userbyid(c.relowner) = 'lead_sync_owner'
        or c.relname in ('conversation', 'user', 'lead_notification')))
) as t
left join (
  select x.age as held_age, x.kind as held_by
  from (
    select age(a.backend_xmin)::bigint as age, 'session' as kind
    from pg_stat_activity a
    where a.backend_xmin is not null and a.pid <> pg_backend_pid()
      and a.datname = current_database()
    union all
    select age(p.transaction)::bigint, 'prepared transaction'
    from pg_prepared_xacts p where p.database = current_database()
    union all
    select age(r.xmin)::bigint, 'replication slot'
    from pg_replication_slots r where r.xmin is not null
  ) as x
  order by x.age desc limit 1
) as h on true;
alter view lead_sync.table_health owner to lead_sync_owner;
revoke all on lead_sync.table_health from public;
grant select on lead_sync.table_health to lead_sync_monitor;
comment on view lead_sync.table_health is
'Shows how the package''s tables, and those of DomIQ''s that it writes, are kept: a row a table, from
the server''s statistics; no table is read.';
comment on column lead_sync.table_health.relation is 'Schema and table.';
comment on column lead_sync.table_health.live_rows is 'Rows, as the statistics have it.';
comment on column lead_sync.table_health.dead_rows is
  'Versions that a vacuum is to clear away, as the statistics have it.';
comment on column lead_sync.table_health.dead_percent is 'dead_rows in a hundred of both.';
comment on column lead_sync.table_health.vacuum_at_dead_rows is
  'With how many autovacuum comes, by the table''s own settings or the server''s.';
comment on column lead_sync.table_health.hot_percent is
  'Of a hundred updates, those that left all indexes alone; null without any.';
comment on column lead_sync.table_health.table_bytes is 'Size without the indexes, in bytes.';
comment on column lead_sync.table_health.index_bytes is 'Size of its indexes, in bytes.';
comment on column lead_sync.table_health.last_vacuum_at is
  'When it was last vacuumed, by hand or by itself.';
comment on column lead_sync.table_health.last_analyze_at is
  'When its statistics were last gathered, by hand or by itself.';
comment on column lead_sync.table_health.changed_since_analyze is 'Rows changed since then.';
comment on column lead_sync.table_health.frozen_age is
  'Transactions since the oldest that its rows may still name.';
comment on column lead_sync.table_health.freeze_percent is
  'frozen_age in a hundred of autovacuum_freeze_max_age, at which a vacuum is forced.';
comment on column lead_sync.table_health.held_age is
  'Transactions since the oldest snapshot that is still open in the database: no vacuum clears '
  'away what died since. Null: none is. The same in every row.';
comment on column lead_sync.table_health.held_by is
  'Whose that is: session, prepared transaction or replication slot.';
comment on column lead_sync.table_health.verdict is
'in order; never analyzed; vacuum overdue: twice as many dead rows as autovacuum comes for; held back:
the same, under a snapshot that is 10,000 transactions old; freeze overdue.';
