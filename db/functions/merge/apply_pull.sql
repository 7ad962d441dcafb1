create or replace function lead_sync_private.apply_pull(
  p_conversation_id uuid, p_mapping public.lead_sync_mapping, p_domiq jsonb, p_groups jsonb,
  p_in_step text default null)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $fn$
declare
  v_target uuid;
  v_user_id uuid;
  v_group text;
  v_values jsonb := '{}'::jsonb;
  v_contacts jsonb := '{}'::jsonb;
  v_others jsonb;
  v_failed jsonb := '{}'::jsonb;
begin
  -- The newest conversation with a value feeds each field: it is the one that is written.
  select c.id, c.user_id into v_target, v_user_id
  from public.conversation c
  where c.id = any (lead_sync_private.link_conversations(p_conversation_id, p_mapping.id))
  order by c.created_at desc, c.id limit 1;
  if (p_in_step is null or v_target <> p_conversation_id) -- a pull has locked its own
    and not lead_sync_private.lock_lead_rows(v_target) then
    raise exception using errcode = 'lock_not_available',
      message = 'the conversation or its user is being written by another transaction';
  end if;
  for v_group in select k from jsonb_object_keys(p_groups) as k loop
    v_values := v_values || (p_groups -> v_group);
  end loop;
  v_others := v_values;
  if v_values ?| array['first_name', 'last_name', 'email', 'phone'] then
    select coalesce(jsonb_object_agg(e.key, e.value) filter (where f.is_contact), '{}'),
      coalesce(jsonb_object_agg(e.key, e.value) filter (where f.is_contact is not true), '{}')
    into v_contacts, v_others
    from jsonb_each(v_values) as e
    left join lead_sync_private.lead_field f on f.field = e.key;
  end if;
  begin
    -- a statement each, and each is captured: what the second writes is not there with the first
    if v_contacts <> '{}' then
      perform lead_sync_private.expect_values(array[p_mapping.id],
        array[p_domiq || v_contacts]);
      perform lead_sync_private.write_lead_values(v_target, v_user_id, v_contacts);
    end if;
    if v_others <> '{}' then
      perform lead_sync_private.expect_values(array[p_mapping.id],
        array[p_domiq || v_values]);
      perform lead_sync_private.write_lead_values(v_target, v_user_id, v_others, p_in_step);
    end if;
  exception when data_exception or integrity_constraint_violation or raise_exception then
    -- one group at a time: what DomIQ takes is taken, what it refuses is a conflict
    v_values := '{}'::jsonb;
    for v_group in select k from jsonb_object_keys(p_groups) as k loop
      begin
        perform lead_sync_private.expect_values(array[p_mapping.id],
          array[p_domiq || v_values || (p_groups -> v_group)]);
        perform lead_sync_private.write_lead_values(v_target, v_user_id, p_groups -> v_group);
        v_values := v_values || (p_groups -> v_group);
      exception when data_exception or integrity_constraint_violation or raise_exception then
        v_failed := v_failed || jsonb_build_object(v_group, case
          when sqlstate = '23505' then jsonb_build_object('type', 'duplicate_lead',
            'severity', 'critical',
            'why', 'the value belongs to another user in DomIQ')
          else jsonb_build_object('type', 'field_mismatch', 'severity', 'medium',
            'why', format('DomIQ does not take the value (%s)', sqlstate)) end);
      end;
    end loop;
  end;
  perform set_config('lead_sync.applying', '', true);
  return v_failed;
end
$fn$;
revoke all on function lead_sync_private.apply_pull(uuid, public.lead_sync_mapping, jsonb, jsonb,
  text) from public;
comment on function lead_sync_private.apply_pull(uuid, public.lead_sync_mapping, jsonb, jsonb,
  text) is
'Write what ResMan changed to DomIQ''s rows: the user, and the newest conversation of the link.
p_domiq: the lead as DomIQ held it. p_groups: {group: normalised values}. p_in_step: as
write_conversation_values.
Returns: {group: {"type","severity","why"}} for what DomIQ does not take; {} where all was written.
Raises: lock_not_available where the rows cannot be had at once.
Locks: "user", then conversation, by SKIP LOCKED. Writes: "user", conversation, lead_sync_mapping.';
