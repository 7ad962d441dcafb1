-- drop_create_intent: what a create had reserved is free again.
begin;
select plan(4);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.drop_create_intent'),
  'void | volatile | enable_seqscan=off jit=off | -',
  'no role may call it');

select pg_temp.given_property() as property, gen_random_uuid() as lead,
  gen_random_uuid() as other \gset
insert into lead_sync_private.create_intent (property_id, contact, conversation_id)
values (:'property', 'email:a', :'lead'), (:'property', 'phone:b', :'lead'),
  (:'property', 'email:c', :'other');
create function pg_temp.dropped(p_lead uuid) returns text
language plpgsql
as $$
begin
  perform lead_sync_private.drop_create_intent(p_lead);
  return (select string_agg(i.contact, ' ' order by i.contact)
    from lead_sync_private.create_intent i);
end
$$;

-- edges
select is(pg_temp.dropped(null), 'email:a email:c phone:b', 'no conversation, nothing happens');
select is(pg_temp.dropped(gen_random_uuid()), 'email:a email:c phone:b',
  'nor with one that has reserved nothing');

-- happy path
select is(pg_temp.dropped(:'lead'), 'email:c', 'all that a conversation has reserved goes');

select * from finish();
rollback;
