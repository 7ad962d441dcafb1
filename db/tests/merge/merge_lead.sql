-- merge_lead: every combination of what both sides and both bases can hold, for every policy,
-- against laws that any merge must keep; then the guards, and whole leads.
begin;
select plan(40);
\i db/tests/support/fixtures.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.merge_lead'),
  'TABLE(field_group text, action text, domiq jsonb, resman jsonb, base jsonb, result jsonb, '
  'winner text, policy text, conflict_type text, severity text, why text) '
  '| immutable | - | -', 'no role may call it');

-- Rules of one group with one field.
create function pg_temp.rules(
  p_group text, p_policy text, p_contact boolean default false, p_blank boolean default false,
  p_direction text default 'bidirectional') returns jsonb
language sql immutable
as $$
  select jsonb_build_object('version', 1, 'rebase', false, 'country', '1',
    'direction', p_direction, 'groups', jsonb_build_array(jsonb_build_object('name', p_group,
      'contact', p_contact, 'policy', p_policy, 'allow_blank', p_blank, 'fields',
      jsonb_build_array(jsonb_build_object('field', p_group, 'steps', '["trim"]'::jsonb)))))
$$;
-- A document of one field: absent, null or a value.
create function pg_temp.doc(p_value text) returns jsonb
language sql immutable
as $$
  select case p_value when 'absent' then '{}' when 'null' then '{"comment": null}'
    else jsonb_build_object('comment', p_value) end
$$;

create temporary table everything as
select d.v as d, r.v as r, db.v as db, rb.v as rb, p.policy, e.evidence, m.action, m.domiq,
  m.resman, m.base, m.result, m.winner, m.conflict_type, m.severity, m.why,
  pg_temp.doc(db.v) || pg_temp.doc(d.v) as domiq_now,
  pg_temp.doc(rb.v) || pg_temp.doc(r.v) as resman_now,
  db.v <> 'absent' and rb.v <> 'absent' as has_base
from (values ('absent'), ('null'), ('a'), ('b'), ('c')) as d(v),
  (values ('absent'), ('null'), ('a'), ('b'), ('c')) as r(v),
  (values ('absent'), ('null'), ('a'), ('b'), ('c')) as db(v),
  (values ('absent'), ('null'), ('a'), ('b'), ('c')) as rb(v),
  unnest(array['domiq_wins', 'resman_wins', 'newest_wins', 'fill_blank_only', 'furthest_stage',
    'union', 'manual_review']) as p(policy),
  (values ('{}'::jsonb),
    ('{"domiq_times": {"comment": "2026-01-01T10:00:00Z"},
       "resman_after": "2026-01-01T11:00:00Z", "resman_before": "2026-01-01T12:00:00Z"}'),
    ('{"domiq_times": {"comment": "2026-01-01T13:00:00Z"},
       "resman_after": "2026-01-01T11:00:00Z", "resman_before": "2026-01-01T12:00:00Z"}'),
    ('{"domiq_times": {"comment": "2026-01-01T11:30:00Z"},
       "resman_after": "2026-01-01T11:00:00Z", "resman_before": "2026-01-01T12:00:00Z"}')
  ) as e(evidence),
  lateral lead_sync_private.merge_lead(pg_temp.rules('comment', p.policy), pg_temp.doc(db.v),
    pg_temp.doc(rb.v), pg_temp.doc(d.v), pg_temp.doc(r.v), e.evidence) as m;
select is(count(*), 5 * 5 * 5 * 5 * 7 * 4::bigint, 'all were merged') from everything;

-- the laws
select is_empty($$select * from everything
  where jsonb_strip_nulls(domiq_now) = jsonb_strip_nulls(resman_now)
    and action not in ('in_sync', 'converged', 'skip')$$,
  'a pair that is equal writes nothing');
select is_empty($$select * from everything
  where action in ('push', 'pull', 'decided')
    and result not in (domiq, resman) and winner is distinct from 'merged'$$,
  'the result is a side''s value, or a declared combination');
