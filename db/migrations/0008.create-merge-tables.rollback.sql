-- Under plain yoyo: a request for a lock that waits makes DomIQ wait behind it.
select set_config('lock_timeout', '200ms', true) where current_setting('lock_timeout') = '0';

-- cascade: views of the code may stand on these; the rollbacks below drop all code.
drop index public.idx_lead_sync_queue_pulls;
drop table lead_sync_private.reconciliation_finding cascade;
drop table lead_sync_private.reconciliation_run cascade;
drop table lead_sync_private.tombstone cascade;
drop table lead_sync_private.hash_secret cascade;
drop type lead_sync_private.plain_pull cascade;
drop table lead_sync_private.pulled_lead cascade;
drop table lead_sync_private.pull_state cascade;
drop table lead_sync_private.field_change cascade;
drop table lead_sync_private.identity_decision cascade;
drop table lead_sync_private.lead_alias cascade;
alter table public.lead_sync_mapping
  drop column rules_version cascade, drop column resman_seen cascade,
  drop column seen_hash cascade, drop column suppressed cascade, drop column applied cascade;
drop table lead_sync_private.configuration_log cascade;
drop table lead_sync_private.field_policy cascade;
drop table lead_sync_private.resman_status cascade;
delete from lead_sync_private.lead_field where custom;
alter table lead_sync_private.lead_field drop column custom cascade;
drop table lead_sync_private.normaliser cascade;
delete from lead_sync_private.property_setting
where name in ('pull_interval', 'pull_overlap', 'pull_window', 'write_guard', 'deletion');
delete from lead_sync_private.setting_definition
where name in ('pull_interval', 'pull_overlap', 'pull_window', 'write_guard', 'deletion');
