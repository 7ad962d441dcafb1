-- check_server: what one session can show; others' sessions are in runner/tests/test_doctor.py.
begin;
select plan(9);

select function_privs_are('lead_sync', 'check_server', array['interval'], r.role, r.privileges,
  r.role)
from (values ('lead_sync_service', array['EXECUTE']), ('lead_sync_runner', '{}'),
  ('lead_sync_monitor', '{}')) as r(role, privileges);
select ok(not p.prosecdef, 'it sees what its caller may see')
from pg_proc p where p.oid = 'lead_sync.check_server'::regproc;
select set_eq('select f.check_name, f.severity from lead_sync.check_server() f',
  $$values ('sessions', 'ok'), ('notify',
    case current_setting('max_prepared_transactions') when '0' then 'ok' else 'note' end)$$,
  'a quiet server');

create role chk_person;
grant lead_sync_service to chk_person;
set local role chk_person;
select lives_ok('select * from lead_sync.check_server()', 'the service role may');
select is_empty($$select * from lead_sync.check_server() f
  where f.check_name = 'sessions' and f.severity not in ('ok', 'note')$$,
  'and is told at most that it sees little');
reset role;
select is_empty('select * from lead_sync.check_server(''0 s'') f where f.finding ~ '
  || quote_literal('session ' || pg_backend_pid() || ' '), 'the caller''s own session is none');
select is_empty($$select * from lead_sync.check_server('-1 day') f where f.finding ~ 'select '$$,
  'no statement of others is shown');

select * from finish();
rollback;
