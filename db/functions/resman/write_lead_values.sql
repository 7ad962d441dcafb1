create or replace function lead_sync_private.write_lead_values(
  p_conversation_id uuid, p_user_id uuid, p_values jsonb)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $fn$
begin
  if p_user_id is not null and p_values ?| array['first_name', 'last_name', 'email', 'phone'] then
    perform lead_sync_private.write_user_values(p_user_id, p_values);
  end if;
  if p_values ?| array['status', 'move_in_date', 'rent_min', 'rent_max', 'bedrooms', 'occupants',
      'pets', 'comment', 'tour_at'] then
    perform lead_sync_private.write_conversation_values(p_conversation_id, p_values);
  end if;
end
$fn$;
revoke all on function lead_sync_private.write_lead_values(uuid, uuid, jsonb) from public;
comment on function lead_sync_private.write_lead_values(uuid, uuid, jsonb) is
'Write values of the canonical lead document to the user''s row, then to the conversation''s.
Writes: "user", conversation.';
