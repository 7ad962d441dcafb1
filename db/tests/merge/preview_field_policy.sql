-- preview_field_policy: which of the recorded conflicts would have ended otherwise.
begin;
select plan(34);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync.preview_field_policy'),
  'TABLE(conflict_id uuid, property_id uuid, conversation_id uuid, field_group text, created_at '
  'timestamp with time zone, ended text, ended_value jsonb, would_end text, would_value jsonb, '
  'why text) | stable definer | - | lead_sync_service', 'services may call it');

select pg_temp.given_lead() as lead \gset
select pg_temp.property_of(:'lead') as property \gset
update public.resman_integration set sync_direction = 'bidirectional';
select pg_temp.given_lead() as other_lead \gset
select pg_temp.property_of(:'other_lead') as other \gset

-- A conflict on the rent: DomIQ 1500, ResMan 2000, base 1000.
create function pg_temp.given_conflict(p_lead uuid, p_values jsonb default '{}') returns uuid
language sql
as $$
  select pg_temp.given_row('lead_sync_conflicts', '{"conflict_type": "data_conflict",
    "conflict_field": "rent", "resolution_status": "pending",
    "domiq_value": {"rent_min": null, "rent_max": 1500},
    "resman_value": {"rent_min": null, "rent_max": 2000},
    "base_value": {"domiq": {"rent_max": 1000}, "resman": {"rent_max": 1000}},
    "explanation": {"evidence": {}}}'::jsonb || jsonb_build_object('conversation_id', p_lead,
      'property_id', pg_temp.property_of(p_lead)) || p_values)
$$;
-- What it says, a line a conflict.
create function pg_temp.previewed(p_field text, p_policy text, p_property uuid default null,
  p_since timestamptz default null) returns text
language sql
as $$
  select coalesce(string_agg(concat_ws(' ', p.field_group, p.ended, 'to', p.would_end,
    p.would_value ->> 'rent_max', p.would_value ->> 'email'), ', ' order by p.n), 'nothing')
  from lead_sync.preview_field_policy(p_field, p_policy, p_property, p_since) with ordinality
    as p(conflict_id, property_id, conversation_id, field_group, created_at, ended, ended_value,
      would_end, would_value, why, n)
$$;

-- happy path
select is(pg_temp.previewed('rent', 'domiq_wins'), 'nothing', 'without conflicts, nothing');
select pg_temp.given_conflict(:'lead', '{"created_at": "2026-01-02"}') as conflict \gset
select is(pg_temp.previewed(field, policy), said, format('%s for %s', policy, field))
from (values ('rent', 'domiq_wins', 'rent person to domiq 1500'),
  ('rent_max', 'resman_wins', 'rent person to resman 2000'), ('rent', 'manual_review', 'nothing'),
  ('rent', 'newest_wins', 'nothing'), ('email', 'domiq_wins', 'nothing'),
  (null, 'domiq_wins', 'rent person to domiq 1500')) as v(field, policy, said);
select results_eq($$select * from lead_sync.preview_field_policy('rent', 'resman_wins')$$,
  format($$values (%L::uuid, %L::uuid, %L::uuid, 'rent', '2026-01-02'::timestamptz, 'person',
    null::jsonb, 'resman', '{"rent_min": null, "rent_max": 2000}'::jsonb, 'policy resman_wins')$$,
    :'conflict', :'property', :'lead'), 'all that is said of one');

-- one that a policy decided
update public.lead_sync_conflicts set resolution_status = 'auto_resolved', winner = 'domiq',
  resolved_value = '{"rent_max": 1500}' where id = :'conflict';
select is(pg_temp.previewed('rent', 'domiq_wins'), 'nothing',
  'the same end, of which a blank is no part');
select is(pg_temp.previewed('rent', 'resman_wins'), 'rent domiq to resman 2000', 'another end');
select is(pg_temp.previewed('rent', 'manual_review'), 'rent domiq to person', 'or none');
update public.lead_sync_conflicts set resolved_value = '{"rent_max": 1400}'
where id = :'conflict';
select is(pg_temp.previewed('rent', 'domiq_wins'), 'rent domiq to domiq 1500', 'another value');
update public.lead_sync_conflicts set winner = null where id = :'conflict';
select is(pg_temp.previewed('rent', 'manual_review'), 'nothing', 'one that ended by itself');
-- one that a person decided
update public.lead_sync_conflicts set resolution_status = 'resolved', winner = 'resman',
  resolved_value = '{"rent_max": 2000}' where id = :'conflict';
select is(pg_temp.previewed('rent', 'resman_wins'), 'rent person to resman 2000',
  'a person decided it, then a policy would have');
