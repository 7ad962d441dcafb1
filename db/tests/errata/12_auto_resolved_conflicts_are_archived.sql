-- The specification's archive_resolved_conflicts takes 'resolved' alone: 'auto_resolved' rows
-- stay for ever.
begin;
select plan(1);

insert into public.lead_sync_conflicts
  (resman_lead_id, conflict_type, resolution_status, resolved_at)
select s, 'data_conflict', s, now() - interval '31 days'
from unnest(array['resolved', 'auto_resolved', 'pending', 'manual_review']) as s;
do 'begin perform public.archive_resolved_conflicts(); end';

select results_eq(
  'select resolution_status::text from public.lead_sync_conflicts_archive order by 1',
  $$values ('auto_resolved'), ('resolved')$$,
  'resolved and auto_resolved conflicts are archived, open ones are not');

select * from finish();
rollback;
