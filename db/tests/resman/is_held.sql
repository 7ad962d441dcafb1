-- is_held: an open critical conflict stops a lead's pushes.
begin;
select plan(8);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.is_held'),
  'boolean | stable | enable_seqscan=off jit=off | -',
  'no role may call it');

select pg_temp.given_lead() as lead, pg_temp.given_lead() as other \gset
select is(lead_sync_private.is_held(:'lead'), false, 'nothing is in the way');
select pg_temp.given_row('lead_sync_conflicts', jsonb_build_object('conversation_id', :'lead',
  'property_id', pg_temp.property_of(:'lead'), 'conflict_type', 'data_conflict',
  'conflict_field', 'email', 'conflict_severity', 'critical',
  'resolution_status', 'pending')) as conflict \gset

-- happy path
select is(lead_sync_private.is_held(:'lead'), true, 'a critical conflict is');
select is(lead_sync_private.is_held(:'other'), false, 'for no other lead');
update public.lead_sync_conflicts set resolution_status = 'manual_review'
where id = :'conflict';
select is(lead_sync_private.is_held(:'lead'), true, 'in review as well');

-- edges
update public.lead_sync_conflicts set conflict_severity = 'high' where id = :'conflict';
select is(lead_sync_private.is_held(:'lead'), false, 'a lesser one is not');
update public.lead_sync_conflicts set conflict_severity = 'critical',
  resolution_status = 'resolved', resolved_at = now() where id = :'conflict';
select is(lead_sync_private.is_held(:'lead'), false, 'nor one that is resolved');
select is(lead_sync_private.is_held(null), false, 'without a conversation nothing is held');

select * from finish();
rollback;
