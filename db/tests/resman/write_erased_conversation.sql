-- write_erased_conversation: nothing of the package's is left on a conversation.
begin;
select plan(6);
\i db/tests/support/fixtures.psql
\i db/tests/support/capture.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.write_erased_conversation'),
  'void | volatile | - | -', 'no role may call it');

select pg_temp.given_property() as property \gset
select pg_temp.given_integration(:'property');
select pg_temp.given_quiet_lead(:'property', '{"ai_intent_summary": "asks"}') as lead,
  pg_temp.given_quiet_lead(:'property') as other \gset
update public.conversation
set resman_sync_status = 'synced', resman_lead_id = 'L1',
  resman_custom_fields = '{"unit": "B"}',
  resman_field_times = '{"comment": "2026-01-01T00:00:00Z"}', resman_last_sync_at = now()
where id in (:'lead', :'other');
create view pg_temp.kept as
select id, concat_ws(' ', resman_sync_status, resman_lead_id, resman_custom_fields,
  resman_field_times, resman_last_sync_at is not null) as kept
from public.conversation;

-- happy path
select lead_sync_private.write_erased_conversation(:'lead');
select is(kept, 'not_synced f', 'what came of ResMan is gone') from pg_temp.kept
where id = :'lead';
select is(status || ' ' || ai_intent_summary, 'new asks', 'what is DomIQ''s is not')
from public.conversation where id = :'lead';
select is(kept, 'synced L1 {"unit": "B"} {"comment": "2026-01-01T00:00:00Z"} t', 'of no other')
from pg_temp.kept where id = :'other';

-- effects
select is(pg_temp.captured(:'lead'), 'nothing', 'that is no edit to push');
set local search_path = '';
select lead_sync_private.write_erased_conversation(:'other');
set local search_path = public, tap;
select is(kept, 'not_synced f', 'whatever the caller''s path') from pg_temp.kept
where id = :'other';

select * from finish();
rollback;
