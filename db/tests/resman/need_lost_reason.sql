-- need_lost_reason: what to do where a lost reason is wanted and none is known.
begin;
select plan(5);
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.need_lost_reason'), 'jsonb | stable | - | -',
  'no role may call it');

select is(p.plan -> 'request', '{"call": "list_lost_reasons"}', 'ResMan''s are listed first')
from lead_sync_private.need_lost_reason('{"read": 1}') as p(plan);
select is((p.plan -> 'state') - 'asked_at', '{"read": 1, "step": "lost_reason",
    "asking": {"call": "list_lost_reasons"}}', 'what was learned so far is kept')
from lead_sync_private.need_lost_reason('{"read": 1}') as p(plan);
select collect_tap(
  is(p.plan ->> 'code', 'no_lost_reason', 'listed already: the item is rejected'),
  is(p.plan ->> 'end', 'rejected', 'and ends'))
from lead_sync_private.need_lost_reason('{"lost_reason": true}') as p(plan);

select * from finish();
rollback;
