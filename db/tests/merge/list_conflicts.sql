-- list_conflicts: a page of the conflicts, with the values of then and of now.
begin;
select plan(32);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(regexp_replace(pg_temp.surface_of('lead_sync.list_conflicts'), '\(.*\)', ''),
  'TABLE | stable definer | - | lead_sync_service', 'who may call it');

select pg_temp.given_lead('{"price_range_max": 1500}') as lead,
  pg_temp.given_lead() as other \gset
select pg_temp.property_of(:'lead') as property \gset
select pg_temp.given_mapping(:'lead', '{"domiq_base": {"rent_min": null, "rent_max": 1000},
  "resman_base": {"rent_min": null, "rent_max": 1000},
  "resman_seen": {"rent_min": null, "rent_max": 2500}}') as mapping \gset
select is_empty('select * from lead_sync.list_conflicts()', 'there are none');

-- Conflicts named by their day in January; 4 and 5 are of one moment.
create function pg_temp.given_conflict(p_name integer, p_lead uuid, p_status text,
  p_values jsonb default '{}') returns uuid
language sql
as $$
  select pg_temp.given_row('lead_sync_conflicts', jsonb_build_object(
    'id', format('00000000-0000-0000-0000-%s', lpad(p_name::text, 12, '0')),
    'conversation_id', p_lead, 'property_id', pg_temp.property_of(p_lead),
    'conflict_type', 'data_conflict', 'conflict_field', 'rent', 'resolution_status', p_status,
    'created_at', format('2026-01-%s 00:00+00', least(p_name, 4)),
    'domiq_value', '{"rent_max": 1500}'::jsonb, 'resman_value', '{"rent_max": 2000}'::jsonb)
    || p_values)
$$;
select pg_temp.given_conflict(5, :'lead', 'auto_resolved', jsonb_build_object('mapping_id',
    :'mapping', 'winner', 'domiq')),
  pg_temp.given_conflict(4, :'lead', 'resolved'),
  pg_temp.given_conflict(3, :'other', 'pending'),
  pg_temp.given_conflict(2, :'lead', 'manual_review', jsonb_build_object('mapping_id', :'mapping',
    'conflict_field', 'phone')),
  pg_temp.given_conflict(1, :'lead', 'pending', jsonb_build_object('mapping_id', :'mapping',
    'resman_lead_id', 'L1', 'conflict_severity', 'low', 'policy', 'union', 'notes', 'n',
    'base_value', '{"rent_max": 1}'::jsonb, 'times_seen', 3, 'last_seen_at', '2026-02-01'));
-- The names of what is listed, in that order.
create function pg_temp.listed(p_property uuid default null, p_status text default null,
  p_limit integer default 100, p_after uuid default null) returns text
language sql
as $$
  select coalesce(string_agg(right(l.conflict_id::text, 1), ' ' order by l.ordinality), '')
  from lead_sync.list_conflicts(p_property, p_status, p_limit, p_after) with ordinality as l
$$;
create function pg_temp.id(p_name integer) returns uuid
language sql
as $$ select format('00000000-0000-0000-0000-%s', lpad(p_name::text, 12, '0'))::uuid $$;

-- happy path
select is(pg_temp.listed(), '1 2 3 4 5', 'all, oldest first, those of one moment by their id');
select is(to_jsonb(l) - 'property_id' - 'conversation_id' - 'conflict_id', '{
  "resman_lead_id": "L1", "conflict_type": "data_conflict", "conflict_field": "rent",
  "conflict_severity": "low", "resolution_status": "pending", "policy": "union",
  "domiq_value": {"rent_max": 1500}, "resman_value": {"rent_max": 2000},
  "base_value": {"rent_max": 1}, "domiq_now": {"rent_min": null, "rent_max": 1500},
  "resman_now": {"rent_min": null, "rent_max": 2500}, "winner": null,
  "resolution_strategy": null, "resolved_value": null, "loser_value": null,
  "resolved_by": null, "resolved_at": null, "notes": "n", "times_seen": 3}'::jsonb
  || jsonb_build_object('created_at', '2026-01-01 00:00+00'::timestamptz,
    'last_seen_at', '2026-02-01'::timestamptz), 'an open one, with how both sides stand')
from lead_sync.list_conflicts() l where l.notes = 'n';
select is(l.property_id::text || l.conversation_id, :'property' || :'lead', 'and whose it is')
from lead_sync.list_conflicts() l where l.notes = 'n';
select is(array_agg(l.resolution_status order by l.created_at),
  array['pending', 'manual_review'], 'no other stands anyhow: it is decided, or has no link')
from lead_sync.list_conflicts() l where l.domiq_now is not null or l.resman_now is not null;


-- happy path: some of them
select is(pg_temp.listed(:'property', status), expected, coalesce(status, 'a property''s'))
from (values (null, '1 2 4 5'), ('pending', '1'), ('manual_review', '2'), ('open', '1 2'),
  ('resolved', '4'), ('auto_resolved', '5')) as v(status, expected);
select is(pg_temp.listed(null, 'open'), '1 2 3', 'of every property');
select is(pg_temp.listed(gen_random_uuid()), '', 'of one that is not there');

-- happy path: page by page
select is(pg_temp.listed(null, null, 2, pg_temp.id(after)), expected, 'after ' || after)
from (values (1, '2 3'), (2, '3 4'), (4, '5'), (5, '')) as v(after, expected);
select is(pg_temp.listed(null, null, 2), '1 2', 'the first page');
select is(pg_temp.listed(:'property', 'open', 1, pg_temp.id(1)), '2', 'of some of them');
select is(pg_temp.listed(:'property', null, 10, pg_temp.id(3)), '4 5',
  'after one that is not among them');

-- edges: the last one of a page was archived
select pg_temp.given_row('lead_sync_conflicts_archive', to_jsonb(c))
from public.lead_sync_conflicts c where c.id = pg_temp.id(4);
delete from public.lead_sync_conflicts c where c.id = pg_temp.id(4);
select is(pg_temp.listed(null, null, 10, pg_temp.id(4)), '5', 'the next page begins there');
select is(pg_temp.listed(), '1 2 3 5', 'archived ones are not listed');

-- edges: what is gone
delete from public.lead_sync_mapping m where m.id = :'mapping';
select results_eq(
  'select domiq_now, domiq_value from lead_sync.list_conflicts() where notes = ''n''',
  $$values (null::jsonb, '{"rent_max": 1500}'::jsonb)$$, 'without the link there is no now');
delete from public.conversation c where c.id = :'lead';
select is(pg_temp.listed(:'property', 'open'), '1 2', 'without the conversation they stay');

-- errors
select throws_ok(format('select lead_sync.list_conflicts(null, %s)', a), c, m, a)
from (values ('''closed''', 'LS001', 'unknown status'), ('''''', 'LS001', 'unknown status'),
  ('null, 0', 'LS001', 'limit is out of range'),
  ('null, 10001', 'LS001', 'limit is out of range'),
  ('null, null', 'LS001', 'limit is out of range'),
  ('null, 1, gen_random_uuid()', 'LS002', 'no such conflict to list after')) as v(a, c, m);
select lives_ok('select lead_sync.list_conflicts(null, null, 10000)', 'as many as that');

select * from finish();
rollback;
