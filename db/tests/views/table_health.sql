-- lead_sync.table_health
begin;
select plan(23);
\i db/tests/support/catalogue.psql
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql

-- surface
select results_eq(
  $$select name, type from pg_temp.columns_of('lead_sync.table_health')$$,
  $$values ('relation', 'text'), ('live_rows', 'bigint'), ('dead_rows', 'bigint'),
    ('dead_percent', 'numeric'), ('vacuum_at_dead_rows', 'bigint'), ('hot_percent', 'numeric'),
    ('table_bytes', 'bigint'), ('index_bytes', 'bigint'),
    ('last_vacuum_at', 'timestamp with time zone'),
    ('last_analyze_at', 'timestamp with time zone'), ('changed_since_analyze', 'bigint'),
    ('frozen_age', 'bigint'), ('freeze_percent', 'numeric'), ('held_age', 'bigint'),
    ('held_by', 'text'), ('verdict', 'text')$$, 'its columns');
select view_owner_is('lead_sync', 'table_health', 'lead_sync_owner', 'it belongs to the package');
select table_privs_are('lead_sync', 'table_health', 'lead_sync_monitor', array['SELECT'],
  'lead_sync_monitor may read it');
select table_privs_are('lead_sync', 'table_health', 'public', array[]::text[],
  'PUBLIC may not');
select is_empty($$select pg_temp.columns_without_comment('lead_sync.table_health')$$,
  'every column has a comment');

-- which tables
select set_eq(
  $$select relation from lead_sync.table_health$$,
  $$select format('%s.%s', n.nspname, c.relname)
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and (c.relowner = 'lead_sync_owner'::regrole
      or c.oid in ('public.conversation'::regclass, 'public."user"'::regclass,
        'public.lead_notification'::regclass))$$,
  'the package''s own, and those of DomIQ''s that it writes');
select is(count(*), count(distinct relation), 'a row a table') from lead_sync.table_health;

-- when autovacuum comes
alter table public.lead_sync_log set (autovacuum_vacuum_threshold = 70,
  autovacuum_vacuum_scale_factor = 0.5);
update pg_class set reltuples = 1001 where oid = 'public.lead_sync_log'::regclass;
update pg_class set reltuples = -1 where oid = 'public.lead_sync_log_archive'::regclass;
select is(vacuum_at_dead_rows, 571::bigint, 'by the table''s own settings, rounded up')
from lead_sync.table_health where relation = 'public.lead_sync_log';
select is(vacuum_at_dead_rows, current_setting('autovacuum_vacuum_threshold')::bigint,
  'else by the server''s; of a table that was never looked at by its threshold alone')
from lead_sync.table_health where relation = 'public.lead_sync_log_archive';

-- sizes and ages
select pg_temp.given_lead();
select ok(table_bytes >= 8192 and index_bytes >= 8192, 'sizes, the indexes apart')
from lead_sync.table_health where relation = 'public.lead_sync_queue';
select is(frozen_age, age(c.relfrozenxid)::bigint, 'its age')
from lead_sync.table_health h, pg_class c
where h.relation = 'public.lead_sync_queue' and c.oid = 'public.lead_sync_queue'::regclass;
select is(freeze_percent, round(100.0 * frozen_age
  / current_setting('autovacuum_freeze_max_age')::bigint, 1), 'as a part of what is allowed')
from lead_sync.table_health where relation = 'public.lead_sync_queue';
select is(h.last_analyze_at, greatest(s.last_analyze, s.last_autoanalyze),
  'when it was analyzed') from lead_sync.table_health h, pg_stat_all_tables s
where h.relation = 'public.lead_sync_queue' and s.relid = 'public.lead_sync_queue'::regclass;
select is(h.changed_since_analyze, s.n_mod_since_analyze, 'what has changed since')
from lead_sync.table_health h, pg_stat_all_tables s
where h.relation = 'public.lead_sync_queue' and s.relid = 'public.lead_sync_queue'::regclass;

-- what it comes to: the view's text over statistics that are given
create function pg_temp.verdict(p_values jsonb) returns text
language plpgsql
as $$
declare
  v_case text := (regexp_match(pg_get_viewdef('lead_sync.table_health'),
    '(CASE\s+WHEN.*\sEND) AS verdict'))[1];
  v_result text;
begin
  execute 'select ' || v_case || ' from jsonb_to_record($1) as t(frozen_age bigint,
    freeze_max_age bigint, dead_rows bigint, vacuum_at_dead_rows bigint, live_rows bigint,
    last_analyze_at timestamptz), jsonb_to_record($1) as h(held_age bigint)'
  into v_result using '{"frozen_age": 10, "freeze_max_age": 100, "dead_rows": 20,
    "vacuum_at_dead_rows": 10, "live_rows": 1001, "last_analyze_at": "2026-01-01"}' || p_values;
  return v_result;
end
$$;
select is(pg_temp.verdict('{}'), 'in order', 'what autovacuum is about to clear is in order');
select is(pg_temp.verdict('{"dead_rows": 21}'), 'vacuum overdue', 'twice as much is not');
select is(pg_temp.verdict('{"dead_rows": 21, "held_age": 10000}'), 'vacuum overdue',
  'a young snapshot is no reason');
select is(pg_temp.verdict('{"dead_rows": 21, "held_age": 10001}'), 'held back', 'an old one is');
select is(pg_temp.verdict('{"held_age": 10001}'), 'in order', 'where much is dead');
select is(pg_temp.verdict('{"last_analyze_at": null}'), 'never analyzed',
  'a table without statistics');
select is(pg_temp.verdict('{"last_analyze_at": null, "live_rows": 1000}'), 'in order',
  'that is not small');
select is(pg_temp.verdict('{"frozen_age": 101, "dead_rows": 21}'), 'freeze overdue',
  'what is most urgent is said');

-- who may read it
set local role lead_sync_monitor;
select isnt_empty('select * from lead_sync.table_health', 'lead_sync_monitor reads it');
reset role;

select * from finish();
rollback;
