-- The specification's resolved_by keeps DomIQ from ever deleting a manager who resolved a
-- conflict.
begin;
\i db/tests/support/fixtures.psql
select plan(3);

create temporary table given as
select pg_temp.given_manager(pg_temp.given_property()) as manager_id;
insert into public.lead_sync_conflicts
  (conflict_type, resolution_status, resolved_at, resolved_by)
select 'data_conflict', 'resolved', now(), manager_id from given;

select lives_ok(
  'delete from public.property_manager where id = (select manager_id from given)',
  'the manager can be deleted');
select is((select count(*) from public.lead_sync_conflicts), 1::bigint, 'the conflict stays');
select is((select resolved_by from public.lead_sync_conflicts), null,
  'it no longer names anybody');

select * from finish();
rollback;
