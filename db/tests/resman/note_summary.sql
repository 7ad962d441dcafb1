-- note_summary: when a summary is to be sent.
begin;
select plan(5);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.note_summary'), 'void | volatile | - | -',
  'no role may call it');

create function pg_temp.note(p_lead uuid) returns void
language sql
as $$ select lead_sync_private.note_summary(p_lead, pg_temp.property_of(p_lead)) $$;

-- edges
select pg_temp.note(pg_temp.given_lead());
select is(count(*), 0::bigint, 'nothing to note') from lead_sync_private.summary_due;

-- happy path
select pg_temp.given_lead('{"ai_intent_summary": "a balcony",
  "created_at": "2026-01-01T10:00:00Z"}') as lead \gset
select pg_temp.note(:'lead');
select is(d.due_at, timestamptz '2026-01-01T10:10:00Z', 'it is noted with its time')
from lead_sync_private.summary_due d where d.conversation_id = :'lead';
update public.conversation
set resman_field_times = '{"comment": "2026-01-01T11:00:00+00:00"}' where id = :'lead';
select pg_temp.note(:'lead');
select is(array_agg(d.due_at), array[timestamptz '2026-01-01T11:10:00Z'],
  'an edit moves the time')
from lead_sync_private.summary_due d where d.conversation_id = :'lead';

-- effects
delete from public.conversation where id = :'lead';
select is(count(*), 0::bigint, 'it goes with the conversation')
from lead_sync_private.summary_due;

select * from finish();
rollback;
