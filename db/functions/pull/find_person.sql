create or replace function lead_sync_private.find_person(p_property_id uuid, p_lead jsonb)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $fn$
declare
  v_country text := lead_sync_private.get_setting(p_property_id, 'country_code') #>> '{}';
  v_email text := lead_sync_private.normalise_value('email', p_lead -> 'email') #>> '{}';
  v_phone text := lead_sync_private.normalise_value('phone', p_lead -> 'phone', v_country)
    #>> '{}';
  v_by_phone boolean := false;
  v_users uuid[];
  v_user public."user";
  v_row record;
  v_chosen uuid;
  v_known uuid[];
begin
  if lead_sync_private.is_creating(p_property_id,
      array['email:' || v_email, 'phone:' || v_phone]) then
    -- it may be this very lead
    return '{"outcome": "later", "code": "create_intent"}'::jsonb;
  end if;
  select d.user_id into v_chosen
  from lead_sync_private.identity_decision d
  where d.resman_lead_id = p_lead ->> 'lead_id' and d.same
  order by d.decided_at desc limit 1;
  v_users := case when v_chosen is not null then array[v_chosen]
    else array(select u from lead_sync_private.find_users(v_email, null, v_country) as u) end;
  if v_users = '{}' then
    v_by_phone := true;
    v_users := array(select u from lead_sync_private.find_users(null, v_phone, v_country) as u);
  end if;
  -- those of whom a person has said that they are somebody else
  v_known := v_users;
  v_users := array(select u from unnest(v_users) as u where not exists (
    select from lead_sync_private.identity_decision d
    where d.user_id = u and d.resman_lead_id = p_lead ->> 'lead_id' and not d.same));
  if v_users = '{}' and v_known <> '{}' then
    return jsonb_build_object('outcome', 'suppressed',
      'why', 'a person decided that the lead is nobody''s here');
  elsif cardinality(v_users) > 1 then
    return jsonb_build_object('outcome', 'conflict', 'user_id', v_users[1],
      'why', format('several users in DomIQ have this %s',
        case when v_by_phone then 'phone' else 'e-mail' end));
  elsif v_users = '{}' then
    if coalesce(p_lead ->> 'status', 'prospect') in ('applicant', 'current_resident') then
      return '{"outcome": "suppressed", "why": "applicants and residents are not imported"}'::jsonb;
    elsif coalesce(v_email, v_phone) is null then
      return '{"outcome": "suppressed", "why": "no e-mail and no phone"}'::jsonb;
    end if;
    return '{"outcome": "create"}'::jsonb;
  end if;

  select u.* into v_user from public."user" u where u.id = v_users[1];
  if v_by_phone and v_chosen is null and (
      v_email is not null and lead_sync_private.normalise_value('email', to_jsonb(v_user.email))
        not in ('null', to_jsonb(v_email))
      or lower(btrim(p_lead ->> 'last_name')) <> lower(btrim(v_user.last_name))) then
    return jsonb_build_object('outcome', 'conflict', 'user_id', v_user.id,
      'why', 'a user in DomIQ has this phone, with another e-mail or last name');
  end if;
  -- the user's conversations at this property, the newest first; is one linked already?
  for v_row in
    select c.id, lead_sync_private.find_mapping(c.id, c.user_id, p_property_id) as mapping
    from public.conversation c join public.chatbot b on b.id = c.chatbot_id
    where c.user_id = v_user.id and b.property_id = p_property_id
    order by c.created_at desc, c.id
  loop
    if (v_row.mapping).id is not null and (v_row.mapping).mapping_status <> 'deleted' then
      return jsonb_build_object('outcome', 'conflict', 'user_id', v_user.id,
        'conversation_id', (v_row.mapping).conversation_id,
        'why', 'the user is linked with another lead at this property');
    end if;
    return jsonb_build_object('outcome', 'link', 'conversation_id', v_row.id);
  end loop;
  if coalesce(p_lead ->> 'status', 'prospect') in ('applicant', 'current_resident') then
    return '{"outcome": "suppressed", "why": "applicants and residents are not imported"}'::jsonb;
  end if;
  return jsonb_build_object('outcome', 'create', 'user_id', v_user.id);
end
$fn$;
revoke all on function lead_sync_private.find_person(uuid, jsonb) from public;
comment on function lead_sync_private.find_person(uuid, jsonb) is
'Find out who in DomIQ a lead without a link is: by e-mail, then by phone; by phone alone only if the
e-mail is blank or equal and the last names do not differ.
Returns: {"outcome"}: link with "conversation_id"; create, with "user_id" where the user is known;
conflict with "why" where nothing may be guessed; suppressed; later.';
