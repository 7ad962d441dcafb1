-- The specification's last_sync_at DEFAULT NOW() claims a sync that never was. The column stays
-- as it is; nothing takes it for a cursor, and its comment warns of it.
begin;
\i db/tests/support/fixtures.psql
select plan(3);

create temporary table given as select pg_temp.given_property() as property_id;
select pg_temp.given_integration(property_id) from given;

select col_default_is('public', 'resman_integration', 'last_sync_at', 'now()',
  'the column keeps its default');
select matches(
  col_description('public.resman_integration'::regclass,
    (select attnum from pg_attribute
     where attrelid = 'public.resman_integration'::regclass and attname = 'last_sync_at')),
  'no cursor reads it', 'the comment warns of it');
select is(
  (select s.last_successful_sync_at from public.property_sync_status s
   join given using (property_id)),
  null, 'a new property has never been synced with success');

select * from finish();
rollback;
