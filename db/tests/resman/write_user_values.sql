-- write_user_values: a pull's values of a user.
begin;
select plan(5);
\i db/tests/support/fixtures.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.write_user_values'),
  'void | volatile | enable_seqscan=off jit=off | -',
  'no role may call it');

select pg_temp.given_user('Ann', 'Able', 'ann@example.com', '+13035550100') as "user",
  pg_temp.given_user('Bob', 'Best', 'bob@example.com', '+13035550101') as other \gset
create view pg_temp.kept as
select id, concat_ws(' ', first_name, last_name, email, phone) as kept from public."user";

-- happy path and edges
select lead_sync_private.write_user_values(:'user', '{"first_name": "Eve", "phone": null}');
select is(kept, 'Eve Able ann@example.com', 'what is named, a null too, and no more')
from pg_temp.kept where id = :'user';
select is(kept, 'Bob Best bob@example.com +13035550101', 'of no other') from pg_temp.kept
where id = :'other';
select lead_sync_private.write_user_values(:'user',
  '{"last_name": "Best", "email": "eve@example.com", "phone": "+13035550102"}');
select is(kept, 'Eve Best eve@example.com +13035550102', 'each field') from pg_temp.kept
where id = :'user';
select lead_sync_private.write_user_values(:'user', '{"status": "lost"}');
select is(kept, 'Eve Best eve@example.com +13035550102', 'others are not its own')
from pg_temp.kept where id = :'user';

select * from finish();
rollback;
