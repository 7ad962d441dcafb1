create or replace function lead_sync.enqueue_pull(
  p_property_id uuid, p_since timestamptz default null, p_priority integer default 2)
returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_direction public.resman_integration.sync_direction%type;
begin
  if p_priority is null or p_priority not between 1 and 3 then
    raise exception using errcode = 'LS001', message = 'priority is out of range',
      hint = '1 low, 2 medium, 3 high.';
  elsif p_since > clock_timestamp() or not isfinite(p_since) then
    raise exception using errcode = 'LS001', message = 'since lies in the future',
      hint = 'Give the time from which on ResMan''s changes are to be read, or null.';
  end if;
  select i.sync_direction into v_direction
  from public.resman_integration i where i.property_id = p_property_id;
  if not found then
    raise exception using errcode = 'LS003', message = 'property has no integration',
      hint = 'Add one with configure_integration or leadsync integration add.';
  elsif v_direction = 'to_resman' then
    raise exception using errcode = 'LS001', message = 'property does not pull',
      hint = 'Its sync_direction is to_resman.';
  end if;
  return lead_sync_private.queue_pull(p_property_id, p_priority,
    case when p_since is null then '{}'
      else jsonb_build_object('since', to_jsonb(p_since)) end);
end
$fn$;
revoke all on function lead_sync.enqueue_pull(uuid, timestamptz, integer) from public;
grant execute on function lead_sync.enqueue_pull(uuid, timestamptz, integer)
  to lead_sync_service;
comment on function lead_sync.enqueue_pull(uuid, timestamptz, integer) is
'Queue a pull of what was modified in ResMan since p_since; null: since the last pull began.
Returns: the item''s id, the pending one''s where it joins one that reads as far back.
Raises: LS001, LS003.
Writes: lead_sync_queue. Notifies: lead_sync_ready, while a runner sleeps.';
