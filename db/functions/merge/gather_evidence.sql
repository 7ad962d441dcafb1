create or replace function lead_sync_private.gather_evidence(
  p_conversation_id uuid, p_mapping public.lead_sync_mapping, p_rules jsonb default null)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_hashjoin = off
set enable_mergejoin = off
set enable_bitmapscan = off
as $fn$
declare
  v_row record;
  v_user_id uuid;
  v_times jsonb;
  v_opaque jsonb;
  v_seen jsonb;
  v_held jsonb;
  v_open boolean;
  v_spans boolean := false;
  v_all boolean := p_rules -> 'simple' = 'true' is not true;
begin
  -- Row by row: mostly there is but one conversation.
  for v_row in
    select c.user_id, c.resman_field_times as times, u.resman_field_times as user_times,
      btrim(c.status) <> '' and not exists (
        select from lead_sync_private.lead_status s
        where s.domiq_status = lower(btrim(c.status))) as status,
      btrim(c.apartment_size_preference) <> ''
        and c.apartment_size_preference !~* 'studio|\d' as bedrooms,
      coalesce(c.pet_details, 'null') not in ('null', '[]', '{}')
        and lead_sync_private.read_pets(c.has_pets, c.pet_details) is null as pets
    from public.conversation c left join public."user" u on u.id = c.user_id
    where v_all
      and c.id = any (lead_sync_private.link_conversations(p_conversation_id, p_mapping.id))
    order by c.created_at desc, c.id
  loop
    if v_times is null then -- the newest: it is the one that a pull writes
      v_user_id := v_row.user_id;
      v_times := coalesce(v_row.times, '{}') || coalesce(v_row.user_times, '{}');
      if v_row.status or v_row.bedrooms or v_row.pets then
        v_opaque := to_jsonb(array_remove(array[case when v_row.status then 'status' end,
          case when v_row.bedrooms then 'bedrooms' end, case when v_row.pets then 'pets' end],
          null));
      end if;
    elsif v_row.times is not null then
      v_times := v_times || (
        select coalesce(jsonb_object_agg(x.key, x.value), '{}')
        from jsonb_each_text(v_row.times) as x
        where (v_times ->> x.key)::timestamptz >= x.value::timestamptz is not true);
    end if;
  end loop;
  -- by the conversation's index alone: see finish_rows
  select jsonb_object_agg(c.conflict_field, jsonb_build_object('value', c.resman_value,
      'at', c.explanation -> 'resman_seen_at', 'after', c.explanation -> 'resman_after'))
      filter (where c.conflict_field is not null),
    jsonb_agg(c.conflict_field) filter (where c.explanation ? 'quarantine'), count(*) > 0
  into v_seen, v_held, v_open
  from public.lead_sync_conflicts c
  where c.conversation_id = p_conversation_id
    and coalesce(c.resolution_status in ('pending', 'manual_review'), false);
  if p_mapping.suppressed <> '{}' then
    v_seen := (
      select jsonb_object_agg(x.key, jsonb_build_object('value', x.value -> 'resman',
        'at', x.value -> 'at', 'after', x.value -> 'after'))
      from jsonb_each(p_mapping.suppressed) as x) || coalesce(v_seen, '{}');
  end if;
  if v_all then
    select count(distinct p.company_id) > 1 into v_spans
    from public.conversation c
    join public.chatbot b on b.id = c.chatbot_id
    join public.property p on p.id = b.property_id
    where c.user_id = v_user_id;
  end if;
  return jsonb_strip_nulls(jsonb_build_object(
    'domiq_times', nullif(v_times, '{}'),
    'resman_after', p_mapping.resman_read_at, 'resman_before', clock_timestamp(),
    'resman_seen', v_seen, 'held', v_held, 'open', nullif(v_open, false),
    'opaque', v_opaque, 'spans', v_spans));
end
$fn$;
revoke all on function lead_sync_private.gather_evidence(uuid, public.lead_sync_mapping, jsonb)
  from public;
comment on function lead_sync_private.gather_evidence(uuid, public.lead_sync_mapping, jsonb) is
'Gather what a merge of a link may go by besides the values: when each group was last changed in
DomIQ, between which reads ResMan''s change came, what DomIQ holds in a form nobody can read, and
whether the user has conversations with several companies.
p_rules: of the merge; simple: see still_groups, only what every merge goes by is gathered.
Returns: the evidence of merge_lead; "held": groups in quarantine, "open": there is an open
conflict.';
