-- decide_conflict: who wins a group that both sides changed.
begin;
select plan(46);
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.decide_conflict'), 'jsonb | immutable | - | -',
  'no role may call it');

-- 'winner severity result' of a group that has this policy; - where nobody wins.
create function pg_temp.decided(p_name text, p_policy text, p_domiq jsonb, p_resman jsonb,
  p_base jsonb default null, p_evidence jsonb default '{}', p_more jsonb default '{}')
returns text
language sql
as $$
  select format('%s %s %s', coalesce(d ->> 'winner', '-'), d ->> 'severity',
    coalesce(nullif(d -> 'result', 'null')::text, '-'))
  from lead_sync_private.decide_conflict(jsonb_build_object('name', p_name, 'policy', p_policy,
    'contact', p_name in ('name', 'email', 'phone')) || p_more, p_domiq, p_resman, p_base,
    p_evidence) as d
$$;
create function pg_temp.why(p_name text, p_policy text, p_domiq jsonb, p_resman jsonb,
  p_base jsonb default null, p_evidence jsonb default '{}') returns text
language sql
as $$
  select lead_sync_private.decide_conflict(jsonb_build_object('name', p_name,
    'policy', p_policy, 'contact', p_name = 'email'), p_domiq, p_resman, p_base, p_evidence)
    ->> 'why'
$$;

-- happy path: each policy
select is(pg_temp.decided(name, policy, d, r), expected, format('%s: %s and %s', policy, d, r))
from (values
  ('rent', 'domiq_wins', '{"a": 1}'::jsonb, '{"a": 2}'::jsonb, 'domiq medium {"a": 1}'),
  ('rent', 'resman_wins', '{"a": 1}', '{"a": 2}', 'resman medium {"a": 2}'),
  ('rent', 'manual_review', '{"a": 1}', '{"a": 2}', '- medium -'),
  ('rent', 'fill_blank_only', '{"a": 1}', '{"a": 2}', '- medium -'),
  ('rent', 'fill_blank_only', '{"a": null}', '{"a": 2}', 'resman low {"a": 2}'),
  ('rent', 'fill_blank_only', '{"a": 1}', '{"a": null}', 'domiq low {"a": 1}'),
  ('rent', 'fill_blank_only', '{"a": 1}', '{}', 'domiq low {"a": 1}'),
  ('pets', 'fill_blank_only', '{"pets": ["dog"]}', '{"pets": []}',
   'domiq low {"pets": ["dog"]}'),
  ('pets', 'fill_blank_only', '{"pets": []}', '{"pets": ["dog"]}', '- medium -'),
  ('status', 'furthest_stage', '{"status": "applicant"}', '{"status": "prospect"}',
   'domiq medium {"status": "applicant"}'),
  ('status', 'furthest_stage', '{"status": "prospect"}', '{"status": "lost"}',
   'resman medium {"status": "lost"}'),
  ('status', 'furthest_stage', '{"status": "odd"}', '{"status": "lost"}', '- medium -'),
  ('pets', 'union', '{"pets": ["cat"]}', '{"pets": ["dog"]}',
   'merged medium {"pets": ["cat", "dog"]}'),
  ('rent', 'union', '{"a": 1}', '{"a": 2}', '- medium -'),
  ('rent', 'newest_wins', '{"a": 1}', '{"a": 2}', '- medium -')
) as v(name, policy, d, r, expected);

-- newest_wins: ResMan's edit came after resman_after, and before resman_before
select is(pg_temp.decided('rent', 'newest_wins', '{"a": 1}', '{"a": 2}', '{}', '{"domiq_times":
    {"rent": "2026-01-02 12:00+00"}, "resman_after": "2026-01-02 12:00+00",
    "resman_before": "2026-01-03 00:00+00"}'::jsonb || evidence), expected, label)
from (values
  ('{"resman_after": "2026-01-02 12:01+00"}'::jsonb, 'resman medium {"a": 2}',
   'DomIQ''s edit came first'),
  ('{"resman_before": "2026-01-02 11:59+00"}', 'domiq medium {"a": 1}', 'DomIQ''s came last'),
  ('{}', '- medium -', 'between the reads, or at the very time, nobody can tell'),
  ('{"resman_before": "2026-01-02 12:00+00"}', '- medium -', 'nor at the other end'),
  ('{"resman_after": "2026-01-02 09:00-04"}', 'resman medium {"a": 2}', 'times, not texts'),
  ('{"domiq_times": {"email": "2026-01-01"}}', '- medium -', 'nor without a time of the group'),
  ('{"resman_after": null}', '- medium -', 'nor without an earlier read'),
  ('{"resman_seen": {"rent": {"value": {"a": 2}, "at": "2026-01-02 11:00+00",
    "after": "2026-01-02 10:00+00"}}}', 'domiq medium {"a": 1}',
   'ResMan has shown the value since: when it was first seen counts'),
  ('{"resman_seen": {"rent": {"value": {"a": 2}, "at": "2026-01-02 14:00+00",
    "after": "2026-01-02 13:00+00"}}}', 'resman medium {"a": 2}', 'and after which read'),
  ('{"resman_seen": {"rent": {"value": {"a": 3}, "at": "2026-01-02 11:00+00",
    "after": "2026-01-02 10:00+00"}}}', '- medium -', 'another value that was seen does not'),
  ('{"resman_seen": {"email": {"value": {"a": 2}, "at": "2026-01-02 11:00+00",
    "after": "2026-01-02 10:00+00"}}}', '- medium -', 'nor another group''s')
) as v(evidence, expected, label);

