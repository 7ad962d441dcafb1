create or replace function lead_sync_private.write_conversation_values(
  p_ids uuid[], p_values jsonb[], p_in_step text[] default null)
returns void
language plpgsql volatile
-- public: DomIQ's own triggers name their tables without a schema
set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off
set jit = off
set enable_hashjoin = off
set enable_mergejoin = off
as $fn$
begin
  update public.conversation c
  set status = case when w.told ? 'status'
        then lead_sync_private.choose_status(c.status, w.told ->> 'status')
        when w.told ? 'domiq_status' then w.told ->> 'domiq_status' else c.status end,
      move_in_date = case when w.told ? 'move_in_date'
        then (w.told ->> 'move_in_date')::date else c.move_in_date end,
      price_range_min = case when w.told ? 'rent_min'
        then (w.told ->> 'rent_min')::numeric else c.price_range_min end,
      price_range_max = case when w.told ? 'rent_max'
        then (w.told ->> 'rent_max')::numeric else c.price_range_max end,
      apartment_size_preference = case when w.told ? 'bedrooms'
        then case w.told ->> 'bedrooms' when '0' then 'studio'
          else w.told ->> 'bedrooms' || ' bedroom' end
        else c.apartment_size_preference end,
      occupants_count = case when w.told ? 'occupants'
        then (w.told ->> 'occupants')::integer else c.occupants_count end,
      has_pets = case when w.told ? 'pets'
        then jsonb_array_length(nullif(w.told -> 'pets', 'null')) > 0 else c.has_pets end,
      pet_details = case when w.told ? 'pets'
        then nullif(nullif(w.told -> 'pets', 'null'), '[]') else c.pet_details end,
      ai_intent_summary = case when w.told ? 'comment'
        then w.told ->> 'comment' else c.ai_intent_summary end,
      is_book_tour = case when w.told ->> 'tour_at' is not null
        then true else c.is_book_tour end,
      tour_datetime = case when w.told ->> 'tour_at' is not null
        then (w.told ->> 'tour_at')::timestamptz at time zone (
          lead_sync_private.get_setting(b.property_id, 'time_zone') #>> '{}')
        else c.tour_datetime end,
      -- the stamp leaves them as they are here
      resman_sync_status = case when w.lead_id is not null
        then 'synced' else c.resman_sync_status end,
      resman_lead_id = coalesce(w.lead_id, c.resman_lead_id),
      resman_last_sync_at = case when w.lead_id is not null
        then clock_timestamp() else c.resman_last_sync_at end
  from unnest(p_ids, p_values, p_in_step) as w(id, told, lead_id), public.chatbot b
  where c.id = w.id and b.id = c.chatbot_id;
end
$fn$;
revoke all on function lead_sync_private.write_conversation_values(uuid[], jsonb[], text[])
  from public;
comment on function lead_sync_private.write_conversation_values(uuid[], jsonb[], text[]) is
'Set the values that pulls bring of conversations, in one statement; what is absent stays as it is.
domiq_status: a status of DomIQ''s own, to be put back. p_in_step: the lead with which each
conversation is in step once this is written, if it is.
Raises: what DomIQ''s columns and constraints refuse.
Writes: conversation. DomIQ''s update triggers fire.';
