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
  v_result jsonb;
  v_country text;
begin
  with own as (
    select c.*, l.property_id, s.stage, row_number() over (order by c.created_at desc, c.id) as age
    from public.conversation c
    join lead_sync_private.lead l on l.conversation_id = c.id
    left join lead_sync_private.lead_status s on s.domiq_status = lower(btrim(c.status))
    -- an array, not an OR: one index probe each, however many conversations there are
    where c.id = any (array(
      select p_conversation_id
      union select m.conversation_id from public.lead_sync_mapping m where m.id = p_mapping_id
      union select f.conversation_id from lead_sync_private.follower f
        where f.mapping_id = p_mapping_id))
  ), fed as (
    -- the newest conversation with a value feeds each field
    select
      (array_agg(move_in_date order by age) filter (where move_in_date is not null))[1]
        as move_in_date,
      (array_agg(jsonb_build_array(floor(price_range_min), ceil(price_range_max)) order by age)
        filter (where coalesce(price_range_min, price_range_max) is not null))[1] as rent,
      (array_agg(apartment_size_preference order by age)
        filter (where apartment_size_preference ~* 'studio|\d'))[1] as size,
      (array_agg(occupants_count order by age)
        filter (where occupants_count is not null))[1] as occupants,
      (array_agg(lead_sync_private.read_pets(has_pets, pet_details) order by age)
        filter (where lead_sync_private.read_pets(has_pets, pet_details) is not null))[1] as pets,
      (array_agg(ai_intent_summary order by age)
        filter (where btrim(ai_intent_summary) <> ''))[1] as comment,
      (array_agg(tour_datetime at time zone
          (lead_sync_private.get_setting(property_id, 'time_zone') #>> '{}') order by age)
        filter (where is_book_tour and tour_datetime is not null))[1] as tour_at,
      case when (array_agg(stage order by age) filter (where stage is not null))[1] = 'lost'
        then 'lost'
        else (array_agg(stage order by array_position(array['leased', 'application',
          'tour_scheduled', 'qualified', 'contacted', 'new'], stage))
          filter (where stage is not null and stage <> 'lost'))[1] end as stage,
      min(property_id::text)::uuid as property_id
    from own
  )
  select jsonb_build_object(
      'first_name', nullif(btrim(u.first_name), '-'),
      'last_name', nullif(btrim(u.last_name), '-'), 'email', u.email,
      'phone', u.phone, 'move_in_date', to_char(f.move_in_date, 'YYYY-MM-DD'),
      'rent_min', f.rent -> 0, 'rent_max', f.rent -> 1, 'occupants', f.occupants,
      'comment', btrim(f.comment))
    || case when f.size ~* 'studio' then '{"bedrooms": 0}'
         when f.size is not null then jsonb_build_object('bedrooms',
           left(substring(f.size from '\d+'), 4)::integer)
         else '{}' end
    || case when f.pets is not null then jsonb_build_object('pets', f.pets) else '{}' end
    || case when f.tour_at is not null then jsonb_build_object('tour_at',
         to_char(f.tour_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) else '{}' end
    || case when f.stage is not null then jsonb_build_object('status', f.stage) else '{}' end,
    lead_sync_private.get_setting(f.property_id, 'country_code') #>> '{}'
  into v_result, v_country
  from fed f, public.conversation c
  join public."user" u on u.id = c.user_id
  where c.id = p_conversation_id;

  return v_result || jsonb_build_object(
    'email', lead_sync_private.normalise_value('email', v_result -> 'email'),
    'phone', lead_sync_private.normalise_value('phone', v_result -> 'phone', v_country));
end
$fn$;
revoke all on function lead_sync_private.build_lead(uuid, uuid) from public;
comment on function lead_sync_private.build_lead(uuid, uuid) is
'Write a conversation and its user as a canonical lead document, as DomIQ holds it now.
With a mapping, all conversations of that lead feed it: the newest with a value each field, the
furthest stage the status.
Returns: the document; bedrooms, pets, tour_at and status are absent where DomIQ says nothing that
can be read. Null without a user.';
