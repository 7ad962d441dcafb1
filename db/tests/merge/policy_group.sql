-- policy_group: what a policy may be set for, and the group that is meant.
begin;
select plan(21);
\i db/tests/support/fixtures.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.policy_group'), 'text | stable | - | -',
  'no role may call it');

-- happy path
select pg_temp.given_property() as property \gset
select pg_temp.given_integration(:'property');
select is(lead_sync_private.policy_group(field, policy, :'property'), expected,
  format('%s for %s', policy, field))
from (values
  ('rent', 'domiq_wins', 'rent'), ('rent_max', 'union', 'rent'), ('last_name', null, 'name'),
  ('phone', 'fill_blank_only', 'phone'), ('comment', 'manual_review', 'comment'),
  ('status', 'furthest_stage', 'status'), ('email', 'allow_blank', 'email'),
  ('source', 'resman_wins', 'source'), (null, 'suppress_blank', null), (null, null, null)
) as v(field, policy, expected);
select is(lead_sync_private.policy_group('tour_at', 'newest_wins', null), 'tour',
  'for every property');

-- errors
select throws_ok(format('select lead_sync_private.policy_group(%L, %L, %L)', field, policy,
    property), code, message, format('refused: %s for %s', policy, field))
from (values
  ('shoe_size', 'union', null, 'LS001', 'unknown field'),
  ('', null, null, 'LS001', 'unknown field'),
  ('rent', 'best', null, 'LS001', 'unknown policy'),
  ('rent', '', null, 'LS001', 'unknown policy'),
  ('email', 'furthest_stage', null, 'LS001', 'furthest_stage is for status alone'),
  (null, 'furthest_stage', null, 'LS001', 'furthest_stage is for status alone'),
  ('source', 'domiq_wins', null, 'LS001', 'ResMan alone holds this field'),
  ('source', 'allow_blank', null, 'LS001', 'ResMan alone holds this field'),
  ('rent', 'union', gen_random_uuid(), 'LS003', 'property has no integration')
) as v(field, policy, property, code, message);

select * from finish();
rollback;
