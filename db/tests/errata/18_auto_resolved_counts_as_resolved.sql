-- The specification's conflict_resolution_stats counts 'resolved' alone among rows grouped by
-- resolution_status: 'auto_resolved' never counts as resolved.
begin;
select plan(1);

insert into public.lead_sync_conflicts (conflict_type, resolution_status, resolved_at)
values ('data_conflict', 'auto_resolved', now()), ('data_conflict', 'auto_resolved', now()),
       ('data_conflict', 'resolved', now()), ('data_conflict', 'pending', null);

select results_eq(
  $$select resolution_status::text, total_conflicts, resolved_conflicts
    from public.conflict_resolution_stats where conflict_type = 'data_conflict' order by 1$$,
  $$values ('auto_resolved', 2::bigint, 2::bigint), ('pending', 1::bigint, 0::bigint),
           ('resolved', 1::bigint, 1::bigint)$$,
  'both kinds of resolution count as resolved');

select * from finish();
rollback;
