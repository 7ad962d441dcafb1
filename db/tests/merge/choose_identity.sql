-- choose_identity: which of the leads that were found a person chooses.
begin;
select plan(19);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.choose_identity'), 'jsonb | stable | - | -',
  'no role may call it');

select pg_temp.given_lead() as lead, pg_temp.given_lead() as other \gset
select pg_temp.given_mapping(:'lead', '{"resman_lead_id": "taken"}') as mapping,
  pg_temp.given_mapping(:'other', '{"resman_lead_id": "merged", "mapping_status": "merged"}')
  as gone \gset
insert into lead_sync_private.lead_alias (resman_lead_id, mapping_id, kind)
values ('alias', :'mapping', 'merged');
create function pg_temp.chosen(p_found text[], p_strategy text, p_value jsonb default null)
returns text
language sql
as $$
  select lead_sync_private.choose_identity(jsonb_populate_record(
      null::public.lead_sync_conflicts, jsonb_build_object('resman_value', (
        select jsonb_agg(jsonb_build_object('lead_id', l)) from unnest(p_found) as l))),
    p_strategy, p_value)::text
$$;

-- happy path
select is(pg_temp.chosen('{a}', 'resman_wins'), '{"lead_id": "a"}', 'the one that was found');
select is(pg_temp.chosen('{a,a}', 'resman_wins'), '{"lead_id": "a"}', 'found twice it is one');
select is(pg_temp.chosen('{a,b}', 'merged', '{"lead_id": "b"}'), '{"lead_id": "b"}',
  'the one that is named');
select is(pg_temp.chosen('{a,b}', 'domiq_wins'), '{"lead_id": null}', 'none of them');

-- edges
select is(pg_temp.chosen('{a}', 'domiq_wins', '{"lead_id": "a"}'), '{"lead_id": null}',
  'nor one that is named');
select is(pg_temp.chosen(null, 'domiq_wins'), '{"lead_id": null}', 'none where none was found');
select is(pg_temp.chosen(array[f], 'domiq_wins'), '{"lead_id": null}', 'none where it is ' || f)
from unnest(array['taken', 'alias']) as f;
select is(pg_temp.chosen('{a,taken}', 'merged', '{"lead_id": "a"}'), '{"lead_id": "a"}',
  'others that were found may be taken');

-- errors
select throws_ok(format('select pg_temp.chosen(%s)', a), c, m, format('%s: %s', a, m))
from (values
  ('null, ''resman_wins''', 'LS001', '0 leads were found, not one'),
  ('''{a,b}'', ''resman_wins''', 'LS001', '2 leads were found, not one'),
  ('''{a}'', ''merged'', ''{"lead_id": "b"}''', 'LS001', 'value names no lead that was found'),
  ('''{a}'', ''merged'', ''{"lead_id": null}''', 'LS001', 'value names no lead that was found'),
  ('''{a}'', ''merged'', ''{}''', 'LS001', 'value names no lead that was found'),
  ('''{alias}'', ''resman_wins''', 'LS011', 'the lead was merged into another'),
  ('''{merged}'', ''resman_wins''', 'LS011', 'the lead was merged into another'),
  ('''{taken}'', ''resman_wins''', 'LS011', 'the lead is another conversation''s'),
  ('''{a,taken}'', ''merged'', ''{"lead_id": "taken"}''', 'LS011',
   'the lead is another conversation''s')) as v(a, c, m);

select * from finish();
rollback;
