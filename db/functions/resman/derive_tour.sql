create or replace function lead_sync_private.derive_tour(
  p_conversation_id uuid, p_events jsonb, p_sent jsonb default '{}')
returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $fn$
begin
  return (
    select e ->> 'at'
    from jsonb_array_elements(
      case when jsonb_typeof(p_events) = 'array' then p_events else '[]' end) as e
    left join lead_sync_private.lead_event s
      on s.conversation_id = p_conversation_id and s.key = e ->> 'key'
    where e ->> 'type' = 'Appointment' and e ->> 'at' is not null
    -- the one sent last, for ResMan keeps the moved ones too; a save whose answer was lost is
    -- later than all that were acknowledged; else the latest
    order by
      p_sent @> jsonb_build_object('events', jsonb_build_array(
        jsonb_build_object('key', e -> 'key'))) desc nulls last,
      p_sent @> jsonb_build_object('seen', jsonb_build_array(
        jsonb_build_object('key', e -> 'key'))) desc nulls last,
      s.sent_at desc nulls last, e ->> 'at' desc
    limit 1);
end
$fn$;
revoke all on function lead_sync_private.derive_tour(uuid, jsonb, jsonb) from public;
comment on function lead_sync_private.derive_tour(uuid, jsonb, jsonb) is
'Read the tour that ResMan shows out of a lead''s events: ResMan cannot cancel an appointment, so
of ours the one sent last counts.
p_sent: the last save whose answer was lost, as the item''s state keeps it.
Returns: the time as ISO text, null without an appointment.';
