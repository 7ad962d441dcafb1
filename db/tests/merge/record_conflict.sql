-- record_conflict: one open conflict a group, kept up to date, closed where a policy decided.
begin;
select plan(19);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.record_conflict'),
  'uuid | volatile | enable_seqscan=off jit=off | -',
  'no role may call it');

select pg_temp.given_lead() as lead \gset
select pg_temp.given_mapping(:'lead') as mapping \gset
-- A conflict on the lead's rent.
create function pg_temp.recorded(p_lead uuid, p_mapping uuid, p_conflict jsonb) returns uuid
language sql
as $$
  select lead_sync_private.record_conflict(pg_temp.item(p_lead), p_mapping, 'L1',
    '{"type": "data_conflict", "field": "rent", "severity": "medium", "domiq": {"rent_max": 1},
      "resman": {"rent_max": 2}, "base": {"domiq": {"rent_max": 0}}, "policy": "newest_wins",
      "why": "undecidable", "evidence": {"spans": true}, "resman_after": "2026-01-01"}'::jsonb
      || p_conflict)
$$;
create function pg_temp.row_of(p_id uuid) returns jsonb
language sql
as $$
  select jsonb_strip_nulls(to_jsonb(c)) - array['id', 'conversation_id', 'property_id', 'item_id',
    'created_at', 'updated_at', 'last_seen_at', 'mapping_id']
  from public.lead_sync_conflicts c where c.id = p_id
$$;

-- happy path: a new one that waits for a person
select pg_temp.recorded(:'lead', :'mapping', '{}') as open \gset
select is(pg_temp.row_of(:'open') #- '{explanation,resman_seen_at}', '{"resman_lead_id": "L1",
  "conflict_type": "data_conflict", "conflict_field": "rent", "conflict_severity": "medium",
  "domiq_value": {"rent_max": 1}, "resman_value": {"rent_max": 2},
  "base_value": {"domiq": {"rent_max": 0}}, "policy": "newest_wins", "times_seen": 1,
  "resolution_status": "pending", "resolution_strategy": "manual_review", "explanation":
  {"why": "undecidable", "evidence": {"spans": true}, "resman_after": "2026-01-01"}}',
  'what was seen, and why a person decides');
select ok((c.conversation_id, c.property_id, c.mapping_id, c.item_id) = (:'lead', q.property_id,
    :'mapping', q.id) and c.created_at > now() and c.last_seen_at = c.created_at
    and (c.explanation ->> 'resman_seen_at')::timestamptz = c.created_at,
  'whose it is, and when it was found')
from public.lead_sync_conflicts c, pg_temp.item(:'lead') q where c.id = :'open';

-- the same again
update public.lead_sync_conflicts set created_at = '2026-01-01', last_seen_at = '2026-01-01',
  explanation = explanation || '{"resman_seen_at": "2026-01-01", "raised": 2, "old": true,
    "quarantine": "flood"}' where id = :'open';
select is(pg_temp.recorded(:'lead', null, '{"severity": "high", "why": "again",
  "domiq": {"rent_max": 7}, "resman_after": "2026-02-02", "type": "field_mismatch",
  "policy": "union", "base": null}'), :'open'::uuid, 'the one that is open');
select is(pg_temp.row_of(:'open'), '{"resman_lead_id": "L1", "conflict_type": "field_mismatch",
  "conflict_field": "rent", "conflict_severity": "high", "domiq_value": {"rent_max": 7},
  "resman_value": {"rent_max": 2}, "policy": "union", "times_seen": 2,
  "resolution_status": "pending", "resolution_strategy": "manual_review", "explanation":
  {"why": "again", "evidence": {"spans": true}, "raised": 2, "quarantine": "flood",
   "resman_after": "2026-01-01", "resman_seen_at": "2026-01-01"}}',
  'brought up to date; since when ResMan shows the value is not forgotten');
select ok(mapping_id = :'mapping' and created_at = '2026-01-01' and last_seen_at > now()
  and base_value is null, 'nor its link, nor when it was first found')
from public.lead_sync_conflicts where id = :'open';
select pg_temp.recorded(:'lead', :'mapping', '{"severity": "low", "resman": {"rent_max": 3},
  "resman_after": "2026-03-03"}');
