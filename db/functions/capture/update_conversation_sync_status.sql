create or replace function public.update_conversation_sync_status()
returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_now jsonb := to_jsonb(clock_timestamp());
begin
  new.resman_sync_version := coalesce(old.resman_sync_version, 0) + 1;
  new.resman_sync_status := 'not_synced';
  new.resman_capture_mark := pg_current_xact_id()::text::bigint;
  new.resman_field_times := coalesce(old.resman_field_times, '{}') || jsonb_strip_nulls(
    jsonb_build_object(
      'status', case when new.status is distinct from old.status then v_now end,
      'move_in_date', case when new.move_in_date is distinct from old.move_in_date then v_now end,
      'rent', case when new.price_range_min is distinct from old.price_range_min
        or new.price_range_max is distinct from old.price_range_max then v_now end,
      'bedrooms', case when new.apartment_size_preference
        is distinct from old.apartment_size_preference then v_now end,
      'occupants', case when new.occupants_count
        is distinct from old.occupants_count then v_now end,
      'pets', case when new.has_pets is distinct from old.has_pets
        or new.pet_details is distinct from old.pet_details then v_now end,
      'comment', case when new.ai_intent_summary
        is distinct from old.ai_intent_summary then v_now end,
      'tour', case when new.is_book_tour is distinct from old.is_book_tour
        or new.tour_datetime is distinct from old.tour_datetime then v_now end));
  return new;
end
$fn$;
revoke all on function public.update_conversation_sync_status() from public;
comment on function public.update_conversation_sync_status() is
'Stamp a conversation whose synced fields changed: a new version, not_synced, a time for each group
that changed and the transaction''s mark. Trigger; its WHEN clause holds the comparison.';