-- edges: contacts that one side blanked
select is(pg_temp.decided('email', policy, d, r, '{}', '{}', more), expected,
  format('%s: %s and %s %s', policy, d, r, more))
from (values
  ('resman_wins', '{"email": "a"}'::jsonb, '{"email": null}'::jsonb, '{}'::jsonb,
   'domiq low {"email": "a"}'),
  ('domiq_wins', '{"email": null}', '{"email": "b"}', '{"allow_blank": false}',
   'resman low {"email": "b"}'),
  ('resman_wins', '{"email": "a"}', '{"email": null}', '{"allow_blank": true}',
   'resman low {"email": null}'),
  ('resman_wins', '{"email": "a"}', '{"email": "b"}', '{}', 'resman high {"email": "b"}')
) as v(policy, d, r, more, expected);

-- edges: lost in DomIQ, but more than a prospect in ResMan
select is(pg_temp.decided('status', policy, format('{"status": "%s"}', d)::jsonb,
    format('{"status": "%s"}', r)::jsonb), expected, format('%s: %s and %s', policy, d, r))
from (values
  ('domiq_wins', 'lost', 'applicant', '- critical -'),
  ('furthest_stage', 'lost', 'current_resident', '- critical -'),
  ('resman_wins', 'lost', 'prospect', 'resman medium {"status": "prospect"}'),
  ('domiq_wins', 'applicant', 'lost', 'domiq medium {"status": "applicant"}')
) as v(policy, d, r, expected);

-- edges: what is written otherwise only is of little weight
select is(pg_temp.decided('comment', 'domiq_wins', '{"a": "No 5-A, Main"}',
    '{"a": "no 5a MAIN"}'),
  'domiq low {"a": "No 5-A, Main"}', 'case, punctuation and spaces');
select is(pg_temp.decided('name', 'manual_review', '{"a": "Lee"}', '{"a": "Li"}'), '- high -',
  'a contact is of much');

-- why
select is(pg_temp.why(name, policy, d, r, base), expected, format('%s: why', policy))
from (values
  ('rent', 'domiq_wins', '{"a": 1}'::jsonb, '{"a": 2}'::jsonb, null::jsonb,
   'policy domiq_wins'),
  ('rent', 'union', '{"a": 1}', '{"a": 2}', null, 'policy union does not tell'),
  ('rent', 'manual_review', '{"a": 1}', '{"a": 2}', null, 'a person decides'),
  ('email', 'domiq_wins', '{"a": 1}', '{"a": null}', null, 'the other side is blank'),
  ('status', 'domiq_wins', '{"status": "lost"}', '{"status": "applicant"}', null,
   'lost in DomIQ, an applicant or resident in ResMan'),
  ('rent', 'newest_wins', '{"a": 1}', '{"a": 2}', null,
   'both sides had a value before they were linked: time decides nothing'),
  ('rent', 'newest_wins', '{"a": 1}', '{"a": 2}', '{}',
   'undecidable: which edit came later cannot be told')
) as v(name, policy, d, r, base, expected);
select is(lead_sync_private.decide_conflict('{"name": "rent", "contact": false,
  "policy": "union"}', '{}', '{}', null, '{}') ->> 'policy', 'union', 'it names the policy');
select is(pg_temp.decided('rent', 'newest_wins', '{"a": 1}', '{"a": 2}', null, '{"domiq_times":
  {"rent": "2026-01-02"}, "resman_after": "2026-01-03"}'), '- medium -',
  'without a base no time decides');

select * from finish();
rollback;
