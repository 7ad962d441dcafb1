-- raise_severities: one level for each day that a conflict stays open.
begin;
select plan(19);
\i db/tests/support/fixtures.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.raise_severities'),
  'integer | volatile | enable_seqscan=off jit=off | -',
  'no role may call it');

-- What becomes of a conflict that has been open for so long: severity, levels on record.
create function pg_temp.raised(p_severity text, p_open interval, p_values jsonb default '{}')
returns text
language plpgsql
as $$
declare
  v_id uuid := pg_temp.given_row('lead_sync_conflicts', jsonb_build_object(
    'conflict_type', 'data_conflict', 'conflict_field', 'rent', 'conflict_severity', p_severity,
    'resolution_status', 'pending', 'created_at', clock_timestamp() - p_open) || p_values);
  v_count integer := lead_sync_private.raise_severities(10);
begin
  return (select concat_ws(' ', v_count, c.conflict_severity, c.explanation ->> 'raised',
      c.explanation ->> 'why', case when c.updated_at > now() then 'touched' end)
    from public.lead_sync_conflicts c where c.id = v_id);
end
$$;

-- happy path
select is(pg_temp.raised(severity, since), said, format('%s for %s', severity, since))
from (values
  ('low', '23:59'::interval, '0 low'), ('low', '1 day 1 s', '1 medium 1 touched'),
  ('low', '47:59', '1 medium 1 touched'), ('low', '48:01', '1 high 2 touched'),
  ('medium', '25:00', '1 high 1 touched'), ('high', '25:00', '1 critical 1 touched'),
  ('low', '240:00', '1 critical 10 touched'), ('critical', '25:00', '0 critical'))
  as v(severity, since, said);

-- edges: raised before
select is(pg_temp.raised('medium', since, '{"explanation": {"why": "w", "raised": 1}}'), said,
  format('raised once, for %s', since))
from (values ('47:59'::interval, '0 medium 1 w'), ('48:01', '1 high 2 w touched'),
  ('72:01', '1 critical 3 w touched')) as v(since, said);

-- edges: what else is open, or not
select is(pg_temp.raised('low', '25:00', jsonb_build_object('resolution_status', status)), said,
  status)
from (values ('manual_review', '1 medium 1 touched'), ('resolved', '0 low'),
  ('auto_resolved', '0 low')) as v(status, said);
select is(pg_temp.raised('low', '25:00', '{"explanation": {"why": "w"}}'), '1 medium 1 w touched',
  'the explanation stays');

-- edges: so many at a time, the oldest first
delete from public.lead_sync_conflicts;
select pg_temp.given_row('lead_sync_conflicts', jsonb_build_object('conflict_type',
  'data_conflict', 'conflict_severity', 'low', 'created_at', now() - n * interval '25 hours'))
from generate_series(1, 3) as n;
select is(lead_sync_private.raise_severities(2), 2, 'so many at a time');
select is(string_agg(conflict_severity, ' ' order by created_at), 'critical high low',
  'the oldest first') from public.lead_sync_conflicts;
select is(lead_sync_private.raise_severities(2), 1, 'then the rest');

select * from finish();
rollback;
