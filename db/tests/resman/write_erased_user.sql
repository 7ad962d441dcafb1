-- write_erased_user: nothing of the package's is left on a "user".
begin;
select plan(6);
\i db/tests/support/fixtures.psql
\i db/tests/support/capture.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.write_erased_user'), 'void | volatile | - | -',
  'no role may call it');

select pg_temp.given_property() as property \gset
select pg_temp.given_integration(:'property');
select pg_temp.given_user('Ann', 'Able', 'ann@example.com', '+13035550100') as "user",
  pg_temp.given_user() as other \gset
select pg_temp.given_conversation(:'user', :'property') as lead \gset
delete from public.lead_sync_queue;
update public."user"
set resman_sync_status = 'synced', resman_contact_id = 'P1',
  resman_custom_fields = '{"age": 4}',
  resman_field_times = '{"email": "2026-01-01T00:00:00Z"}', resman_last_sync_at = now();
create view pg_temp.kept as
select id, concat_ws(' ', resman_sync_status, resman_contact_id, resman_custom_fields,
  resman_field_times, resman_last_sync_at is not null) as kept
from public."user";

-- happy path
select lead_sync_private.write_erased_user(:'user');
select is(kept, 'not_synced f', 'what came of ResMan is gone') from pg_temp.kept
where id = :'user';
select is(concat_ws(' ', first_name, last_name, email, phone),
  'Ann Able ann@example.com +13035550100', 'what is DomIQ''s is not')
from public."user" where id = :'user';
select is(kept, 'synced P1 {"age": 4} {"email": "2026-01-01T00:00:00Z"} t', 'of no other')
from pg_temp.kept where id = :'other';

-- effects
select is(pg_temp.captured(:'lead'), 'nothing', 'that is no edit to push');
set local search_path = '';
select lead_sync_private.write_erased_user(:'other');
set local search_path = public, tap;
select is(kept, 'not_synced f', 'whatever the caller''s path') from pg_temp.kept
where id = :'other';

select * from finish();
rollback;
