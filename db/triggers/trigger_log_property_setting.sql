create or replace trigger trigger_log_property_setting
  after insert or update or delete on lead_sync_private.property_setting
  for each row
  execute function lead_sync_private.log_configuration();
comment on trigger trigger_log_property_setting on lead_sync_private.property_setting is
'Keep every change in configuration_log.';
