create or replace function lead_sync.check_server(
  p_older_than interval default interval '10 minutes')
returns table (check_name text, severity text, finding text, remedy text)
language sql stable
set search_path = pg_catalog, pg_temp
as $fn$
  -- As the caller, not as the owner: what is seen of others' sessions is the caller's right.
  with edge as (
    select clock_timestamp() - p_older_than as long_ago
  ), session as (
    select a.*, a.query = '<insufficient privilege>' as is_hidden
    from pg_stat_activity a
    where a.pid <> pg_backend_pid() and a.datname = current_database()
      and (a.backend_type = 'client backend' or a.query = '<insufficient privilege>')
  ), finding as (
    select 'sessions' as check_name, 'warning' as severity,
      format('session %s of %s (%s) has a transaction open since %s: dead rows stay, and '
        'claims get slower', s.pid, s.usename, s.state,
        to_char(s.xact_start, 'YYYY-MM-DD HH24:MI')) as finding,
      format('have its owner end it, or: select pg_terminate_backend(%s)', s.pid) as remedy
    from session s, edge e where s.xact_start < e.long_ago
    union all
    select 'sessions', 'note',
      format('%s sessions of other roles could not be looked at', count(*)),
      format('run doctor as a superuser, or: grant pg_read_all_stats to %I', current_user)
    from session s where s.is_hidden
    having count(*) > 0
    union all
    select 'sessions', 'warning',
      format('transaction %L is prepared since %s: dead rows stay, and its locks', x.gid,
        to_char(x.prepared, 'YYYY-MM-DD HH24:MI')),
      format('commit prepared %L, or rollback prepared %L, as its owner %I decides', x.gid,
        x.gid, x.owner)
    from pg_prepared_xacts x, edge e
    where x.database = current_database() and x.prepared < e.long_ago
    union all
    select 'sessions', 'warning',
      format('replication slot %s is not in use and holds back vacuum', r.slot_name),
      format('start its consumer, or: select pg_drop_replication_slot(%L)', r.slot_name)
    from pg_replication_slots r
    where not r.active and (r.xmin is not null or r.database = current_database())
    union all
    select 'notify', 'note',
      'max_prepared_transactions is not 0: runners are not notified, since that would break a '
        'PREPARE TRANSACTION; they poll, which is all they need',
      'nothing; if nobody here uses PREPARE TRANSACTION: alter system set '
        'max_prepared_transactions = 0, and restart'
    where current_setting('max_prepared_transactions') <> '0'
  )
  select f.* from finding f
  union all
  select v.name, 'ok', v.text, ''
  from (values ('sessions', 'no old transaction holds back vacuum'),
    ('notify', 'runners are notified')) as v(name, text)
  where not exists (select from finding f where f.check_name = v.name);
$fn$;
revoke all on function lead_sync.check_server(interval) from public;
grant execute on function lead_sync.check_server(interval) to lead_sync_service;
comment on function lead_sync.check_server(interval) is
'Look for what in this server hinders the package: transactions open for long, prepared or held
by a slot that nobody uses, and settings. Runs as the caller: without pg_read_all_stats the
sessions of other roles are hidden, which is a finding.
p_older_than: how long a transaction may be open.
Returns: as check_installation.';
