-- take_link: a lead that keeps still for a decision.
begin;
select plan(13);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.take_link'), 'void | volatile | - | -',
  'no role may call it');

-- happy path
select pg_temp.given_lead() as lead \gset
select lives_ok(format('select lead_sync_private.take_link(%L)', :'lead'), 'a lead at rest');
select is((select count(*) from public.conversation c where c.id = :'lead' and c.xmax <> 0)
  + (select count(*) from public."user" u join public.conversation c on c.user_id = u.id
     where c.id = :'lead' and u.xmax <> 0), 2::bigint, 'its rows are locked');
select ok(exists (select from pg_locks l where l.locktype = 'advisory' and l.objsubid = 1
    and l.pid = pg_backend_pid() and l.mode = 'ExclusiveLock'
    and (l.classid::bigint << 32) | l.objid::bigint
      = hashtextextended(:'lead'::text, 7813528840112739843)), 'and the lock that a claim takes');
select lives_ok(format('select lead_sync_private.take_link(%L)', :'lead'), 'again');
select pg_temp.given_conversation(null, pg_temp.given_property()) as chat \gset
select lives_ok(format('select lead_sync_private.take_link(%L)', :'chat'), 'one without a user');

-- edges: items of the lead that stand in the way, and such as do not
create function pg_temp.taken(p_lead uuid, p_values jsonb) returns text
language plpgsql
as $$
begin
  delete from public.lead_sync_queue;
  perform pg_temp.given_item(p_lead, '{"lease_token": "00000000-0000-0000-0000-00000000000a",
    "lease_until": "2099-01-01", "lease_length": "60 s", "attempt": 1}'::jsonb || p_values);
  perform lead_sync_private.take_link(p_lead);
  return 'taken';
exception when sqlstate 'LS011' then
  return sqlerrm;
end
$$;
select is(pg_temp.taken(:'lead', v), said, v::text)
from (values
  ('{"status": "processing"}'::jsonb, 'a push of the lead is in flight'),
  ('{"status": "processing", "sync_operation": "enrichment"}', 'a push of the lead is in flight'),
  ('{"status": "processing", "sync_operation": "pull"}', 'taken')) as x(v, said);
select is(pg_temp.taken(:'lead', jsonb_build_object('status', 'processing', 'lane', :'lead',
  'conversation_id', pg_temp.given_conversation(null, pg_temp.given_property()))),
  'a push of the lead is in flight', 'of a later conversation of the lead');
select pg_temp.given_item(pg_temp.given_lead(), '{"status": "processing", "attempt": 1,
  "lease_token": "00000000-0000-0000-0000-00000000000b", "lease_until": "2099-01-01",
  "lease_length": "60 s"}');
delete from public.lead_sync_queue where conversation_id = :'lead' or lane = :'lead';
select lives_ok(format('select lead_sync_private.take_link(%L)', :'lead'), 'another lead''s push');
select pg_temp.given_item(:'lead');
select lives_ok(format('select lead_sync_private.take_link(%L)', :'lead'), 'one that waits');

-- errors
select throws_ok('select lead_sync_private.take_link(gen_random_uuid())', 'LS011',
  'the conversation or its user is being written by another transaction',
  'refused: no row to lock');

select * from finish();
rollback;
