create or replace function lead_sync_private.plan_identity(
  p_item public.lead_sync_queue, p_state jsonb)
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
  v_state jsonb;
  -- found once an attempt, before the first search
  v_source jsonb := coalesce(p_state #> '{create_with,source}',
    lead_sync_private.resolve_source(p_item.property_id, p_item.conversation_id));
  v_agent jsonb;
  v_person record;
  v_email text;
  v_phone text;
  v_country text;
  v_lead jsonb;
  v_leads jsonb;
  v_by text;
begin
  -- What a create needs is known before ResMan is asked about the lead.
  if v_source is null then
    if not p_state ? 'source' then
      return lead_sync_private.ask(p_state, 'source', '{"call": "list_sources"}');
    end if;
    return jsonb_build_object('end', 'rejected', 'code', 'no_source', 'message',
      'no active ResMan source of this name: set the property''s default_source to one of '
      'ResMan''s, or name one in conversation.source');
  end if;
  v_agent := coalesce(p_state #> '{create_with,agent}',
    lead_sync_private.resolve_agent(p_item.property_id));
  if v_agent is null then
    if not p_state ? 'agent' then
      return lead_sync_private.ask(p_state, 'agent', '{"call": "list_agents"}');
    end if;
    return jsonb_build_object('end', 'rejected', 'code', 'no_agent', 'message',
      'no ResMan employee has the e-mail of the property''s primary manager: set the property''s '
      'default_agent to one of ResMan''s');
  end if;

  v_state := p_state || jsonb_build_object('create_with',
    jsonb_build_object('source', v_source, 'agent', v_agent));

  -- What a person has decided about who this is holds before any search.
  select c.user_id, u.email, u.phone, u.last_name, l.property_id, d.resman_lead_id as chosen
  into v_person
  from public.conversation c
  left join public."user" u on u.id = c.user_id
  left join lead_sync_private.lead l on l.conversation_id = c.id
  left join lead_sync_private.identity_decision d on d.user_id = c.user_id and d.same
    and not exists (select from public.lead_sync_mapping m
                    where m.resman_lead_id = d.resman_lead_id)
  where c.id = p_item.conversation_id
  order by d.decided_at desc nulls last limit 1;
  if v_person.chosen is not null then
    if p_state #>> '{read,value}' is distinct from v_person.chosen then
      return lead_sync_private.ask(v_state, 'read', jsonb_build_object(
        'call', 'search_leads', 'by', jsonb_build_object('lead_id', v_person.chosen)));
    end if;
    select l into v_lead
    from jsonb_array_elements(p_state #> '{read,leads}') as l
    where l ->> 'lead_id' = v_person.chosen;
    if v_lead is not null then
      return jsonb_build_object('lead', v_lead, 'read_at', p_state #> '{read,asked_at}');
    end if;
  end if;

  -- as build_lead has them; of the rest a search needs nothing
  if v_person.email is not null then
    v_email := lead_sync_private.normalise_value('email', to_jsonb(v_person.email)) #>> '{}';
  end if;
  if v_person.phone is not null then
    v_country := lead_sync_private.get_setting(v_person.property_id, 'country_code') #>> '{}';
    v_phone := lead_sync_private.normalise_value('phone', to_jsonb(v_person.phone), v_country)
      #>> '{}';
  end if;
  if v_email is not null then
    if p_state #>> '{email,value}' is distinct from v_email then
      return lead_sync_private.ask(v_state - 'phone', 'email', jsonb_build_object(
        'call', 'search_leads', 'by', jsonb_build_object('email', v_email)));
    end if;
    v_by := 'email';
    v_leads := p_state #> '{email,leads}';
    if v_leads is distinct from '[]' then
      v_leads := lead_sync_private.unrefused_leads(v_person.user_id,
        lead_sync_private.matching_leads(v_leads, 'email', v_email, v_country));
    end if;
  end if;
  if v_phone is not null and coalesce(jsonb_array_length(v_leads), 0) = 0 then
    if p_state #>> '{phone,value}' is distinct from v_phone then
      return lead_sync_private.ask(v_state, 'phone', jsonb_build_object(
        'call', 'search_leads', 'by', jsonb_build_object('phone', v_phone)));
    end if;
    v_by := 'phone';
    v_leads := p_state #> '{phone,leads}';
    if v_leads is distinct from '[]' then
      v_leads := lead_sync_private.unrefused_leads(v_person.user_id,
        lead_sync_private.matching_leads(v_leads, 'phone', v_phone, v_country));
    end if;
  end if;

  case jsonb_array_length(v_leads)
    when 0 then
      return jsonb_build_object('lead', null, 'source', v_source, 'agent', v_agent);
    when 1 then
      v_lead := v_leads -> 0;
    else
      return jsonb_build_object('ambiguous', format('%s leads in ResMan have this %s',
        jsonb_array_length(v_leads), v_by), 'leads', v_leads);
  end case;
  if v_by = 'phone' and (
      coalesce(lead_sync_private.normalise_value('email', v_lead -> 'email'), 'null')
        not in ('null', coalesce(to_jsonb(v_email), 'null'))
      or coalesce(lower(btrim(v_lead ->> 'last_name')), '')
        not in ('', lower(nullif(btrim(v_person.last_name), '-')))) then
    return jsonb_build_object('ambiguous',
      'a lead in ResMan has this phone, with another e-mail or last name', 'leads', v_leads);
  elsif exists (
    select from public.lead_sync_mapping m
    where m.resman_lead_id = v_lead ->> 'lead_id'
      and m.conversation_id is distinct from p_item.conversation_id) then
    return jsonb_build_object('ambiguous',
      'the lead in ResMan belongs to another conversation''s user', 'leads', v_leads);
  end if;
  return jsonb_build_object('lead', v_lead, 'read_at', p_state #> array[v_by, 'asked_at']);
end
$fn$;
revoke all on function lead_sync_private.plan_identity(public.lead_sync_queue, jsonb)
  from public;
comment on function lead_sync_private.plan_identity(public.lead_sync_queue, jsonb) is
'Find out which ResMan lead a conversation without a link is: look-ups first, then a search by
e-mail, then by phone, answers filtered by normalised equality before they are counted.
Returns: a plan with the next request; {"lead": null,"source","agent"} for none, with what a create
needs; {"lead","read_at"} for the one; {"ambiguous","leads"} where nothing may be guessed;
{"end": "rejected"} where ResMan lacks what a create needs.';
