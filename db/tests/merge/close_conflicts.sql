-- close_conflicts: conflicts on groups that are none any more.
begin;
select plan(10);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.close_conflicts'),
  'void | volatile | enable_seqscan=off jit=off | -',
  'no role may call it');

select pg_temp.given_lead() as lead, pg_temp.given_lead() as other \gset
create function pg_temp.given_conflict(p_lead uuid, p_field text, p_values jsonb default '{}')
returns uuid
language sql
as $$
  select pg_temp.given_row('lead_sync_conflicts', jsonb_build_object('conversation_id', p_lead,
    'conflict_type', 'data_conflict', 'conflict_field', p_field,
    'domiq_value', '{"a": 1}'::jsonb, 'updated_at', '2026-01-01') || p_values)
$$;
select pg_temp.given_conflict(:'lead', 'rent') as rent,
  pg_temp.given_conflict(:'lead', 'email', '{"resolution_status": "manual_review",
    "notes": "ask", "resolved_value": {"a": 2}}') as email,
  pg_temp.given_conflict(:'lead', 'phone') as phone,
  pg_temp.given_conflict(:'lead', null) as fieldless,
  pg_temp.given_conflict(:'lead', 'rent', '{"resolution_status": "resolved"}') as decided,
  pg_temp.given_conflict(:'other', 'rent') as others \gset

select lead_sync_private.close_conflicts(:'lead', '["rent", "email", "tour"]', 'why');

-- happy path
select is(format('%s %s %s', c.resolution_status, c.resolved_value, c.notes),
  'auto_resolved {"a": 1} why', 'a pending one, with DomIQ''s value')
from public.lead_sync_conflicts c where c.id = :'rent';
select ok(c.resolved_at between now() and clock_timestamp() and c.updated_at >= now(),
  'at this time') from public.lead_sync_conflicts c where c.id = :'rent';
select is(format('%s %s %s', c.resolution_status, c.resolved_value, c.notes),
  'auto_resolved {"a": 2} ask', 'one for a person, with what that person left')
from public.lead_sync_conflicts c where c.id = :'email';

-- edges
select is(c.resolution_status || ' ' || (c.updated_at < now()), expected || ' true', label)
from (values
  (:'phone'::uuid, 'pending', 'another group''s stays'),
  (:'fieldless', 'pending', 'one of no group stays'),
  (:'decided', 'resolved', 'one that is decided stays'),
  (:'others', 'pending', 'another conversation''s stays')) as v(id, expected, label)
join public.lead_sync_conflicts c on c.id = v.id;
select lead_sync_private.close_conflicts(:'lead', '[]', 'why'),
  lead_sync_private.close_conflicts(null, '["phone"]', 'why');
select is(count(*), 3::bigint, 'without groups or a conversation nothing is closed')
from public.lead_sync_conflicts c where c.resolution_status = 'pending';
select is(count(*), 1::bigint, 'and nothing decided again')
from public.lead_sync_conflicts c where c.resolution_status = 'resolved' and notes is null;

select * from finish();
rollback;
