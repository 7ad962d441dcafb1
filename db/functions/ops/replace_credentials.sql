create or replace function lead_sync.replace_credentials(
  p_property_id uuid, p_old jsonb, p_new jsonb, p_resealed boolean)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_done boolean;
begin
  if p_old is null or p_new is null or p_resealed is null then
    raise exception using errcode = 'LS001',
      message = 'both envelopes are needed, and whether the credentials in them are the same',
      hint = 'Read the old one with list_credentials.';
  end if;
  perform lead_sync_private.check_envelope(p_new);
  -- An answer to the old envelope tells as much of the new one where the credentials in them
  -- are the same: disconnect_property must go on believing it.
  update public.resman_integration i
  set api_credentials = p_new,
      credentials_changed_at = case when p_resealed
        then i.credentials_changed_at else clock_timestamp() end,
      sync_status = case when not p_resealed and i.sync_status = 'disconnected'
        then 'active' else i.sync_status end,
      status_reason = case when not p_resealed and i.sync_status = 'disconnected'
        then null else i.status_reason end,
      updated_at = clock_timestamp()
  where i.property_id = p_property_id and i.api_credentials = p_old;
  v_done := found;
  if not v_done and not exists (
      select from public.resman_integration i where i.property_id = p_property_id) then
    raise exception using errcode = 'LS003', message = 'property has no integration',
      hint = 'Add one with configure_integration or leadsync integration add.';
  end if;
  if v_done and not p_resealed then
    perform lead_sync_private.wake_runners();
  end if;
  return v_done;
end
$fn$;
revoke all on function lead_sync.replace_credentials(uuid, jsonb, jsonb, boolean) from public;
grant execute on function lead_sync.replace_credentials(uuid, jsonb, jsonb, boolean)
  to lead_sync_service;
comment on function lead_sync.replace_credentials(uuid, jsonb, jsonb, boolean) is
'Put a new envelope in the place of the old one, if that is still there. With p_resealed the
credentials in both are the same, and the property stays as it is; without, a disconnected
property is connected again.
Returns: whether it was done; false when the envelope had been replaced by another.
Raises: LS001, LS003, LS004 the new one is not an envelope.
Locks: the integration''s row. Writes: resman_integration.
Notifies: lead_sync_ready, while a runner sleeps, for credentials that have changed.';
