#!/bin/sh
# Runs once, when the database is empty: DomIQ's stand-in, and logins for lead-sync. The groups
# are made here so that the logins can have them; the migrations take them as they are.
set -eu

run() { psql -v ON_ERROR_STOP=1 -q -U "${POSTGRES_USER:-postgres}" -d "$POSTGRES_DB" "$@"; }

for file in /domiq/*.sql; do run -1 -f "$file"; done
run <<'SQL'
\set runner_password `cat /run/secrets/runner_password`
\set operator_password `cat /run/secrets/operator_password`
create role lead_sync_runner nologin;
create role lead_sync_service nologin;
create role lead_sync_monitor nologin;
create role leadsync_runner login password :'runner_password';
create role leadsync_operator login password :'operator_password';
grant lead_sync_runner to leadsync_runner;
grant lead_sync_runner, lead_sync_service, lead_sync_monitor to leadsync_operator;
SQL
