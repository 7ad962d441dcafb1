create or replace function lead_sync.configure_integration(
  p_property_id uuid, p_resman_property_id text, p_api_credentials jsonb,
  p_sync_direction text, p_sync_frequency text, p_webhook_url text)
returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_id uuid;
begin
  perform lead_sync_private.check_envelope(p_api_credentials);
  if btrim(p_resman_property_id) = '' or length(p_resman_property_id) > 100 then
    raise exception using errcode = 'LS001', message = 'ResMan property id is blank or too long',
      hint = 'Give the id that ResMan shows for the property, at most 100 characters.';
  elsif p_sync_direction not in ('to_resman', 'from_resman', 'bidirectional') then
    raise exception using errcode = 'LS001', message = 'unknown sync direction',
      hint = 'One of to_resman, from_resman, bidirectional.';
  elsif p_sync_frequency not in ('realtime', 'hourly', 'daily') then
    raise exception using errcode = 'LS001', message = 'unknown sync frequency',
      hint = 'One of realtime, hourly, daily.';
  elsif length(p_webhook_url) > 255 then
    raise exception using errcode = 'LS001', message = 'webhook URL is too long',
      hint = 'At most 255 characters.';
  elsif not exists (select from public.property p where p.id = p_property_id) then
    raise exception using errcode = 'LS002', message = 'no such property',
      hint = 'Give the id of a row of property.';
  end if;

  if not exists (
      select from public.resman_integration i where i.property_id = p_property_id) then
    if p_resman_property_id is null or p_api_credentials is null then
      raise exception using errcode = 'LS001',
        message = 'a new integration needs a ResMan property id and credentials',
        hint = 'Only an integration that exists can leave them unchanged with null.';
    end if;
    insert into public.resman_integration (property_id, resman_property_id, api_credentials)
    values (p_property_id, p_resman_property_id, p_api_credentials)
    on conflict on constraint uq_resman_integration_property do nothing;
  end if;

  update public.resman_integration i
  set resman_property_id = coalesce(p_resman_property_id, i.resman_property_id),
      api_credentials = coalesce(p_api_credentials, i.api_credentials),
      credentials_changed_at = case when p_api_credentials is null
        then i.credentials_changed_at else clock_timestamp() end,
      sync_status = case when p_api_credentials is not null and i.sync_status = 'disconnected'
        then 'active' else i.sync_status end,
      status_reason = case when p_api_credentials is not null and i.sync_status = 'disconnected'
        then null else i.status_reason end,
      sync_direction = coalesce(p_sync_direction, i.sync_direction),
      sync_frequency = coalesce(p_sync_frequency, i.sync_frequency),
      webhook_url = coalesce(p_webhook_url, i.webhook_url),
      updated_at = clock_timestamp()
  where i.property_id = p_property_id
  returning i.id into v_id;

  -- NOTIFY would break a PREPARE TRANSACTION; where those are possible runners poll.
  if current_setting('max_prepared_transactions') = '0' then
    perform pg_notify('lead_sync_control', '');
  end if;
  perform lead_sync_private.wake_runners();
  return v_id;
end
$fn$;
revoke all on function lead_sync.configure_integration(uuid, text, jsonb, text, text, text)
  from public;
grant execute on function lead_sync.configure_integration(uuid, text, jsonb, text, text, text)
  to lead_sync_service;
comment on function lead_sync.configure_integration(uuid, text, jsonb, text, text, text) is
'Switch a property on, or change how it is set up. Null leaves a value unchanged, or at its
default when the integration is new. New credentials connect a disconnected property again.
Queues nothing that exists already: see enqueue_backfill.
Returns: the integration''s id.
Raises: LS001, LS002 no such property, LS004 the credentials are not an envelope.
Writes: resman_integration. Notifies: lead_sync_control; lead_sync_ready, while a runner sleeps.';
