-- Under plain yoyo: a request for a lock that waits makes DomIQ wait behind it.
select set_config('lock_timeout', '200ms', true) where current_setting('lock_timeout') = '0';

drop table lead_sync_private.schedule_clock;
drop table lead_sync_private.rate_slot;
drop table lead_sync_private.breaker;
delete from lead_sync_private.property_setting
where name in ('rate_limit', 'in_flight_limit', 'partner', 'partner_rate_limit',
  'partner_in_flight_limit', 'breaker_failures', 'breaker_pause', 'breaker_longest');
delete from lead_sync_private.setting_definition
where name in ('rate_limit', 'in_flight_limit', 'partner', 'partner_rate_limit',
  'partner_in_flight_limit', 'breaker_failures', 'breaker_pause', 'breaker_longest');
