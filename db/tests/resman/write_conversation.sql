-- write_conversation: what the package keeps on a conversation.
begin;
select plan(11);
\i db/tests/support/fixtures.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.write_conversation'),
  'void | volatile | enable_seqscan=off jit=off | -',
  'no role may call it');

select pg_temp.given_property() as property \gset
select pg_temp.given_conversation(pg_temp.given_user(), :'property') as lead,
  pg_temp.given_conversation(pg_temp.given_user(), :'property') as other \gset
create view pg_temp.kept as
select id, concat_ws(' ', resman_sync_status, resman_lead_id, resman_last_sync_at::date) as kept
from public.conversation;

-- happy path
select lead_sync_private.write_conversation(:'lead', 'synced', 'L1', '2026-01-01');
select is(kept, 'synced L1 2026-01-01', 'status, lead and time') from pg_temp.kept
where id = :'lead';
select is(kept, 'not_synced', 'of no other') from pg_temp.kept where id = :'other';
select lead_sync_private.write_conversation(:'lead', 'failed', null);
select is(kept, 'failed L1 2026-01-01', 'null leaves lead and time') from pg_temp.kept
where id = :'lead';

-- errors
select throws_ok(format('select lead_sync_private.write_conversation(%L, %s)', :'other', a),
  '23514', null, 'refused: ' || a)
from unnest(array['''done'', null', '''synced'', null']) as a;

-- effects
select is(c.resman_sync_version, 0, 'that is no edit') from public.conversation c
where c.id = :'lead';
select pg_temp.given_integration(:'property');
update public.conversation set occupants_count = 2 where id = :'lead';
delete from public.lead_sync_queue;
select lead_sync_private.write_conversation(:'lead', 'synced', null);
select is(count(*), 0::bigint, 'an edit of this transaction is not captured again')
from public.lead_sync_queue;
update public.conversation set occupants_count = 3 where id = :'lead';
select is(count(*), 1::bigint, 'one that comes after is') from public.lead_sync_queue;
select ok(c.updated_at = now(), 'DomIQ''s trigger fires') from public.conversation c
where c.id = :'lead';
set local search_path = '';
select lead_sync_private.write_conversation(:'lead', 'conflict', 'L2', '2026-02-01');
set local search_path = public, tap;
select is(kept, 'conflict L2 2026-02-01', 'whatever the caller''s path') from pg_temp.kept
where id = :'lead';

select * from finish();
rollback;
