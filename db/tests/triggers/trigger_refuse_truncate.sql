-- trigger_refuse_truncate: on each of our tables that a grant on all tables of public reaches.
begin;
select plan(2);
\i db/tests/support/routine.psql

-- surface
select is_empty(
  $$select c.oid::regclass from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      and c.relowner = 'lead_sync_owner'::regrole
      and not exists (select from pg_trigger t
        where t.tgrelid = c.oid and t.tgname = 'trigger_refuse_truncate')$$,
  'each of our tables in public has one');
select is(
  string_agg(distinct pg_temp.trigger_of(t.tgrelid, t.tgname), ', '),
  'before truncate | statement | - | lead_sync_private.refuse_truncate',
  'when it fires, and what it calls')
from pg_trigger t where t.tgname = 'trigger_refuse_truncate';

select * from finish();
rollback;
