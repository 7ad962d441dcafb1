-- The specification's index on (resolved_at - created_at) lacks the expression's parentheses.
begin;
select plan(2);

select has_index('public', 'lead_sync_conflicts', 'idx_lead_sync_conflicts_resolution_time',
  'the index exists');
select is(
  pg_get_indexdef(to_regclass('public.idx_lead_sync_conflicts_resolution_time'), 1, false),
  '((resolved_at - created_at))',
  'its key is the time it took to resolve');

select * from finish();
rollback;
