-- rebase_group: a base under the rules of now. A rule that changed moves the base and writes
-- nothing.
begin;
select plan(26);
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.rebase_group'), 'jsonb | immutable | - | -',
  'no role may call it');

-- The rules of now, for a base that was written under this version of them.
create function pg_temp.rebased(
  p_group text, p_version integer, p_base jsonb, p_now jsonb) returns jsonb
language sql
as $$
  select lead_sync_private.rebase_group(r, jsonb_path_query_first(r,
    '$.groups[*] ? (@.name == $n)', jsonb_build_object('n', p_group)), p_base, p_now)
  from lead_sync_private.merge_rules(null, p_version) as r
$$;

-- happy path: one version alone
select is(pg_temp.rebased('email', 1, '{"email": " A@Example.com", "phone": "1"}',
  '{"email": "b@example.com"}'), '{"email": "a@example.com"}', 'the base of the group, normalised');
select is(pg_temp.rebased('email', null, '{"email": "a"}', '{"email": "b"}'), '{"email": "a"}',
  'of a link that never had a version');
select is(pg_temp.rebased('email', 1, '{"phone": "1"}', '{"email": "b"}'), '{}',
  'without a base of the group there is none');
select is(pg_temp.rebased('email', 1, null, '{"email": "b"}'), '{}', 'nor without any');

-- rules with further versions: 2 ignores the case of names, 3 no more and none of e-mails'
insert into lead_sync_private.normaliser (name, version, steps)
values ('text', 2, '{trim,lower}'), ('text', 3, '{trim}'), ('email', 3, '{trim}');
select is(pg_temp.rebased('email', 1, '{"email": "a@b"}', '{"email": "A@b "}'),
  '{"email": "A@b"}', 'a value that has not moved is the base, as the new rule reads it');
select is(pg_temp.rebased('email', 2, '{"email": "a@b"}', '{"email": "A@b"}'),
  '{"email": "A@b"}', 'a rule that was then in force under a lower version, too');
select is(pg_temp.rebased('email', 3, '{"email": "a@b"}', '{"email": "A@b"}'),
  '{"email": "a@b"}', 'a base written under the new rule stays');
select is(pg_temp.rebased('email', null, '{"email": "a@b"}', '{"email": "A@b"}'),
  '{"email": "a@b"}', 'and one without a version');
select is(pg_temp.rebased('email', 1, '{"email": "a@b"}', now), base, format('now %s', now))
from (values ('{"email": "C@b"}'::jsonb, '{"email": "a@b"}'::jsonb),
  ('{"email": null}', '{"email": "a@b"}'), ('{}', '{"email": "a@b"}'), (null, '{"email": "a@b"}'),
  ('{"first_name": "A"}', '{"email": "a@b"}')) as v(now, base);
select is(pg_temp.rebased('email', 1, '{}', '{"email": null}'), '{}',
  'a blank makes no base where there was none');
select is(pg_temp.rebased('email', 1, '{"email": null}', '{"email": " "}'), '{"email": null}',
  'a blank stays blank');

select is(lead_sync_private.rebase_group('{"rebase": true, "country": "44"}',
  '{"fields": [{"field": "phone", "steps": ["phone"], "base_steps": ["trim"]}]}',
  '{"phone": "020 7946 0018"}', now), '{"phone": "+442079460018"}',
  'a telephone number is read as the country''s')
from (values ('{"phone": "020 7946 0018"}'::jsonb), ('{"phone": "1"}')) as v(now);

-- edges: several fields, of which not all were observed, or one is blank
select is(pg_temp.rebased('name', 2, '{"first_name": "ann", "last_name": "lee"}', now), base,
  format('now %s', now))
from (values
  ('{"first_name": "Ann", "last_name": "Lee"}'::jsonb,
   '{"first_name": "Ann", "last_name": "Lee"}'::jsonb),
  ('{"first_name": "Ann"}', '{"first_name": "Ann", "last_name": "lee"}'),
  ('{"first_name": "Ann", "last_name": "Ray"}', '{"first_name": "ann", "last_name": "lee"}')
) as v(now, base);
select is(pg_temp.rebased('name', 2, '{"first_name": "ann"}', '{"first_name": "Ann",
  "last_name": null}'), '{"first_name": "Ann", "last_name": null}',
  'a blank is the same as no value');

-- effects: no write follows
create function pg_temp.merged(p_base text, p_domiq text, p_resman text) returns text
language sql
as $$
  select concat_ws(' ', m.action, m.base #>> '{domiq,email}', m.base #>> '{resman,email}')
  from lead_sync_private.merge_lead(lead_sync_private.merge_rules(null, 1),
    jsonb_build_object('email', p_base), jsonb_build_object('email', p_base),
    jsonb_build_object('email', p_domiq), jsonb_build_object('email', p_resman)) as m
  where m.field_group = 'email'
$$;
select is(pg_temp.merged('a@b', d, r), expected, format('%s and %s: %s', d, r, expected))
from (values ('A@b', 'a@b', 'in_sync A@b a@b'), ('a@b', 'A@b', 'in_sync a@b A@b'),
  ('A@b', 'A@b', 'in_sync A@b A@b'), ('c@b', 'A@b', 'push a@b A@b')) as v(d, r, expected);

select * from finish();
rollback;
