-- sort_groups: what is done about each row of a merge, and where the bases go.
begin;
select plan(25);
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.sort_groups'), 'jsonb | immutable | - | -',
  'no role may call it');

-- One group's row; by default both bases are o.
create function pg_temp.row_of(p_name text, p_action text, p_domiq text, p_resman text,
  p_result text, p_base jsonb default '{"domiq": "o", "resman": "p"}') returns jsonb
language sql
as $$
  select jsonb_build_object('field_group', p_name, 'action', p_action,
    'domiq', jsonb_build_object(p_name, p_domiq), 'resman', jsonb_build_object(p_name, p_resman),
    'result', case when p_result is not null then jsonb_build_object(p_name, p_result) end,
    'base', case when p_base is not null then jsonb_build_object(
      'domiq', jsonb_build_object(p_name, p_base -> 'domiq'),
      'resman', jsonb_build_object(p_name, p_base -> 'resman')) end)
$$;
-- Where the group is listed, and what is said of its value; - where nothing is.
create function pg_temp.sorted(p_row jsonb, p_rebase boolean, p_failed jsonb default '{}')
returns text
language sql
as $$
  select concat_ws(' ', coalesce(l.names, 'none'),
    'send', coalesce(s -> 'send' ->> g, '-'),
    'then', coalesce(s -> 'domiq_base' ->> g, '-'), coalesce(s -> 'resman_base' ->> g, '-'),
    'now', coalesce(s -> 'now_domiq' ->> g, '-'), coalesce(s -> 'now_resman' ->> g, '-'))
  from (select p_row ->> 'field_group') as x(g),
    lead_sync_private.sort_groups(jsonb_build_array(p_row), p_failed,
      jsonb_build_object('version', 3, 'rebase', p_rebase)) as s,
    lateral (select string_agg(k, ' ') from jsonb_each(s) as e(k, v)
      where jsonb_typeof(v) = 'array' and v ? g) as l(names)
$$;

-- happy path
select is(pg_temp.sorted(pg_temp.row_of('a', action, 'd', 'r', result), false), expected,
  format('%s to %s', action, result))
from (values
  ('push', 'd', 'pushed send d then d d now - -'),
  ('pull', 'r', 'pulled send - then - - now r r'),
  ('converged', 'e', 'agreed send - then - - now e r'),
  ('in_sync', null, 'agreed send - then - - now o p'),
  ('decided', 'd', 'pushed send d then d d now r r'),
  ('decided', 'm', 'pushed send m then m m now r r'),
  ('decided', 'r', 'pulled send - then - - now r r'),
  ('conflict', null, 'conflicts send - then - - now - -'),
  ('suppressed', 'd', 'suppressed send - then - - now - -'),
  ('skip', null, 'none send - then - - now - -')) as v(action, result, expected);

-- edges: a base that moved with the rule is kept, whatever is done about the group
select is(pg_temp.sorted(pg_temp.row_of('a', action, 'd', 'r', result), true), expected,
  format('%s under a new rule', action))
from (values
  ('push', 'd', 'pushed send d then d d now o p'),
  ('pull', 'r', 'pulled send - then - - now r r'),
  ('decided', 'd', 'pushed send d then d d now r r'),
  ('conflict', null, 'conflicts send - then - - now o p'),
  ('suppressed', 'd', 'suppressed send - then - - now o p'),
  ('skip', null, 'none send - then - - now - -')) as v(action, result, expected);
select is(pg_temp.sorted(pg_temp.row_of('a', action, 'd', 'r', 'd', null), true), expected,
  format('%s without a base', action))
from (values ('push', 'pushed send d then d d now - -'),
  ('conflict', 'conflicts send - then - - now - -'),
  ('in_sync', 'agreed send - then - - now - -')) as v(action, expected);

-- edges: what DomIQ would not take
select is(pg_temp.sorted(pg_temp.row_of('a', action, 'd', 'r', 'r'), false, '{"a": {}}'),
  'conflicts send - then - - now - -', format('%s that failed', action))
from (values ('pull'), ('decided')) as v(action);
select is(pg_temp.sorted(pg_temp.row_of('a', 'pull', 'd', 'r', 'r'), false, '{"b": {}}'),
  'pulled send - then - - now r r', 'another group''s failure is no matter');

-- several
select is(lead_sync_private.sort_groups(jsonb_build_array(
    pg_temp.row_of('a', 'push', 'd', 'r', 'd'), pg_temp.row_of('b', 'push', 'e', 'r', 'e'),
    pg_temp.row_of('c', 'pull', 'd', 'r', 'r'), pg_temp.row_of('d', 'conflict', 'd', 'r', null),
    pg_temp.row_of('e', 'skip', 'd', 'r', null)), '{"x": {"why": "y"}}', '{"version": 3}'),
  '{"pushed": ["a", "b"], "pulled": ["c"], "suppressed": [], "conflicts": ["d"], "agreed": [],
    "send": {"a": "d", "b": "e"}, "domiq_base": {"a": "d", "b": "e"},
    "resman_base": {"a": "d", "b": "e"}, "now_domiq": {"c": "r"}, "now_resman": {"c": "r"},
    "failed": {"x": {"why": "y"}}, "rules_version": 3}', 'a whole merge');
select is(lead_sync_private.sort_groups('[]', '{}', '{"version": 3}'),
  '{"pushed": [], "pulled": [], "suppressed": [], "conflicts": [], "agreed": [], "send": {},
    "domiq_base": {}, "resman_base": {}, "now_domiq": {}, "now_resman": {}, "failed": {},
    "rules_version": 3}', 'nothing to merge');

select * from finish();
rollback;
