-- touch_integration: times and failures of a property, at most once a second.
begin;
select plan(19);
\i db/tests/support/fixtures.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.touch_integration'),
  'void | volatile | enable_seqscan=off jit=off | -',
  'no role may call it');

select pg_temp.given_property() as property, pg_temp.given_property() as other \gset
select pg_temp.given_integration(:'property') as i,
  pg_temp.given_integration(:'other') as o \gset
-- The row after an attempt that ended, when it had been written so long ago with these values:
-- whether it was written, failures, and whether the last success is of this attempt.
create function pg_temp.touched(p_property uuid, p_success boolean, p_age interval,
  p_errors integer, p_last timestamptz default '2020-01-01') returns text
language plpgsql
as $$
begin
  update public.resman_integration i
  set updated_at = clock_timestamp() - p_age, last_sync_at = '2020-01-02',
    error_count = p_errors,
      last_successful_sync_at = p_last
  where i.property_id = p_property;
  perform lead_sync_private.touch_integration(p_property, p_success);
  return (select concat_ws(' ',
      case when i.last_sync_at between now() and clock_timestamp()
        and i.updated_at = i.last_sync_at then 'written' else 'left' end,
      coalesce(i.error_count::text, '-'),
      case when i.last_successful_sync_at = i.last_sync_at then 'success'
        else i.last_successful_sync_at::date::text end)
    from public.resman_integration i where i.property_id = p_property);
end
$$;

-- happy path
select is(pg_temp.touched(:'property', true, '1 h', 0), 'written 0 success', 'a success');
select is(pg_temp.touched(:'property', false, '1 h', 2), 'written 3 2020-01-01',
  'a failure is counted');
select is(pg_temp.touched(:'property', true, '1 h', 3), 'written 0 success',
  'a success ends the count');

-- edges: no more than once a second; the row was written in the future, so it is never too old
select is(pg_temp.touched(:'property', true, '-1 h', 0, '2020-01-01'), 'left 0 2020-01-01',
  'a second success within a second is not written');
select is(pg_temp.touched(:'property', false, '-1 h', 2), 'left 2 2020-01-01',
  'nor a second failure');
select is(pg_temp.touched(:'property', true, '-1 h', 1), 'written 0 success',
  'a change of mood is: failures end');
select is(pg_temp.touched(:'property', false, '-1 h', 0), 'written 1 2020-01-01',
  'failures begin');
select is(pg_temp.touched(:'property', true, '-1 h', 0, null), 'written 0 success',
  'so is the first success');
select is(pg_temp.touched(:'property', false, '-1 h', 2, null), 'left 2',
  'but no failure before it');
select is(pg_temp.touched(:'property', true, '1.001 s', 0), 'written 0 success',
  'after a second it is written again');
select is(pg_temp.touched(:'property', false, '-1 h', null), 'left - 2020-01-01',
  'an unknown count is no change of mood');
select is(pg_temp.touched(:'property', false, '1 h', null), 'written 1 2020-01-01',
  'and counts from nothing');

select is(pg_temp.touched(:'property', true, '-0.9 s', 0), 'left 0 2020-01-01',
  'a second counts from the last write');

-- effects
select collect_tap(
  is(i.sync_status, 'active', 'the status is left alone'),
  is(i.sync_enabled, true, 'so is the switch'),
  is(i.status_reason, null, 'and the reason'))
from public.resman_integration i where i.property_id = :'property';
select is(i.last_successful_sync_at, null, 'other properties stay as they are')
from public.resman_integration i where i.property_id = :'other';
select lives_ok('select lead_sync_private.touch_integration(null, true)',
  'without a property nothing happens');

select * from finish();
rollback;
