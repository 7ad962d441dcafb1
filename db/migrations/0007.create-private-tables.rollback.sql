-- Under plain yoyo: a request for a lock that waits makes DomIQ wait behind it.
select set_config('lock_timeout', '200ms', true) where current_setting('lock_timeout') = '0';

-- The code goes first: the tables below, and those of the migrations before, stand under it.
do $unload$
declare
  v_row record;
begin
  if to_regclass('lead_sync_private.code_object') is null then
    return;
  end if;
  for v_row in
    select kind, name as names from lead_sync_private.code_object where kind = 'trigger'
    union all
    select kind, string_agg(name, ', ') from lead_sync_private.code_object
    where kind <> 'trigger'
    group by kind
    order by 1 desc, 2
  loop
    execute format('drop %s %s', v_row.kind, v_row.names);
  end loop;
  drop view lead_sync_private.code_object;
end
$unload$;

drop table lead_sync_private.summary_due;
drop sequence lead_sync_private.claim_bound_xid, lead_sync_private.claim_bound,
  lead_sync_private.claim_low, lead_sync_private.claim_number;
drop table lead_sync_private.lead_event;
drop table lead_sync_private.create_intent;
drop table lead_sync_private.follower;
drop table lead_sync_private.lead_status;
drop table lead_sync_private.lead_field;
drop table lead_sync_private.lookup_fetch;
drop table lead_sync_private.lookup;
drop table lead_sync_private.property_setting;
drop table lead_sync_private.setting_definition;
drop table lead_sync_private.installed_object;
drop table lead_sync_private.applied_migration;
drop table lead_sync_private.code_file;
drop table lead_sync_private.code_version;
