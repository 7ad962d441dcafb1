create or replace trigger trigger_log_integration
  after insert or delete or update of resman_property_id, api_credentials, webhook_url,
    sync_enabled, sync_status, sync_direction, sync_frequency on public.resman_integration
  for each row
  execute function lead_sync_private.log_configuration();
comment on trigger trigger_log_integration on public.resman_integration is
'Keep every change of the configuration in configuration_log; what items write is none.';
