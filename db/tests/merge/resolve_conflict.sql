-- resolve_conflict: what it does to both sides, the bases and the history, and what it refuses.
begin;
select plan(26);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of(('lead_sync.' || f)::regproc), w, f || ': who may call it')
from (values
  ('resolve_conflict', 'jsonb | volatile definer | lock_timeout=500ms | lead_sync_service'),
  ('restore_value', 'jsonb | volatile definer | lock_timeout=500ms | lead_sync_service'),
  ('explain_conflict', 'jsonb | stable definer | - | lead_sync_service'),
  ('set_field_policy', 'void | volatile definer | - | lead_sync_service')) as v(f, w);

-- A lead on whose rents both sides differ, with an open conflict.
select pg_temp.given_lead('{"price_range_max": 1500}') as lead \gset
update public.resman_integration set sync_direction = 'bidirectional';
update public.lead_sync_queue set status = 'completed';
select pg_temp.given_mapping(:'lead', '{"domiq_base": {"rent_min": null, "rent_max": 1000},
  "resman_base": {"rent_min": null, "rent_max": 1000},
  "resman_seen": {"rent_min": null, "rent_max": 2000}}') as mapping \gset
create function pg_temp.given_conflict(p_lead uuid, p_mapping uuid) returns uuid
language sql
as $$
  select lead_sync_private.record_conflict(jsonb_populate_record(null::public.lead_sync_queue,
      jsonb_build_object('conversation_id', p_lead, 'property_id', pg_temp.property_of(p_lead))),
    p_mapping, 'L', '{"type": "data_conflict", "field": "rent", "severity": "medium",
      "domiq": {"rent_min": null, "rent_max": 1500}, "resman": {"rent_min": null,
      "rent_max": 2000}, "policy": "newest_wins", "why": "undecidable",
      "evidence": {"resman_after": "2026-01-01"}}')
$$;
select pg_temp.given_conflict(:'lead', :'mapping') as conflict \gset

-- errors
select throws_ok(format('select lead_sync.resolve_conflict(%s)', a), c, m, 'refused: ' || m)
from (values
  (format('%L, ''mine''', :'conflict'), 'LS001', 'unknown strategy'),
  (format('%L, null', :'conflict'), 'LS001', 'unknown strategy'),
  (format('%L, ''merged''', :'conflict'), 'LS001', 'merged, and merged alone, goes with a value'),
  (format('%L, ''domiq_wins'', ''{}''', :'conflict'), 'LS001',
   'merged, and merged alone, goes with a value'),
  (format('%L, ''merged'', ''5''', :'conflict'), 'LS001', 'value is not an object'),
  (format('%L, ''merged'', ''{}''', :'conflict'), 'LS001', 'value lacks rent_max'),
  (format('%L, ''merged'', ''{"rent_max": "much"}''', :'conflict'), 'LS001',
   'rent_max is not a number'),
  (format('%L, ''merged'', ''{"rent_max": 5, "email": "a"}''', :'conflict'), 'LS001',
   'value names a field of another group'),
  (format('%L, ''domiq_wins'', null, gen_random_uuid()', :'conflict'), 'LS002',
   'no such property manager'),
  ('gen_random_uuid(), ''domiq_wins''', 'LS002', 'no such conflict')) as v(a, c, m);

-- manual_review only marks it
select is(lead_sync.resolve_conflict(:'conflict', 'manual_review', null, null, 'ask') -> 'item_id',
  'null', 'manual_review queues nothing');
select is(resolution_status || ' ' || notes, 'manual_review ask', 'and marks it')
from public.lead_sync_conflicts where id = :'conflict';

-- merged
select is(lead_sync.resolve_conflict(:'conflict', 'merged', '{"rent_max": 1800}') -> 'value',
  '{"rent_min": null, "rent_max": 1800}', 'the value that both are to hold');
select is(price_range_max, 1800::numeric, 'DomIQ holds it at once')
from public.conversation where id = :'lead';
select ok(m.domiq_base -> 'rent_max' = '2000' and m.resman_base -> 'rent_max' = '2000'
  and m.base_moved_at is not null and m.applied is null,
  'both bases are ResMan''s value, so that exactly the push remains')
from public.lead_sync_mapping m where m.id = :'mapping';
select is(count(*), 1::bigint, 'one push waits') from public.lead_sync_queue
where conversation_id = :'lead' and status = 'pending';
select is(format('%s %s %s', f.kind, f.old_domiq -> 'rent_max', f.new_domiq -> 'rent_max'),
  'resolve 1500 1800', 'the history has it')
from lead_sync_private.field_change f where f.conflict_id = :'conflict';
select throws_ok(format('select lead_sync.resolve_conflict(%L, ''domiq_wins'')', :'conflict'),
  'LS021', null, 'not twice');

-- what moved is not overwritten
select pg_temp.given_conflict(:'lead', :'mapping') as again \gset
select throws_ok(format('select lead_sync.resolve_conflict(%L, ''resman_wins'')', :'again'),
  'LS020', 'the values have moved', 'refused: DomIQ holds another value by now');
select is(lead_sync.explain_conflict(:'again') #> '{now,domiq,rent_max}', '1800',
  'explain_conflict shows it');

-- what ResMan holds already is not pushed
update public.lead_sync_conflicts set domiq_value = '{"rent_min": null, "rent_max": 1800}'
where id = :'again';
delete from public.lead_sync_queue;
select is(lead_sync.resolve_conflict(:'again', 'resman_wins') -> 'item_id', 'null',
  'for ResMan''s value nothing is to be pushed');
select is_empty('select * from public.lead_sync_queue', 'and nothing is');

select * from finish();
rollback;
