-- explain_conflict: all about a conflict, then and now.
begin;
select plan(27);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync.explain_conflict'),
  'jsonb | stable definer | - | lead_sync_service', 'who may call it');

-- A lead on whose rents both sides differ, with an open conflict.
select pg_temp.given_lead('{"price_range_max": 1500}') as lead \gset
select pg_temp.property_of(:'lead') as property \gset
update public.resman_integration set sync_direction = 'bidirectional';
select pg_temp.given_mapping(:'lead', '{"domiq_base": {"rent_min": null, "rent_max": 1000},
  "resman_base": {"rent_min": null, "rent_max": 1100},
  "resman_seen": {"rent_min": null, "rent_max": 2000}}') as mapping \gset
create function pg_temp.given_conflict(p_values jsonb) returns uuid
language sql
as $$
  select pg_temp.given_row('lead_sync_conflicts', '{"conflict_type": "data_conflict",
    "conflict_field": "rent", "conflict_severity": "low", "policy": "newest_wins",
    "domiq_value": {"rent_min": null, "rent_max": 1500}, "times_seen": 2,
    "resman_value": {"rent_min": null, "rent_max": 2000}, "base_value": {"domiq": {"a": 1}},
    "created_at": "2026-01-01T00:00:00+00:00", "last_seen_at": "2026-01-02T00:00:00+00:00",
    "explanation": {"why": "undecidable", "restored": {"by": "x"}, "resman_after": "t1",
      "evidence": {"spans": false}}}' || p_values)
$$;
select pg_temp.given_conflict(jsonb_build_object('conversation_id', :'lead',
  'property_id', :'property', 'mapping_id', :'mapping', 'resman_lead_id', 'L1',
  'item_id', :'mapping')) as conflict \gset
create function pg_temp.said(p_conflict uuid, variadic p_path text[]) returns jsonb
language sql
as $$ select lead_sync.explain_conflict(p_conflict) #> p_path $$;

-- happy path: what was seen
select is(lead_sync.explain_conflict(:'conflict')
    - array['seen', 'now', 'strategies', 'decision'],
  '{"resman_lead_id": "L1", "type": "data_conflict", "field": "rent", "severity": "low",
    "status": "pending", "policy": "newest_wins", "why": "undecidable",
    "evidence": {"resman_after": "t1", "evidence": {"spans": false}}}'::jsonb
  || jsonb_build_object('conflict_id', :'conflict', 'property_id', :'property',
    'conversation_id', :'lead', 'item_id', :'mapping'), 'what it is about, and why');
select is(pg_temp.said(:'conflict', 'seen'), jsonb_build_object('first_at', c.created_at,
    'last_at', c.last_seen_at, 'times', 2, 'domiq', c.domiq_value, 'resman', c.resman_value,
    'base', c.base_value), 'what was seen, and when')
from public.lead_sync_conflicts c where c.id = :'conflict';
select is(pg_temp.said(:'conflict', 'decision'), 'null', 'nothing is decided');

-- happy path: how both sides stand now
select is(pg_temp.said(:'conflict', 'now'), '{"moved": false,
  "domiq": {"rent_min": null, "rent_max": 1500}, "resman": {"rent_min": null, "rent_max": 2000},
  "base": {"domiq": {"rent_min": null, "rent_max": 1000},
    "resman": {"rent_min": null, "rent_max": 1100}}}', 'as was seen');
select is(pg_temp.said(:'conflict', 'strategies'), '{
  "domiq_wins": {"value": {"rent_min": null, "rent_max": 1500}, "writes_domiq": false,
    "pushes": true, "forbidden": null},
  "resman_wins": {"value": {"rent_min": null, "rent_max": 2000}, "writes_domiq": true,
    "pushes": false, "forbidden": null},
  "merged": "the value given, on both sides", "manual_review": "waits for a person"}',
  'what each strategy would do');
update public.conversation set price_range_max = 1700 where id = :'lead';
select is(pg_temp.said(:'conflict', 'now', 'domiq', 'rent_max')
    || pg_temp.said(:'conflict', 'now', 'moved'), '[1700, true]', 'DomIQ''s value moved');
select is(pg_temp.said(:'conflict', 'strategies', 'domiq_wins', 'value', 'rent_max'), '1700',
  'a strategy takes the value of now');
