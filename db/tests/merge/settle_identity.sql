-- settle_identity: what a person decided about who a lead is.
begin;
select plan(27);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.settle_identity'), 'uuid | volatile | - | -',
  'no role may call it');

-- A lead for which a push found two: the one that is looked at.
create temporary table it (lead uuid, "user" uuid, property uuid, conflict uuid);
create function pg_temp.given_pushed() returns void
language plpgsql
as $$
declare
  v_lead uuid := pg_temp.given_lead();
begin
  delete from public.lead_sync_queue;
  delete from it;
  insert into it
  select v_lead, c.user_id, pg_temp.property_of(v_lead), pg_temp.given_row('lead_sync_conflicts',
    jsonb_build_object('conversation_id', v_lead, 'property_id', pg_temp.property_of(v_lead),
      'conflict_type', 'duplicate_lead', 'conflict_field', 'identity',
      'conflict_severity', 'critical', 'domiq_value', lead_sync_private.build_lead(v_lead),
      'resman_value', '[{"lead_id": "R1"}, {"lead_id": "R2"}]'::jsonb))
  from public.conversation c where c.id = v_lead;
end
$$;
-- One lead that a pull found to be perhaps the user's.
create function pg_temp.given_pulled() returns void
language plpgsql
as $$
begin
  perform pg_temp.given_pushed();
  update public.lead_sync_conflicts c set conflict_field = 'identity R1',
    resman_value = '{"lead_id": "R1"}', domiq_value = jsonb_build_object('user_id', it."user")
  from it where c.id = it.conflict;
end
$$;
-- What was said of which lead; what is queued; the conflict; what the conversation shows.
create function pg_temp.settled(p_lead_id text) returns text
language plpgsql
as $$
declare
  v_item uuid;
begin
  begin
    v_item := (select lead_sync_private.settle_identity(c, p_lead_id)
      from it join public.lead_sync_conflicts c on c.id = it.conflict);
  exception when sqlstate 'LS011' or sqlstate 'LS020' then
    return concat_ws(' ', sqlstate, sqlerrm);
  end;
  return (
    select concat_ws('; ', (select string_agg(d.resman_lead_id || ' ' || d.same, ', '
        order by d.resman_lead_id) from lead_sync_private.identity_decision d
        where d.user_id = it."user"),
      coalesce((select concat_ws(' ', q.sync_operation, q.priority, q.resman_lead_id,
          q.sync_data ->> 'lead_id')
        from public.lead_sync_queue q where q.id = v_item and q.property_id = it.property
          and q.conversation_id is not distinct from it.lead), 'no item'),
      c.resolution_status, (select v.resman_sync_status from public.conversation v
        where v.id = it.lead))
    from it join public.lead_sync_conflicts c on c.id = it.conflict);
end
$$;

-- happy path: of a push
select pg_temp.given_pushed();
select is(pg_temp.settled('R2'), 'R1 false, R2 true; push 2; resolved; not_synced',
  'the chosen one is linked by the push, the other is somebody else''s');
update lead_sync_private.identity_decision set decided_at = '2026-01-01';
select is(pg_temp.settled('R1'), 'R1 true, R2 false; push 2; resolved; not_synced',
  'a later decision counts');
select is(count(*), 1::bigint, 'one push waits') from public.lead_sync_queue;
select ok(bool_and(d.decided_at > now()), 'and when it was decided')
from lead_sync_private.identity_decision d;
select pg_temp.given_pushed();
select is(pg_temp.settled(null), 'R1 false, R2 false; push 2; resolved; not_synced',
  'none of them: the push creates one');

-- happy path: of a pull
select pg_temp.given_pulled();
select is(pg_temp.settled('R1'), 'R1 true; pull 2 R1 R1; resolved; not_synced',
  'a pull of that lead links it');
select pg_temp.given_pulled();
select is(pg_temp.settled(null), 'R1 false; push 2; resolved; not_synced',
  'none: the user''s own push');
select pg_temp.given_pulled();
select pg_temp.given_mapping(it.lead, '{"resman_lead_id": "R0"}') from it;
update public.conversation c set resman_sync_status = 'conflict' from it where c.id = it.lead;
select is(pg_temp.settled(null), 'R1 false; push 2; resolved; synced',
  'of a user who has a lead: that one stays');

