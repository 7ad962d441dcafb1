create or replace function public.update_conversation_sync_status()
returns trigger
language plpgsql volatile
as $fn$
declare
  v_now jsonb;
begin
  -- Records are compared by their types' own operators, whatever the path. That costs a writer
  -- less than a WHEN clause of as many comparisons, which is read anew at every statement.
  if row(old.ai_intent_summary, old.is_qualified, old.is_book_tour, old.status,
      old.tour_datetime, old.move_in_date, old.price_range_min, old.price_range_max,
      old.apartment_size_preference, old.occupants_count, old.has_pets,
      old.pet_details, old.source, old.chatbot_id,
      old.user_id)::pg_catalog.record
    operator(pg_catalog.=)
    row(new.ai_intent_summary, new.is_qualified, new.is_book_tour, new.status,
      new.tour_datetime, new.move_in_date, new.price_range_min, new.price_range_max,
      new.apartment_size_preference, new.occupants_count, new.has_pets,
      new.pet_details, new.source, new.chatbot_id,
      coalesce(new.user_id, old.user_id))::pg_catalog.record
  then
    return new;
  end if;
  v_now := pg_catalog.to_jsonb(pg_catalog.clock_timestamp());
  new.resman_sync_version := coalesce(old.resman_sync_version, 0) operator(pg_catalog.+) 1;
  -- A pull says with its values that the row is in step. Nobody can hide an edit that way: what is
  -- captured goes by the mark and by what the link expects.
  if pg_catalog.current_setting('lead_sync.applying', true) operator(pg_catalog.<>) '' is not true
    or row(old.resman_last_sync_at)::pg_catalog.record
      operator(pg_catalog.=) row(new.resman_last_sync_at)::pg_catalog.record
  then
    new.resman_sync_status := 'not_synced';
  end if;
  -- The statement's trigger asks for the setting. Every stamp sees to it: nobody can hide an edit.
  new.resman_capture_mark := case
    when pg_catalog.current_setting('lead_sync.stamped', true) operator(pg_catalog.<>) ''
      then pg_catalog.txid_current()
    else pg_catalog.set_config('lead_sync.stamped',
      pg_catalog.txid_current()::pg_catalog.text, true)::pg_catalog.int8 end;
  new.resman_field_times := coalesce(old.resman_field_times, '{}') operator(pg_catalog.||)
    pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
      'status', case when row(old.status)::pg_catalog.record
        operator(pg_catalog.<>) row(new.status)::pg_catalog.record
        then v_now end,
      'move_in_date', case when row(old.move_in_date)::pg_catalog.record
        operator(pg_catalog.<>) row(new.move_in_date)::pg_catalog.record
        then v_now end,
      'rent', case when row(old.price_range_min, old.price_range_max)::pg_catalog.record
        operator(pg_catalog.<>) row(new.price_range_min, new.price_range_max)::pg_catalog.record
        then v_now end,
      'bedrooms', case when row(old.apartment_size_preference)::pg_catalog.record
        operator(pg_catalog.<>) row(new.apartment_size_preference)::pg_catalog.record
        then v_now end,
      'occupants', case when row(old.occupants_count)::pg_catalog.record
        operator(pg_catalog.<>) row(new.occupants_count)::pg_catalog.record
        then v_now end,
      'pets', case when row(old.has_pets, old.pet_details)::pg_catalog.record
        operator(pg_catalog.<>) row(new.has_pets, new.pet_details)::pg_catalog.record
        then v_now end,
      'comment', case when row(old.ai_intent_summary)::pg_catalog.record
        operator(pg_catalog.<>) row(new.ai_intent_summary)::pg_catalog.record
        then v_now end,
      'tour', case when row(old.is_book_tour, old.tour_datetime)::pg_catalog.record
        operator(pg_catalog.<>) row(new.is_book_tour, new.tour_datetime)::pg_catalog.record
        then v_now end));
  return new;
end
$fn$;
revoke all on function public.update_conversation_sync_status() from public;
comment on function public.update_conversation_sync_status() is
'Stamp a conversation whose synced fields changed: a new version, not_synced, a time for each
group that changed and the transaction''s mark. Any other edit passes. Trigger.
No pinned search_path: all is named in full, and a pin is paid for by every edit of DomIQ''s.';