select is_empty($$select * from everything
  where winner = 'merged' and (policy <> 'union'
    or position(coalesce(domiq ->> 'comment', '') in coalesce(result ->> 'comment', '')) = 0
    or position(coalesce(resman ->> 'comment', '') in coalesce(result ->> 'comment', '')) = 0)$$,
  'a combination holds both sides'' values');
select is_empty($$select * from everything where d = 'absent' and action = 'push'$$,
  'what DomIQ does not say is never pushed');
select is_empty($$select * from everything where r = 'absent' and action = 'pull'$$,
  'what ResMan does not show is never pulled');
select is_empty($$select * from everything
  where has_base and d <> 'absent' and pg_temp.doc(d) is distinct from pg_temp.doc(db)
    and jsonb_strip_nulls(pg_temp.doc(d)) <> jsonb_strip_nulls(pg_temp.doc(db))
    and (r = 'absent' or r = rb) and domiq_now <> resman_now
    and jsonb_strip_nulls(domiq_now) <> jsonb_strip_nulls(resman_now)
    and (action, result) is distinct from ('push', domiq_now)$$,
  'what DomIQ changed alone is pushed, whatever the policy');
select is_empty($$select * from everything
  where has_base and r <> 'absent'
    and jsonb_strip_nulls(pg_temp.doc(r)) <> jsonb_strip_nulls(pg_temp.doc(rb))
    and (d = 'absent' or d = db)
    and jsonb_strip_nulls(domiq_now) <> jsonb_strip_nulls(resman_now)
    and (action, result) is distinct from ('pull', resman_now)$$,
  'what ResMan changed alone is pulled, whatever the policy');
select is_empty($$select * from everything
  where has_base
    and jsonb_strip_nulls(domiq_now) <> jsonb_strip_nulls(pg_temp.doc(db))
    and jsonb_strip_nulls(resman_now) <> jsonb_strip_nulls(pg_temp.doc(rb))
    and jsonb_strip_nulls(domiq_now) <> jsonb_strip_nulls(resman_now)
    and action not in ('decided', 'conflict')$$,
  'what both changed is decided or a conflict, never just written');
select is_empty($$select * from everything
  where has_base
    and jsonb_strip_nulls(domiq_now) = jsonb_strip_nulls(pg_temp.doc(db))
    and jsonb_strip_nulls(resman_now) = jsonb_strip_nulls(pg_temp.doc(rb))
    and action not in ('in_sync', 'converged', 'skip')$$,
  'what nobody changed is left, though the two show it differently');
select is_empty($$select * from everything
  where not has_base and action in ('push', 'pull')
    and jsonb_strip_nulls(domiq) <> '{}' and jsonb_strip_nulls(resman) <> '{}'$$,
  'without a base only a blank is filled');
select is_empty($$select * from everything
  where not has_base and action = 'decided' and policy = 'newest_wins'$$,
  'and time decides nothing');
select is_empty($$select * from everything
  where action in ('decided', 'conflict') <> (conflict_type is not null)
     or action = 'decided' and (winner is null or result is null)
     or action = 'conflict' and (winner is not null or result is not null)$$,
  'every conflict has a type, a decided one its winner and result');
select is_empty($$select * from everything
  where action in ('decided', 'conflict')
    and conflict_type <> case when has_base then 'data_conflict' else 'field_mismatch' end$$,
  'which says whether there was a base');
select is_empty($$
  select e.* from everything e,
    lateral lead_sync_private.merge_lead(pg_temp.rules('comment', e.policy), e.result, e.result,
      e.result, e.result, e.evidence) as again
  where e.result is not null and e.action in ('push', 'pull', 'decided', 'converged')
    and again.action not in ('in_sync', 'skip')$$,
  'once the result is on both sides and the base, nothing is left to do');
-- as a decision that needs a push leaves it: DomIQ holds the result, both bases ResMan's value
select is_empty($$
  select e.* from everything e,
    lateral lead_sync_private.merge_lead(pg_temp.rules('comment', e.policy), e.resman, e.resman,
      e.result, e.resman, e.evidence) as again
  where e.action = 'decided' and jsonb_strip_nulls(e.result) <> jsonb_strip_nulls(e.resman)
    and (again.action, again.result) is distinct from ('push', e.result)$$,
  'a decision that needs a push leaves exactly that push');
