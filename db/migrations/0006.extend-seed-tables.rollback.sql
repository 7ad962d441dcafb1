drop index public.idx_lead_sync_queue_created;
drop index public.idx_lead_sync_queue_ready;
drop index public.idx_lead_sync_queue_later;
drop index public.idx_lead_sync_queue_pending_key;
drop index public.uq_lead_sync_queue_in_flight;
drop index public.uq_lead_sync_queue_lane_in_flight;
drop index public.idx_lead_sync_queue_busy;
drop index public.idx_lead_sync_queue_claimed;
drop index public.idx_lead_sync_queue_lease;
drop index public.uq_lead_sync_queue_lease_token;
drop index public.idx_lead_sync_queue_dead;
drop index public.idx_lead_sync_queue_owed;
drop index public.idx_lead_sync_log_property_created;
drop index public.uq_lead_sync_conflicts_open;
drop index public.idx_lead_sync_conflicts_property_open;
drop index public.idx_lead_sync_conflicts_guard;
alter table public.resman_integration
  drop column status_reason, drop column credentials_changed_at;
alter table public.lead_sync_queue
  drop column seq, drop column property_id, drop column error_code, drop column attempt,
  drop column lane, drop column lease_token, drop column lease_until,
  drop column lease_started_at, drop column lease_length, drop column claim_number,
  drop column runner_id,
  drop column owed, drop column state, drop column folded_into;
alter table public.lead_sync_queue_archive
  drop column seq, drop column property_id, drop column error_code, drop column attempt,
  drop column lane, drop column lease_token, drop column lease_until,
  drop column lease_started_at, drop column lease_length, drop column claim_number,
  drop column runner_id,
  drop column owed, drop column state, drop column folded_into;
alter table public.lead_sync_log
  drop column property_id, drop column item_id, drop column attempt, drop column sync_operation;
alter table public.lead_sync_log_archive
  drop column property_id, drop column item_id, drop column attempt, drop column sync_operation;
alter table public.lead_sync_conflicts
  drop column property_id, drop column mapping_id, drop column item_id, drop column base_value,
  drop column policy, drop column winner, drop column loser_value, drop column last_seen_at,
  drop column times_seen, drop column explanation;
alter table public.lead_sync_conflicts_archive
  drop column property_id, drop column mapping_id, drop column item_id, drop column base_value,
  drop column policy, drop column winner, drop column loser_value, drop column last_seen_at,
  drop column times_seen, drop column explanation;
alter table public.lead_sync_mapping
  drop column verified_at, drop column contact_id, drop column domiq_base, drop column resman_base,
  drop column base_moved_at, drop column resman_read_at, drop column user_sync_version,
  drop column base_unconfirmed, drop column missing_reads;
