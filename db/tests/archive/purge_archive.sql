-- lead_sync.purge_archive
begin;
select plan(10);

-- surface
select function_returns('lead_sync', 'purge_archive', array['timestamp with time zone'],
  'bigint', 'it says how many rows it deleted');
select is_definer('lead_sync', 'purge_archive', array['timestamp with time zone'],
  'it runs with its owner''s rights');
select function_privs_are('lead_sync', 'purge_archive', array['timestamp with time zone'],
  'lead_sync_service', array['EXECUTE'], 'services may call it');
select function_privs_are('lead_sync', 'purge_archive', array['timestamp with time zone'],
  'public', array[]::text[], 'PUBLIC may not');

insert into public.lead_sync_log_archive (resman_lead_id, archived_at)
values ('old', now() - interval '3 days'), ('new', now());
insert into public.lead_sync_conflicts_archive (resman_lead_id, archived_at)
values ('old', now() - interval '3 days'), ('new', now());
insert into public.lead_sync_queue_archive (resman_lead_id, archived_at)
values ('old', now() - interval '3 days'), ('new', now());

-- errors
select throws_ok('select lead_sync.purge_archive(null)', 'LS001', null, 'a time is needed');

-- happy path
set local role lead_sync_service;
select is(lead_sync.purge_archive(now() - interval '4 days'), 0::bigint,
  'what was archived later stays');
select is(lead_sync.purge_archive(now() - interval '1 day'), 3::bigint,
  'what was archived before goes, from all three archives');
select is(lead_sync.purge_archive(now() - interval '1 day'), 0::bigint, 'once');
reset role;

select is(lead_sync.purge_archive(now()), 0::bigint, 'what was archived at that time stays');

-- effects
select results_eq(
  $$select resman_lead_id::text from public.lead_sync_log_archive
    union all select resman_lead_id::text from public.lead_sync_conflicts_archive
    union all select resman_lead_id::text from public.lead_sync_queue_archive$$,
  $$values ('new'), ('new'), ('new')$$,
  'the rest is there still');

select * from finish();
rollback;