select is_empty($$
  select e.d, e.r, e.db, e.rb, e.policy, e.action, o.action as mirrored
  from everything e
  join everything o on o.d = e.r and o.r = e.d and o.db = e.rb and o.rb = e.db
    and o.policy = e.policy and o.evidence = e.evidence
  where e.policy in ('fill_blank_only', 'union', 'manual_review', 'furthest_stage')
    and e.evidence = '{}'
    and case e.action when 'push' then 'pull' when 'pull' then 'push' when 'skip' then 'converged'
        else e.action end
      <> case o.action when 'skip' then 'converged' else o.action end
    -- a side that says nothing at all is not the mirror of one that does
    and 'absent' not in (e.d, e.r)$$,
  'symmetric policies are symmetric');
select is_empty($$
  select e.* from everything e join everything o
    on (o.d, o.r, o.db, o.rb, o.policy) = (e.r, e.d, e.rb, e.db, e.policy)
      and o.evidence = e.evidence
  where e.policy in ('union') and e.action = 'decided' and o.action = 'decided'
    and e.winner is distinct from 'merged' and o.winner = e.winner$$,
  'and their winners are mirrored');
select is_empty($$select * from everything where policy = 'manual_review' and action = 'decided'$$,
  'manual_review decides nothing');
select is_empty($$select * from everything where action in ('decided', 'conflict')
    and policy in ('domiq_wins', 'resman_wins')
    and (winner is null or winner <> replace(policy, '_wins', ''))$$,
  'domiq_wins and resman_wins always decide');
select is_empty($$
  select d, r, db, rb from everything
  group by d, r, db, rb
  having count(distinct action) filter (where action not in ('decided', 'conflict')) > 1
    or bool_or(action in ('decided', 'conflict')) and
      bool_or(action not in ('decided', 'conflict'))$$,
  'a policy matters for conflicts alone');

-- newest_wins goes by what is known
create function pg_temp.newest(p_evidence jsonb) returns text
language sql
as $$
  select action || coalesce(' ' || winner, '')
  from lead_sync_private.merge_lead(pg_temp.rules('comment', 'newest_wins'), pg_temp.doc('a'),
    pg_temp.doc('a'), pg_temp.doc('b'), pg_temp.doc('c'), p_evidence)
$$;
select is(pg_temp.newest('{}'), 'conflict', 'nothing known: undecidable');
select is(pg_temp.newest('{"domiq_times": {"comment": "2026-01-01T10:00:00Z"},
  "resman_after": "2026-01-01T11:00:00Z", "resman_before": "2026-01-01T12:00:00Z"}'),
  'decided resman', 'DomIQ''s edit before the last read that showed the old value: ResMan');
select is(pg_temp.newest('{"domiq_times": {"comment": "2026-01-01T12:00:01Z"},
  "resman_after": "2026-01-01T11:00:00Z", "resman_before": "2026-01-01T12:00:00Z"}'),
  'decided domiq', 'after the first that showed the new one: DomIQ');
select is(pg_temp.newest('{"domiq_times": {"comment": "2026-01-01T11:00:00Z"},
  "resman_after": "2026-01-01T11:00:00Z", "resman_before": "2026-01-01T12:00:00Z"}'),
  'conflict', 'between the two: undecidable');
select is(pg_temp.newest('{"domiq_times": {"comment": "2026-01-01T12:30:00Z"},
  "resman_after": "2026-01-01T12:20:00Z", "resman_before": "2026-01-01T13:00:00Z",
  "resman_seen": {"comment": {"value": {"comment": "c"}, "after": "2026-01-01T11:00:00Z",
    "at": "2026-01-01T12:00:00Z"}}}'),
  'decided domiq', 'ResMan''s value has been known for longer: what counts is when it was first seen');