select is(pg_temp.previewed('rent', 'manual_review'), 'nothing', 'or a person again');

-- the base and evidence of then
update public.lead_sync_conflicts set explanation = '{"evidence": {"domiq_times": {"rent":
  "2026-01-01T12:00:00Z"}, "resman_after": "2026-01-01T10:00:00Z",
  "resman_before": "2026-01-01T11:00:00Z"}}' where id = :'conflict';
select is(pg_temp.previewed('rent', 'newest_wins'), 'rent person to domiq 1500', 'the times');
update public.lead_sync_conflicts set base_value = null where id = :'conflict';
select is(pg_temp.previewed('rent', 'newest_wins'), 'nothing', 'without a base no time decides');
select pg_temp.given_conflict(:'other_lead', '{"created_at": "2026-01-01",
  "conflict_field": "email", "domiq_value": {"email": "a@b"}, "resman_value": {"email": "b@b"}, "base_value": null,
  "explanation": {"evidence": {"status": "applicant"}}}') as email \gset
select is(pg_temp.previewed('email', 'domiq_wins'), 'nothing', 'an applicant''s guard');
update public.lead_sync_conflicts set explanation = '{"evidence": {}}' where id = :'email';
select is(pg_temp.previewed(null, 'domiq_wins'),
  'email person to domiq a@b, rent person to domiq 1500', 'the oldest first');
select is(pg_temp.previewed(null, 'domiq_wins', :'property'), 'rent person to domiq 1500',
  'of one property');
select is(pg_temp.previewed(null, 'domiq_wins', null, '2026-01-02'), 'rent person to domiq 1500',
  'those found since');

-- a more specific policy would stay in force
select lead_sync.set_field_policy(null, 'manual_review', :'property');
select is(pg_temp.previewed(field, 'domiq_wins', property), said,
  format('under a property''s policy: for %s at %s', field, coalesce(property::text, 'all')))
from (values (null, null::uuid, 'email person to domiq a@b'), ('rent', null, 'nothing'),
  (null, :'property'::uuid, 'rent person to domiq 1500'), ('rent', :'property'::uuid,
  'rent person to domiq 1500')) as v(field, property, said);
select lead_sync.set_field_policy('email', 'manual_review');
select is(pg_temp.previewed(null, 'domiq_wins'), 'nothing', 'a field''s policy');
select is(pg_temp.previewed('email', 'domiq_wins'), 'email person to domiq a@b', 'itself apart');
select lead_sync.set_field_policy('rent', 'allow_blank', :'property');
select is(pg_temp.previewed(null, 'domiq_wins', :'property'), 'rent person to domiq 1500',
  'whether a blank is allowed is no policy');
delete from lead_sync_private.field_policy where property_id is not null or field_group is not null;

-- blanks
update public.lead_sync_conflicts set resman_value = '{"email": null}',
  base_value = '{"domiq": {"email": "c@b"}, "resman": {"email": "c@b"}}',
  resolution_status = 'auto_resolved', winner = 'domiq', resolved_value = '{"email": "a@b"}'
where id = :'email';
select lead_sync.set_field_policy('email', 'resman_wins');
select is(pg_temp.previewed('email', 'allow_blank'), 'email domiq to resman',
  'a blank that the policy of now would let win');
select lead_sync.set_field_policy('email', 'suppress_blank', :'other');
select is(pg_temp.previewed('email', 'allow_blank'), 'nothing',
  'but where a property suppresses it');

update public.lead_sync_conflicts set winner = 'resman', resolved_value = '{"email": null}'
where id = :'email';
select is(pg_temp.previewed('email', 'suppress_blank', :'other'), 'email resman to domiq a@b',
  'a blank that won would not any more');

-- edges: what is not replayed
delete from public.lead_sync_conflicts;
select pg_temp.given_conflict(:'lead', v) from (values
  ('{"explanation": {"evidence": {}, "quarantine": "flood"}}'::jsonb),
  ('{"explanation": {}, "resolution_status": "resolved"}'),
  ('{"explanation": null, "resolution_status": "resolved"}'),
  ('{"conflict_type": "duplicate_lead", "resolution_status": "resolved"}'),
  ('{"conflict_field": "shoe_size"}')) as x(v);
select is(pg_temp.previewed(null, 'domiq_wins'), 'nothing',
  'quarantine, no evidence, identity, and a group that is no more');

-- errors
select throws_ok($$select * from lead_sync.preview_field_policy('rent', null)$$, 'LS001',
  'no policy to preview', 'refused: no policy');

select * from finish();
rollback;
