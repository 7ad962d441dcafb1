-- The specification copies constraints into its archives with LIKE … INCLUDING ALL: an archive
-- can refuse a row.
begin;
select plan(4);

create temporary table archives as
select format('public.lead_sync_%s_archive', t)::regclass as archive
from unnest(array['log', 'conflicts', 'queue']) as t;

select is_empty(
  $$select conname from pg_constraint join archives on conrelid = archive
    where contype <> 'n'$$,
  'no key, check or reference');
select is_empty(
  $$select indexrelid::regclass from pg_index join archives on indrelid = archive
    where indisunique$$,
  'no unique index');
select is_empty(
  $$select attname from pg_attribute join archives on attrelid = archive
    where attnum > 0 and attnotnull$$,
  'no column that must have a value');
select lives_ok(
  $$insert into public.lead_sync_log_archive (id, conversation_id, created_at)
    select '00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002',
           '2024-01-01' from generate_series(1, 2)$$,
  'the same row can be archived twice');

select * from finish();
rollback;