select is(pg_temp.newest('{"domiq_times": {"comment": "2026-01-01T11:30:00Z"},
  "resman_after": "2026-01-01T12:20:00Z", "resman_before": "2026-01-01T13:00:00Z",
  "resman_seen": {"comment": {"value": {"comment": "c"}, "after": "2026-01-01T11:00:00Z",
    "at": "2026-01-01T12:00:00Z"}}}'),
  'conflict', 'reading it again narrows nothing down');

-- guards
create function pg_temp.guarded(
  p_group text, p_base text, p_domiq text, p_resman text, p_policy text, p_evidence jsonb
    default '{}', p_direction text default 'bidirectional', p_contact boolean default true)
returns text
language sql
as $$
  select action || coalesce(' ' || winner, '') || coalesce(': ' || why, '')
  from lead_sync_private.merge_lead(pg_temp.rules(p_group, p_policy, p_contact, false,
      p_direction),
    jsonb_build_object(p_group, p_base), jsonb_build_object(p_group, p_base),
    jsonb_build_object(p_group, p_domiq), jsonb_build_object(p_group, p_resman), p_evidence)
$$;
select is(pg_temp.guarded('email', 'a', null, 'a', 'domiq_wins'),
  'suppressed domiq: a contact value became blank', 'a blank contact value is not pushed');
select is(pg_temp.guarded('email', 'a', 'a', null, 'domiq_wins'),
  'suppressed resman: a contact value became blank', 'nor pulled');
select is(pg_temp.guarded('email', 'a', null, 'b', 'domiq_wins'),
  'decided resman: the other side is blank', 'and loses against a value');
select is(pg_temp.guarded('email', 'a', 'b', 'a', 'domiq_wins', '{}', 'from_resman'),
  'suppressed domiq: direction from_resman', 'a property that only pulls pushes nothing');
select is(pg_temp.guarded('email', 'a', 'a', 'b', 'domiq_wins', '{}', 'to_resman'),
  'suppressed resman: direction to_resman', 'one that only pushes pulls nothing');
select is(pg_temp.guarded('email', 'a', 'b', 'c', 'resman_wins', '{}', 'to_resman'),
  'suppressed resman: direction to_resman', 'though a policy says so');
select is(pg_temp.guarded('email', 'a', 'a', 'b', 'domiq_wins', '{"spans": true}'),
  'suppressed resman: the user has conversations with several companies',
  'a user of several companies gets no contact values from one of them');
select is(pg_temp.guarded('bedrooms', '1', '1', '2', 'domiq_wins', '{"opaque": ["bedrooms"]}',
    'bidirectional', false),
  'suppressed resman: DomIQ holds a value of its own', 'what DomIQ holds unreadably stays');
select is(pg_temp.guarded('status', 'prospect', 'lost', 'applicant', 'furthest_stage', '{}',
    'bidirectional', false),
  'conflict: lost in DomIQ, an applicant or resident in ResMan', 'an applicant against lost');
select is(pg_temp.guarded('status', 'applicant', 'lost', 'applicant', 'furthest_stage', '{}',
    'bidirectional', false),
  'suppressed domiq: ResMan holds an applicant or resident', 'no applicant is lost by the chat');

-- whole leads
select results_eq($$
  select field_group from lead_sync_private.merge_lead(lead_sync_private.merge_rules(null),
    '{}', '{}', '{}', '{}')$$,
  array['name', 'email', 'phone', 'status', 'move_in_date', 'rent', 'bedrooms', 'occupants',
    'pets', 'comment', 'tour'], 'a row a group, in their order');
select results_eq($$
  select field_group, action from lead_sync_private.merge_lead(
    lead_sync_private.merge_rules(null),
    '{"rent_min": 1000, "rent_max": 1500, "email": "a@example.com"}',
    '{"rent_min": 1000, "rent_max": 1500, "email": "a@example.com", "status": "applicant"}',
    '{"rent_min": 1100, "rent_max": 1500, "email": "b@example.com"}',
    '{"rent_min": 1000, "rent_max": 1600}') where action <> 'skip'$$,
  $$values ('email', 'suppressed'), ('rent', 'conflict')$$,
  'a group is decided as one; an applicant''s contact data is the office''s, as last shown');

select * from finish();
rollback;
