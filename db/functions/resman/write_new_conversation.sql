create or replace function lead_sync_private.write_new_conversation(
  p_chatbot_id uuid, p_user_id uuid, p_property_id uuid, p_values jsonb)
returns public.lead_sync_mapping
language sql volatile
-- public: DomIQ's own triggers name their tables without a schema
set search_path = pg_catalog, public, pg_temp
as $fn$
  -- One statement: capture, which fires at its end, already sees the link.
  with made as (
    insert into public.conversation
      (chatbot_id, user_id, status, move_in_date, price_range_min, price_range_max,
       apartment_size_preference, occupants_count, has_pets, pet_details, ai_intent_summary,
       is_book_tour, tour_datetime, source, resman_lead_id)
    values (p_chatbot_id, p_user_id,
      coalesce(lead_sync_private.choose_status(null, p_values ->> 'status'), 'new'),
      (p_values ->> 'move_in_date')::date,
      (p_values ->> 'rent_min')::numeric, (p_values ->> 'rent_max')::numeric,
      case p_values ->> 'bedrooms' when '0' then 'studio'
        else p_values ->> 'bedrooms' || ' bedroom' end,
      (p_values ->> 'occupants')::integer,
      jsonb_array_length(nullif(p_values -> 'pets', 'null')) > 0,
      nullif(nullif(p_values -> 'pets', 'null'), '[]'),
      p_values ->> 'comment', p_values ->> 'tour_at' is not null,
      (p_values ->> 'tour_at')::timestamptz at time zone (
        lead_sync_private.get_setting(p_property_id, 'time_zone') #>> '{}'),
      'resman', p_values ->> 'lead_id')
    returning id
  )
  insert into public.lead_sync_mapping
    (conversation_id, resman_lead_id, property_id, contact_id, mapping_status, sync_version,
     applied, created_at)
  select m.id, p_values ->> 'lead_id', p_property_id, p_values ->> 'contact_id', 'active', 0,
    jsonb_build_object('xid', pg_current_xact_id()::text, 'new', true), clock_timestamp()
  from made m
  returning *;
$fn$;
revoke all on function lead_sync_private.write_new_conversation(uuid, uuid, uuid, jsonb)
  from public;
comment on function lead_sync_private.write_new_conversation(uuid, uuid, uuid, jsonb) is
'Make a conversation with its final status for a lead that ResMan alone has, and its link.
Returns: the mapping. Raises: what DomIQ''s columns and constraints refuse.
Writes: conversation, lead_sync_mapping.';
