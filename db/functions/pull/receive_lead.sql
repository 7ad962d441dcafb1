create or replace function lead_sync.receive_lead(p_property_id uuid, p_lead jsonb)
returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '500ms'
as $fn$
declare
  v_wrong text := lead_sync_private.check_lead(p_lead);
  v_direction public.resman_integration.sync_direction%type;
  v_at timestamptz := clock_timestamp();
  v_result jsonb;
begin
  if v_wrong is not null then
    raise exception using errcode = 'LS001', message = v_wrong,
      hint = 'Give a canonical lead document with its lead_id; what is not known is left out.';
  end if;
  select i.sync_direction into v_direction
  from public.resman_integration i where i.property_id = p_property_id;
  if not found then
    raise exception using errcode = 'LS003', message = 'property has no integration',
      hint = 'Add one with configure_integration or leadsync integration add.';
  elsif v_direction = 'to_resman' then
    raise exception using errcode = 'LS001', message = 'property does not take ResMan''s changes',
      hint = 'Its sync_direction is to_resman.';
  end if;
  if p_lead ? 'observed_at' then
    v_at := least((p_lead ->> 'observed_at')::timestamptz, v_at);
  end if;
  v_result := lead_sync_private.apply_one(p_property_id, p_lead - 'observed_at', v_at, null);
  return jsonb_build_object(
    -- what cannot be merged now is read from ResMan itself in a moment: nothing is lost
    'outcome', case v_result ->> 'outcome' when 'later' then 'unchanged'
      when 'failed' then 'conflict' else v_result ->> 'outcome' end,
    'conversation_id', v_result -> 'conversation_id',
    'conflict_ids', coalesce(v_result -> 'conflict_ids', '[]'))
    || case when v_result ->> 'outcome' in ('later', 'failed')
      then jsonb_build_object('queued', v_result ->> 'outcome' = 'later') else '{}' end;
end
$fn$;
revoke all on function lead_sync.receive_lead(uuid, jsonb) from public;
grant execute on function lead_sync.receive_lead(uuid, jsonb) to lead_sync_service;
comment on function lead_sync.receive_lead(uuid, jsonb) is
'Take in a lead as ResMan shows it, for a service that gets webhooks: the same merge as a pull, and
the same guarantees; given twice it changes nothing the second time.
p_lead: canonical lead document with lead_id; observed_at says when ResMan showed it, else now.
Returns: {"outcome": created, linked, updated, unchanged, conflict or suppressed,
"conversation_id","conflict_ids"}; "queued": true where a push is under way or a row is locked: the
lead is then read again by itself.
Raises: LS001, LS003.
Locks: DomIQ''s rows only if they can be had at once.
Writes: as a pull. Notifies: lead_sync_conflict; lead_sync_ready, while a runner sleeps.';