select is(pg_temp.row_of(:'open') -> 'explanation' #- '{resman_seen_at}', '{"why": "undecidable",
  "evidence": {"spans": true}, "raised": 2, "quarantine": "flood",
  "resman_after": "2026-03-03"}', 'another value in ResMan is seen from now on');
select ok((explanation ->> 'resman_seen_at')::timestamptz = last_seen_at
  and conflict_severity = 'high' and times_seen = 3, 'and its severity never sinks')
from public.lead_sync_conflicts where id = :'open';
select pg_temp.recorded(:'lead', :'mapping', '{"policy": "manual_review"}');
select is(resolution_status || ' ' || coalesce(resolved_at::text, '-'), 'manual_review -',
  'a policy that wants a person marks it')
from public.lead_sync_conflicts where id = :'open';
select pg_temp.recorded(:'lead', :'mapping', '{}');
select is(resolution_status::text, 'manual_review', 'which stays so')
from public.lead_sync_conflicts where id = :'open';

-- decided by a policy
create function pg_temp.decided(p_id uuid) returns text
language sql
as $$
  select concat_ws(' ', resolution_status, resolution_strategy, winner, resolved_value, loser_value,
    resolved_at > now())
  from public.lead_sync_conflicts where id = p_id
$$;
select is(pg_temp.recorded(:'lead', :'mapping', '{"winner": "domiq", "result": {"rent_max": 1}}'),
  :'open'::uuid, 'one that is open');
select is(pg_temp.decided(:'open'), 'auto_resolved domiq_wins domiq {"rent_max": 1} '
  '{"rent_max": 2} t', 'is closed, the loser kept');
select isnt(pg_temp.recorded(:'lead', :'mapping', '{}'), :'open'::uuid, 'the next is another');
select is(pg_temp.decided(pg_temp.recorded(:'lead', :'mapping', jsonb_build_object('field', f,
    'policy', 'manual_review') || v)), d, 'at once: ' || d)
from (values
  ('a', '{"winner": "resman", "result": {"rent_max": 2}}'::jsonb,
   'auto_resolved resman_wins resman {"rent_max": 2} {"rent_max": 1} t'),
  ('b', '{"winner": "merged", "result": {"rent_max": 3}}', 'auto_resolved merged merged '
   '{"rent_max": 3} {"domiq": {"rent_max": 1}, "resman": {"rent_max": 2}} t'))
  as x(f, v, d);

-- edges: nothing was read before the value was first seen
select pg_temp.recorded(:'lead', :'mapping', '{"field": "pets", "resman_after": null}') as first \gset
select pg_temp.recorded(:'lead', :'mapping', '{"field": "pets", "resman_after": "2026-02-02"}');
select ok(not explanation ? 'resman_after', 'then a later read says nothing of when it came')
from public.lead_sync_conflicts where id = :'first';
delete from public.lead_sync_conflicts where id = :'first';

-- edges: other groups, others' conflicts, and what is about no value
select is(count(*), 4::bigint, 'a row each') from public.lead_sync_conflicts
where conversation_id = :'lead';
select pg_temp.given_lead() as other \gset
select pg_temp.recorded(:'other', null, '{}') as others \gset
select pg_temp.recorded(:'lead', :'mapping', '{"domiq": {"rent_max": 9}}');
select is(times_seen, 1, 'another lead''s conflict is its own')
from public.lead_sync_conflicts where id = :'others';
select is(pg_temp.row_of(lead_sync_private.record_conflict(pg_temp.item(:'other'), null, null,
    '{"type": "duplicate_lead", "field": "identity", "severity": "critical", "why": "two",
      "leads": [{"lead_id": "L1"}], "quarantine": "q"}')) #- '{explanation,resman_seen_at}',
  '{"conflict_type": "duplicate_lead", "conflict_field": "identity", "times_seen": 1,
    "conflict_severity": "critical", "policy": "manual_review",
    "resolution_status": "pending", "resolution_strategy": "manual_review",
    "explanation": {"why": "two", "leads": [{"lead_id": "L1"}], "quarantine": "q"}}',
  'who the lead is');

select * from finish();
rollback;
