create or replace function lead_sync_private.write_conversation_values(
  p_id uuid, p_values jsonb, p_in_step text default null)
returns void
language plpgsql volatile
-- public: DomIQ's own triggers name their tables without a schema
set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
begin
  update public.conversation c
  set status = case when p_values ? 'status'
        then lead_sync_private.choose_status(c.status, p_values ->> 'status')
        when p_values ? 'domiq_status' then p_values ->> 'domiq_status' else c.status end,
      move_in_date = case when p_values ? 'move_in_date'
        then (p_values ->> 'move_in_date')::date else c.move_in_date end,
      price_range_min = case when p_values ? 'rent_min'
        then (p_values ->> 'rent_min')::numeric else c.price_range_min end,
      price_range_max = case when p_values ? 'rent_max'
        then (p_values ->> 'rent_max')::numeric else c.price_range_max end,
      apartment_size_preference = case when p_values ? 'bedrooms'
        then case p_values ->> 'bedrooms' when '0' then 'studio'
          else p_values ->> 'bedrooms' || ' bedroom' end
        else c.apartment_size_preference end,
      occupants_count = case when p_values ? 'occupants'
        then (p_values ->> 'occupants')::integer else c.occupants_count end,
      has_pets = case when p_values ? 'pets'
        then jsonb_array_length(nullif(p_values -> 'pets', 'null')) > 0 else c.has_pets end,
      pet_details = case when p_values ? 'pets'
        then nullif(nullif(p_values -> 'pets', 'null'), '[]') else c.pet_details end,
      ai_intent_summary = case when p_values ? 'comment'
        then p_values ->> 'comment' else c.ai_intent_summary end,
      is_book_tour = case when p_values ->> 'tour_at' is not null
        then true else c.is_book_tour end,
      tour_datetime = case when p_values ->> 'tour_at' is not null
        then (p_values ->> 'tour_at')::timestamptz at time zone (
          lead_sync_private.get_setting(b.property_id, 'time_zone') #>> '{}')
        else c.tour_datetime end,
      -- the stamp leaves them as they are here
      resman_sync_status = case when p_in_step is not null
        then 'synced' else c.resman_sync_status end,
      resman_lead_id = coalesce(p_in_step, c.resman_lead_id),
      resman_last_sync_at = case when p_in_step is not null
        then clock_timestamp() else c.resman_last_sync_at end
  from public.chatbot b
  where c.id = p_id and b.id = c.chatbot_id;
end
$fn$;
revoke all on function lead_sync_private.write_conversation_values(uuid, jsonb, text) from public;
comment on function lead_sync_private.write_conversation_values(uuid, jsonb, text) is
'Set the values of a conversation that a pull brings; what is absent stays as it is.
domiq_status: a status of DomIQ''s own, to be put back. p_in_step: the lead with which the
conversation is in step once this is written, if it is.
Raises: what DomIQ''s columns and constraints refuse.
Writes: conversation. DomIQ''s update triggers fire.';
