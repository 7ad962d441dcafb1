-- may_be_created: whether a lead may be in ResMan though no answer has said so.
begin;
select plan(8);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.may_be_created'), 'boolean | stable | enable_seqscan=off | -',
  'no role may call it');

select pg_temp.given_lead() as lead, pg_temp.given_lead() as other \gset
update public.lead_sync_queue set state = '{}';
create function pg_temp.known(p_lead uuid, p_status text, p_state jsonb) returns boolean
language plpgsql
as $$
begin
  update public.lead_sync_queue set status = p_status, state = p_state,
    lease_token = case p_status when 'processing' then gen_random_uuid() end,
    lease_until = case p_status when 'processing' then now() + interval '1 min' end
  where conversation_id = p_lead;
  return lead_sync_private.may_be_created(p_lead);
end
$$;
select is(pg_temp.known(:'lead', 'pending', '{"lead_id": "R1"}'), false, 'nothing was sent');
select is(pg_temp.known(:'lead', status, '{"sent": {}}'), true, 'sent by an item that is '
  || status)
from unnest(array['pending', 'processing', 'failed']) as status;
select is(pg_temp.known(:'lead', 'completed', '{"sent": {}}'), false, 'what has ended is known');
insert into lead_sync_private.create_intent (property_id, contact, conversation_id)
values (pg_temp.property_of(:'other'), 'email:ann@example.com', :'other');
select is(lead_sync_private.may_be_created(:'other'), true, 'a create whose answer was lost');
select is(lead_sync_private.may_be_created(:'lead'), false, 'of another conversation');

select * from finish();
rollback;
