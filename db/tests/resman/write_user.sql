-- write_user: what the package keeps on a user.
begin;
select plan(10);
\i db/tests/support/fixtures.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.write_user'),
  'void | volatile | enable_seqscan=off jit=off | -',
  'no role may call it');

select pg_temp.given_user() as "user", pg_temp.given_user() as other \gset
create view pg_temp.kept as
select id, concat_ws(' ', resman_sync_status, resman_contact_id,
  resman_last_sync_at::date) as kept
from public."user";

-- happy path
select lead_sync_private.write_user(:'user', 'synced', 'P1', '2026-01-01');
select is(kept, 'synced P1 2026-01-01', 'status, contact and time') from pg_temp.kept
where id = :'user';
select is(kept, 'not_synced', 'of no other') from pg_temp.kept where id = :'other';
select lead_sync_private.write_user(:'user', 'failed', null, null);
select is(kept, 'failed P1 2026-01-01', 'null leaves contact and time') from pg_temp.kept
where id = :'user';

-- errors
select throws_ok(format('select lead_sync_private.write_user(%L, %s)', :'other', a),
  '23514', null, 'refused: ' || a)
from unnest(array['''done'', null, null', '''synced'', null, null']) as a;

-- effects
select is(u.resman_sync_version, 0, 'that is no edit')
from public."user" u where u.id = :'user';
select is(count(*), 0::bigint, 'and queues nothing') from public.lead_sync_queue;
select pg_temp.given_property() as property \gset
select pg_temp.given_integration(:'property');
select pg_temp.given_conversation(:'user', :'property');
update public."user" set first_name = 'Ann' where id = :'user';
delete from public.lead_sync_queue;
select lead_sync_private.write_user(:'user', 'synced', null, null);
select is(count(*), 0::bigint, 'an edit of this transaction is not captured again')
from public.lead_sync_queue;
update public."user" set first_name = 'Anna' where id = :'user';
select is(count(*), 1::bigint, 'one that comes after is') from public.lead_sync_queue;

select * from finish();
rollback;