-- edges: nothing to push
select pg_temp.given_pushed();
update public.resman_integration i set sync_enabled = false from it
where i.property_id = it.property;
select is(pg_temp.settled('R1'), 'R1 true, R2 false; no item; resolved; not_synced',
  'a lead that may not be pushed');
select pg_temp.given_pulled();
update public.resman_integration i set sync_direction = 'from_resman' from it
where i.property_id = it.property;
select is(pg_temp.settled('R1'), 'R1 true; pull 2 R1 R1; resolved; not_synced', 'is pulled');

-- edges: a user without a conversation at the property
select pg_temp.given_pulled();
update public.lead_sync_conflicts c set conversation_id = null from it where c.id = it.conflict;
update it set lead = null;
select is(pg_temp.settled('R1'), 'R1 true; pull 2 R1 R1; resolved', 'the pull makes one');
select pg_temp.given_pulled();
update public.lead_sync_conflicts c set conversation_id = null from it where c.id = it.conflict;
select is(pg_temp.settled(null), 'R1 false; no item; resolved; not_synced', 'or nothing is done');

-- edges: another conflict of the lead
select pg_temp.given_pushed();
select pg_temp.given_row('lead_sync_conflicts', jsonb_build_object('conversation_id', it.lead,
  'conflict_type', 'data_conflict', 'conflict_field', 'rent')) from it;
select is(pg_temp.settled('R1'), 'R1 true, R2 false; push 2; resolved; conflict', 'is still open');

-- errors
create function pg_temp.refused(p_pulled boolean, p_break text) returns text
language plpgsql
as $$
begin
  perform case when p_pulled then pg_temp.given_pulled() else pg_temp.given_pushed() end;
  execute p_break;
  return pg_temp.settled('R1');
end
$$;
select is(pg_temp.refused(false, format(
  'update public."user" u set %s from it where u.id = it."user"', s)),
  'LS020 the values have moved', 'refused: ' || s)
from unnest(array['first_name = ''Kim''', 'last_name = ''Kim''', 'email = ''kim@example.com''',
  'phone = ''+13035550199''', 'email = null']) as s;
select is(pg_temp.refused(pulled, b), said, label)
from (values
  (false, 'update public.conversation c set user_id = null from it where c.id = it.lead',
   'LS020 the values have moved', 'refused: the user is gone'),
  (true, 'update public.conversation c set user_id = pg_temp.given_user() from it
    where c.id = it.lead', 'LS020 the values have moved', 'refused: it is another user''s'),
  (true, 'update public.lead_sync_conflicts c set conversation_id = null,
    domiq_value = ''{"user_id": "00000000-0000-0000-0000-00000000000a"}'' from it
    where c.id = it.conflict', 'LS020 the values have moved', 'refused: no such user'),
  (true, 'update public.lead_sync_conflicts c set conversation_id = null, domiq_value = ''{}''
    from it where c.id = it.conflict', 'LS020 the values have moved', 'refused: nobody'),
  (false, 'select pg_temp.given_mapping(it.lead, ''{"resman_lead_id": "R9"}'') from it',
   'LS011 the conversation has a lead already', 'refused: it has a lead already'),
  (false, 'select pg_temp.given_item(it.lead, ''{"status": "processing", "attempt": 1,
    "lease_token": "00000000-0000-0000-0000-00000000000b", "lease_until": "2099-01-01",
    "lease_length": "60 s"}'') from it', 'LS011 a push of the lead is in flight',
   'refused: in flight')
) as v(pulled, b, said, label);
select is(pg_temp.refused(true, 'update public."user" u set first_name = ''Kim'' from it
  where u.id = it."user"'), 'R1 true; pull 2 R1 R1; resolved; not_synced',
  'what a pull found does not hang on the user''s values');
select is(pg_temp.refused(false, 'select pg_temp.given_mapping(it.lead, ''{"resman_lead_id": "R8",
  "mapping_status": "deleted"}'') from it'), 'R1 true, R2 false; push 2; resolved; not_synced',
  'a link that was deleted is none');

select * from finish();
rollback;
