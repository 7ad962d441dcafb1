create or replace trigger trigger_update_conversation_sync_status
  before update on public.conversation
  for each row
  when (old.ai_intent_summary is distinct from new.ai_intent_summary
    or old.is_qualified is distinct from new.is_qualified
    or old.is_book_tour is distinct from new.is_book_tour
    or old.status is distinct from new.status
    or old.tour_datetime is distinct from new.tour_datetime
    or old.move_in_date is distinct from new.move_in_date
    or old.price_range_min is distinct from new.price_range_min
    or old.price_range_max is distinct from new.price_range_max
    or old.apartment_size_preference is distinct from new.apartment_size_preference
    or old.occupants_count is distinct from new.occupants_count
    or old.has_pets is distinct from new.has_pets
    or old.pet_details is distinct from new.pet_details
    or old.source is distinct from new.source
    or old.chatbot_id is distinct from new.chatbot_id
    or old.user_id is distinct from new.user_id and new.user_id is not null)
  execute function public.update_conversation_sync_status();
comment on trigger trigger_update_conversation_sync_status on public.conversation is
'Stamp a row whose synced fields changed. An edit of anything else does not fire it.';