update public.conversation set price_range_max = 2000 where id = :'lead';
select is(pg_temp.said(:'conflict', 'strategies', s) - array['value', 'forbidden'],
  '{"writes_domiq": false, "pushes": false}', s || ': both sides agree by now')
from unnest(array['domiq_wins', 'resman_wins']) as s;
update public.conversation set price_range_max = 1500 where id = :'lead';
update public.resman_integration set sync_direction = 'to_resman';
select is(pg_temp.said(:'conflict', 'strategies', s, 'forbidden'), expected, s || ' forbidden')
from (values ('domiq_wins', 'null'::jsonb), ('resman_wins', '"direction to_resman"'))
  as v(s, expected);
update public.resman_integration set sync_direction = 'bidirectional';

-- happy path: put off
update public.lead_sync_conflicts set resolution_status = 'manual_review',
  resolution_strategy = 'manual_review', notes = 'ask',
  resolved_by = pg_temp.given_manager(:'property')
where id = :'conflict';
select is(pg_temp.said(:'conflict', 'decision'), jsonb_build_object('strategy', 'manual_review',
    'winner', null, 'value', null, 'kept', null, 'at', null, 'by', c.resolved_by,
    'notes', 'ask', 'restored', '{"by": "x"}'::jsonb), 'who put it off, and why')
from public.lead_sync_conflicts c where c.id = :'conflict';
select is(pg_temp.said(:'conflict', 'strategies', 'domiq_wins', 'pushes'), 'true',
  'it is still to be decided');

-- happy path: decided
update public.lead_sync_conflicts set resolution_status = 'resolved',
  resolution_strategy = 'domiq_wins', winner = 'domiq', resolved_at = '2026-01-03 00:00+00',
  resolved_value = '{"a": 1}', loser_value = '{"a": 2}' where id = :'conflict';
select is(pg_temp.said(:'conflict', 'decision') - array['by', 'at'], '{"strategy": "domiq_wins",
  "winner": "domiq", "value": {"a": 1}, "kept": {"a": 2}, "notes": "ask",
  "restored": {"by": "x"}}', 'what was decided, and what lost');
select is((pg_temp.said(:'conflict', 'decision', 'at') #>> '{}')::timestamptz,
  '2026-01-03 00:00+00', 'when');
select is(pg_temp.said(:'conflict', 'strategies'), 'null', 'no strategy is left');
select is(pg_temp.said(:'conflict', 'now', 'domiq', 'rent_max'), '1500', 'how it stands');
update public.lead_sync_conflicts set resolution_status = 'auto_resolved'
where id = :'conflict';
select is(pg_temp.said(:'conflict', 'decision', 'winner'), '"domiq"', 'by a policy as well');

-- edges: archived
select lead_sync.explain_conflict(:'conflict') as before \gset
select pg_temp.given_row('lead_sync_conflicts_archive', to_jsonb(c))
from public.lead_sync_conflicts c where c.id = :'conflict';
delete from public.lead_sync_conflicts where id = :'conflict';
select is(lead_sync.explain_conflict(:'conflict'), :'before', 'in the archive too');

-- edges: what is gone, or was never there
select pg_temp.given_conflict('{"explanation": null}') as bare,
  pg_temp.given_conflict(jsonb_build_object('mapping_id', :'mapping', 'conflict_field',
    'identity', 'explanation', '{"why": "w"}'::jsonb)) as identity \gset
select is(pg_temp.said(id, 'now'), 'null', label || ' has no now')
from (values (:'bare'::uuid, 'one without a link'), (:'identity', 'one of no group'))
  as v(id, label);
select is(pg_temp.said(:'bare', 'strategies'), 'null', 'nor a strategy');
select is(pg_temp.said(:'bare', 'evidence'), '{}', 'without an explanation no evidence');
delete from public.lead_sync_mapping where id = :'mapping';
select is(pg_temp.said(:'conflict', 'now'), 'null', 'once the link is gone there is no now');

-- errors
select throws_ok(format('select lead_sync.explain_conflict(%s)', a), 'LS002',
  'no such conflict', 'refused: ' || a) from unnest(array['gen_random_uuid()', 'null']) as a;

select * from finish();
rollback;
