create or replace function lead_sync_private.write_lead_values(
  p_conversation_id uuid, p_user_id uuid, p_values jsonb)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_type text;
begin
  if p_user_id is not null
     and p_values ?| array['first_name', 'last_name', 'email', 'phone'] then
    perform lead_sync_private.write_user_values(p_user_id, p_values);
  end if;
  if p_values ?| array['status', 'move_in_date', 'rent_min', 'rent_max', 'bedrooms',
      'occupants', 'pets', 'comment', 'tour_at'] then
    if p_values ->> 'tour_at' is not null then
      select coalesce(p_values ->> 'status', s.resman_type) into v_type
      from public.conversation c
      left join lead_sync_private.lead_status s on s.domiq_status = lower(btrim(c.status))
      where c.id = p_conversation_id;
    end if;
    perform lead_sync_private.write_conversation_values(p_conversation_id, p_values);
    -- DomIQ's trigger makes a stage of a tour: it must not bring back a lead that is lost, nor
    -- undo that somebody has applied.
    if exists (
        select from public.conversation c
        where c.id = p_conversation_id
          and lead_sync_private.choose_status(c.status, v_type) is distinct from c.status) then
      perform lead_sync_private.write_conversation_values(p_conversation_id,
        jsonb_build_object('status', v_type));
    end if;
  end if;
end
$fn$;
revoke all on function lead_sync_private.write_lead_values(uuid, uuid, jsonb) from public;
comment on function lead_sync_private.write_lead_values(uuid, uuid, jsonb) is
'Write values of the canonical lead document to the user''s row, then to the conversation''s. A
tour that DomIQ''s trigger makes a stage of leaves a lost lead, an applicant and a resident so.
Writes: "user", conversation.';
