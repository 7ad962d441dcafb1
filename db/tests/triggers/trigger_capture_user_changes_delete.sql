-- trigger_capture_user_changes_delete: a linked user leaves a tombstone for each lead.
begin;
select plan(7);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.trigger_of('public."user"', 'trigger_capture_user_changes_delete'),
  'before delete | row | - | lead_sync_private.bury_user', 'when it fires, and what it calls');

-- happy path
select pg_temp.given_lead() as lead \gset
select pg_temp.given_mapping(:'lead');
delete from public."user" u using public.conversation c
where c.id = :'lead' and u.id = c.user_id;
select ok(exists (select from lead_sync_private.tombstone t
  where t.conversation_id = :'lead' and t.reason like '%user%'), 'a tombstone stands for the lead');

-- edges: not linked yet
create function pg_temp.buried(p_lead uuid) returns text
language plpgsql
as $$
begin
  delete from public."user" u using public.conversation c
  where c.id = p_lead and u.id = c.user_id;
  return (select format('%s %s', t.property_id = pg_temp.property_of(p_lead),
      cardinality(t.contact_hashes) > 0)
    from lead_sync_private.tombstone t where t.conversation_id = p_lead);
end
$$;
select pg_temp.given_lead() as lead, pg_temp.given_lead() as intent,
  pg_temp.given_lead() as other \gset
update public.lead_sync_queue set state = '{"sent": {}}' where conversation_id = :'lead';
insert into lead_sync_private.create_intent (property_id, contact, conversation_id)
values (pg_temp.property_of(:'intent'), 'email:ann@example.com', :'intent');
select is(pg_temp.buried(:'lead'), 't t', 'a create that is under way is buried with the user');
select is(pg_temp.buried(:'intent'), 't t', 'so is one whose answer was lost');
select is(pg_temp.buried(:'other'), null, 'not what ResMan never heard of');
select pg_temp.given_lead() as linked \gset
select pg_temp.given_mapping(:'linked', '{"contact_id": null}');
select is(pg_temp.buried(:'linked'), 't t', 'a link without a contact is');

-- edges: nobody
select pg_temp.given_user() as nobody \gset
select lives_ok(format('delete from public."user" where id = %L', :'nobody'),
  'a user without a link is deleted');

select * from finish();
rollback;
