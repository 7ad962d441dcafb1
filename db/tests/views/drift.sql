-- lead_sync.drift
begin;
select plan(17);
\i db/tests/support/catalogue.psql
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql

-- surface
select results_eq(
  $$select name, type from pg_temp.columns_of('lead_sync.drift')$$,
  $$values ('property_id', 'uuid'), ('links', 'bigint'), ('verified_last_day', 'bigint'),
    ('coverage_percent', 'numeric'), ('last_sweep_at', 'timestamp with time zone'),
    ('drift', 'bigint'), ('missing_in_resman', 'bigint'), ('missing_in_domiq', 'bigint'),
    ('verdict', 'text')$$, 'its columns');
select view_owner_is('lead_sync', 'drift', 'lead_sync_owner', 'it belongs to the package');
select table_privs_are('lead_sync', 'drift', 'lead_sync_monitor', array['SELECT'],
  'lead_sync_monitor may read it');
select table_privs_are('lead_sync', 'drift', 'public', array[]::text[], 'PUBLIC may not');
select is_empty($$select pg_temp.columns_without_comment('lead_sync.drift')$$,
  'every column has a comment');

select pg_temp.given_pulling() as property \gset
create function pg_temp.link(p_property uuid, p_values jsonb) returns uuid
language sql
as $$
  select pg_temp.given_mapping(pg_temp.given_conversation(pg_temp.given_user(), p_property),
    p_values)
$$;
create view pg_temp.shown_drift as
select concat_ws(' ', links, verified_last_day, coalesce(coverage_percent::text, '-'), drift,
  missing_in_resman, missing_in_domiq, verdict) as line, last_sweep_at
from lead_sync.drift;

-- edges
select is(line, '0 0 - 0 0 0 no links',
  'an integration without links') from pg_temp.shown_drift;
select pg_temp.link(:'property', jsonb_build_object('verified_at', now() - interval '23 h'))
  as one, pg_temp.link(:'property', jsonb_build_object('verified_at', now() - interval '25 h'))
  as two, pg_temp.link(:'property', '{}') as three,
  pg_temp.link(:'property', jsonb_build_object('verified_at', now(),
    'mapping_status', 'deleted')) as gone \gset
select is(line, '3 1 33.3 0 0 0 never swept', 'active links, and those verified within a day')
from pg_temp.shown_drift;
insert into lead_sync_private.reconciliation_run (id, property_id, repair, started_at)
values ('00000000-0000-0000-0000-000000000001', :'property', false, now() - interval '3 days');
select is(line, '3 1 33.3 0 0 0 never swept', 'a sweep under way says nothing yet')
from pg_temp.shown_drift;

-- happy path
update lead_sync_private.reconciliation_run set finished_at = now() - interval '47 h';
insert into lead_sync_private.reconciliation_finding (run_id, mapping_id, class, groups)
values ('00000000-0000-0000-0000-000000000001', :'one', 'matched', '{}'),
  ('00000000-0000-0000-0000-000000000001', :'two', 'drift',
    '{"groups": ["name"], "repaired": "updated"}');
select is(line || ' ' || (last_sweep_at = now() - interval '47 h'),
  '3 1 33.3 0 0 0 in step true', 'drift that was repaired is none') from pg_temp.shown_drift;
create function pg_temp.found(p_link uuid, p_class text) returns text
language plpgsql
as $$
begin
  update lead_sync_private.reconciliation_finding
  set class = p_class, groups = '{"groups": ["name"]}' where mapping_id = p_link;
  return (select line from pg_temp.shown_drift);
end
$$;
select is(pg_temp.found(:'two', class), '3 1 33.3 ' || line, class)
from (values ('drift', '1 0 0 drift'), ('missing_in_resman', '0 1 0 drift'),
  ('missing_in_domiq', '0 0 1 drift'), ('pending', '0 0 0 in step'),
  ('conflict', '0 0 0 in step')) as x(class, line);
update lead_sync_private.reconciliation_run set finished_at = now() - interval '49 h';
select is(line, '3 1 33.3 0 0 0 sweep overdue', 'after two days it is not known')
from pg_temp.shown_drift;
insert into lead_sync_private.reconciliation_run (property_id, repair, started_at, finished_at)
values (:'property', false, now() - interval '1 h', now());
select is(line || ' ' || (last_sweep_at = now()), '3 1 33.3 0 0 0 in step true',
  'the latest sweep counts') from pg_temp.shown_drift;

-- effects
set local role lead_sync_monitor;
select isnt_empty('select * from lead_sync.drift', 'lead_sync_monitor reads it');
reset role;

select * from finish();
rollback;
