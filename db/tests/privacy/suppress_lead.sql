-- suppress_lead: a person at a property who is not to be synced, for the time being.
begin;
select plan(22);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync.suppress_lead'),
  'void | volatile definer | - | lead_sync_service', 'a service calls it');

-- happy path: a lead that waits
select pg_temp.given_lead() as lead, pg_temp.given_lead() as other \gset
select pg_temp.property_of(:'lead') as property \gset
update public.lead_sync_queue set next_retry_at = now(), updated_at = '2020-01-01',
  state = '{"sent": {"lead_id": null}}'
where conversation_id = :'lead';
update public.conversation set resman_sync_status = 'syncing' where id in (:'lead', :'other');
select pg_temp.given_item(:'lead', '{"status": "failed"}') as dead \gset
select lead_sync.suppress_lead(:'lead', 'asked for it');
select results_eq('select conversation_id, property_id, resman_lead_id, kind, reason,
    cardinality(contact_hashes), lifted_at is null from lead_sync_private.tombstone',
  format('values (%L::uuid, %L::uuid, null, ''suppressed'', ''asked for it'', 2, true)', :'lead',
    :'property'), 'a tombstone stands for the person');
select results_eq('select status::text, error_code::text, error_message,
    processed_at is not null and updated_at >= now() and next_retry_at is null, state
    from pg_temp.item(' || quote_literal(:'lead') || ')',
  $$values ('cancelled', 'suppressed', 'the lead is suppressed', true,
    '{"sent": {"lead_id": null}}'::jsonb)$$, 'what waits is cancelled, with what it knows');
select is(c.resman_sync_status, 'not_synced', 'the lead is syncing no longer')
from public.conversation c where c.id = :'lead';
select is(q.status, 'failed', 'a dead letter stays') from public.lead_sync_queue q
where q.id = :'dead';
select is(q.status || ' ' || c.resman_sync_status, 'pending syncing', 'other leads go on')
from pg_temp.item(:'other') q join public.conversation c on c.id = q.conversation_id;

-- happy path: a linked one
select pg_temp.given_mapping(:'other', '{"resman_lead_id": "R1"}');
select lead_sync.suppress_lead(:'other', 'asked for it');
select is(t.resman_lead_id, 'R1', 'its lead is not pulled either')
from lead_sync_private.tombstone t where t.conversation_id = :'other';

-- edges: twice
select pg_temp.given_item(:'lead') as again \gset
select lives_ok(format('select lead_sync.suppress_lead(%L, ''again'')', :'lead'), 'twice');
select is(count(*), 1::bigint, 'is once') from lead_sync_private.tombstone
where conversation_id = :'lead';
update lead_sync_private.tombstone set lifted_at = now() where conversation_id = :'lead';
select lead_sync.suppress_lead(:'lead', 'again');
select is(count(*), 2::bigint, 'after it was lifted is anew') from lead_sync_private.tombstone
where conversation_id = :'lead';
select is(q.status, 'cancelled', 'and cancels again') from public.lead_sync_queue q
where q.id = :'again';

-- edges: one that is in flight
select pg_temp.given_lead() as lead \gset
select pg_temp.claim(:'lead') is not null as claimed \gset
update public.conversation set resman_sync_status = 'syncing' where id = :'lead';
select lead_sync.suppress_lead(:'lead', 'asked for it');
select is(q.status || ' ' || c.resman_sync_status, 'processing syncing',
  'what is in flight is not cancelled')
from pg_temp.item(:'lead') q join public.conversation c on c.id = q.conversation_id;
select is(pg_temp.answer(:'lead', '{"outcome": "ok", "leads": []}') ->> 'ended', 'completed',
  'it meets the tombstone with its answer');
select is(q.status || ' ' || q.error_code || ' ' || c.resman_sync_status,
  'cancelled suppressed not_synced', 'and is cancelled then')
from pg_temp.item(:'lead') q join public.conversation c on c.id = q.conversation_id;

-- edges: another conversation that feeds the lead
select pg_temp.given_lead() as lead, pg_temp.given_lead() as follower \gset
update public.conversation c set user_id = l.user_id, chatbot_id = l.chatbot_id
from public.conversation l where l.id = :'lead' and c.id = :'follower';
insert into lead_sync_private.follower (conversation_id, mapping_id)
values (:'follower', pg_temp.given_mapping(:'lead'));
select lead_sync.suppress_lead(:'lead', 'asked for it');
update public."user" u set email = 'new@example.com', phone = null
from public.conversation c where c.id = :'lead' and u.id = c.user_id;
select is(pg_temp.claim(:'follower'), null, 'is not pushed to it either');
select is(q.status || ' ' || q.error_code, 'cancelled suppressed',
  'whatever has become of the contacts') from pg_temp.item(:'follower') q;

-- edges: an erased person can be suppressed, too
insert into lead_sync_private.tombstone (property_id, conversation_id, kind)
select :'property', id, 'erased' from (select pg_temp.given_lead() as id) as x
returning conversation_id as lead \gset
select lead_sync.suppress_lead(:'lead', 'asked for it');
select is(count(*), 1::bigint, 'another tombstone does not stand for this one')
from lead_sync_private.tombstone where conversation_id = :'lead' and kind = 'suppressed';

-- errors
select throws_ok(format('select lead_sync.suppress_lead(%L, %L)', :'lead', reason), 'LS001',
  'reason is missing', 'the reason ' || coalesce(quote_literal(reason), 'null'))
from unnest(array[null, '', ' ']) as reason;
select throws_ok(format('select lead_sync.suppress_lead(%L, ''why'')', id), 'LS002',
  'no such conversation', 'the conversation ' || coalesce(id::text, 'null'))
from unnest(array[null, '00000000-0000-0000-0000-000000000001']::uuid[]) as id;

select * from finish();
rollback;
