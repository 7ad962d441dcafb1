create or replace function lead_sync_private.build_lead(
  p_conversation_id uuid, p_mapping_id uuid default null)
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
  v_ids uuid[] := array[p_conversation_id];
  v_user record;
  v_own record;
  v_country_of uuid;
  v_move_in_date date;
  v_rent_min numeric;
  v_rent_max numeric;
  v_size text;
  v_occupants integer;
  v_pets jsonb;
  v_comment text;
  v_tour_at timestamptz;
  v_newest_stage text;
  v_stage text;
  v_stages text[] := array['leased', 'application', 'tour_scheduled', 'qualified', 'contacted',
    'new'];
begin
  select u.first_name, u.last_name, u.email, u.phone into v_user
  from public.conversation c join public."user" u on u.id = c.user_id
  where c.id = p_conversation_id;
  if not found then
    return null;
  end if;
  if p_mapping_id is not null then
    v_ids := array(
      select p_conversation_id
      union select m.conversation_id from public.lead_sync_mapping m where m.id = p_mapping_id
      union select f.conversation_id from lead_sync_private.follower f
        where f.mapping_id = p_mapping_id);
  end if;
  -- The newest conversation with a value feeds each field. Row by row: mostly there is but one,
  -- and a statement with an aggregate for each field takes longer to start than to read it.
  for v_own in
    select c.move_in_date, c.price_range_min, c.price_range_max, c.apartment_size_preference,
      c.occupants_count, c.has_pets, c.pet_details, c.ai_intent_summary, c.is_book_tour,
      c.tour_datetime, l.property_id, s.stage
    from public.conversation c
    -- offset: a fence, since among few rows the join would be planned to walk all conversations
    cross join lateral (
      select x.property_id from lead_sync_private.lead x where x.conversation_id = c.id
      offset 0) as l
    left join lead_sync_private.lead_status s on s.domiq_status = lower(btrim(c.status))
    -- an array, not an OR: one index probe each, however many conversations there are
    where c.id = any (v_ids)
    order by c.created_at desc, c.id
  loop
    v_country_of := least(v_country_of, v_own.property_id);
    v_move_in_date := coalesce(v_move_in_date, v_own.move_in_date);
    if coalesce(v_rent_min, v_rent_max) is null then
      v_rent_min := floor(v_own.price_range_min);
      v_rent_max := ceil(v_own.price_range_max);
    end if;
    if v_size is null and v_own.apartment_size_preference ~* 'studio|\d' then
      v_size := v_own.apartment_size_preference;
    end if;
    v_occupants := coalesce(v_occupants, v_own.occupants_count);
    if v_pets is null and (v_own.has_pets is false or v_own.pet_details is not null) then
      v_pets := lead_sync_private.read_pets(v_own.has_pets, v_own.pet_details);
    end if;
    if v_comment is null and btrim(v_own.ai_intent_summary) <> '' then
      v_comment := btrim(v_own.ai_intent_summary);
    end if;
    if v_tour_at is null and v_own.is_book_tour and v_own.tour_datetime is not null then
      v_tour_at := v_own.tour_datetime at time zone
        (lead_sync_private.get_setting(v_own.property_id, 'time_zone') #>> '{}');
    end if;
    if v_own.stage is not null then
      v_newest_stage := coalesce(v_newest_stage, v_own.stage);
      if v_own.stage <> 'lost' and (v_stage is null
          or array_position(v_stages, v_own.stage) < array_position(v_stages, v_stage)) then
        v_stage := v_own.stage;
      end if;
    end if;
  end loop;
  if v_newest_stage = 'lost' then
    v_stage := 'lost';
  end if;

  return jsonb_build_object(
      'first_name', nullif(btrim(v_user.first_name), '-'),
      'last_name', nullif(btrim(v_user.last_name), '-'),
      'email', case when v_user.email is not null then
        lead_sync_private.normalise_value('email', to_jsonb(v_user.email)) end,
      'phone', case when v_user.phone is not null then
        lead_sync_private.normalise_value('phone', to_jsonb(v_user.phone),
          lead_sync_private.get_setting(v_country_of, 'country_code') #>> '{}') end,
      'move_in_date', to_char(v_move_in_date, 'YYYY-MM-DD'),
      'rent_min', v_rent_min, 'rent_max', v_rent_max, 'occupants', v_occupants,
      'comment', v_comment)
    || case when v_size ~* 'studio' then '{"bedrooms": 0}'
         when v_size is not null then jsonb_build_object('bedrooms',
           left(substring(v_size from '\d+'), 4)::integer)
         else '{}' end
    || case when v_pets is not null then jsonb_build_object('pets', v_pets) else '{}' end
    || case when v_tour_at is not null then jsonb_build_object('tour_at',
         to_char(v_tour_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) else '{}' end
    || case when v_stage is not null then jsonb_build_object('status', v_stage) else '{}' end;
end
$fn$;
revoke all on function lead_sync_private.build_lead(uuid, uuid) from public;
comment on function lead_sync_private.build_lead(uuid, uuid) is
'Write a conversation and its user as a canonical lead document, as DomIQ holds it now.
With a mapping, all conversations of that lead feed it: the newest with a value each field, the
furthest stage the status.
Returns: the document; bedrooms, pets, tour_at and status are absent where DomIQ says nothing that
can be read. Null without a user.';
