create or replace trigger trigger_log_field_policy
  after insert or update or delete on lead_sync_private.field_policy
  for each row
  execute function lead_sync_private.log_configuration();
comment on trigger trigger_log_field_policy on lead_sync_private.field_policy is
'Keep every change in configuration_log.';
