create or replace function lead_sync_private.write_lead_values(
  p_conversation_id uuid, p_user_id uuid, p_values jsonb, p_in_step text default null)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
declare
  v_status text;
begin
  if p_user_id is not null
     and p_values ?| array['first_name', 'last_name', 'email', 'phone'] then
    perform lead_sync_private.write_user_values(p_user_id, p_values);
  end if;
  if p_values ?| array['status', 'move_in_date', 'rent_min', 'rent_max', 'bedrooms',
      'occupants', 'pets', 'comment', 'tour_at'] then
    if p_values ->> 'tour_at' is not null then
      select lead_sync_private.choose_status(c.status, p_values ->> 'status') into v_status
      from public.conversation c where c.id = p_conversation_id;
    end if;
    perform lead_sync_private.write_conversation_values(array[p_conversation_id],
      array[p_values], array[p_in_step]);
    perform lead_sync_private.keep_summary(p_conversation_id, p_values ->> 'comment');
    -- DomIQ's trigger makes a stage of a tour: it must not bring back a lead that is lost or
    -- closed, nor undo that somebody has applied.
    if btrim(v_status) <> ''
      and not exists (
        select from lead_sync_private.lead_status s
        where s.domiq_status = lower(btrim(v_status)) and s.resman_type = 'prospect')
      and exists (
        select from public.conversation c
        where c.id = p_conversation_id and c.status is distinct from v_status) then
      perform lead_sync_private.write_conversation_values(array[p_conversation_id],
        array[jsonb_build_object('domiq_status', v_status)], array[p_in_step]);
    end if;
  end if;
end
$fn$;
revoke all on function lead_sync_private.write_lead_values(uuid, uuid, jsonb, text) from public;
comment on function lead_sync_private.write_lead_values(uuid, uuid, jsonb, text) is
'Write values of the canonical lead document to the user''s row, then to the conversation''s. A
tour that DomIQ''s trigger makes a stage of leaves a lost or closed lead, an applicant and a
resident so. p_in_step: as write_conversation_values.
Writes: "user", conversation; lead_event, for a summary.';
