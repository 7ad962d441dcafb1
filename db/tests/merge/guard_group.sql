-- guard_group: what forbids the writes of a result.
begin;
select plan(33);
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.guard_group'), 'text | immutable | - | -',
  'no role may call it');

-- Of a group of one field, that has this value on each side and as result: is it forbidden?
create function pg_temp.forbidden(p_name text, p_more jsonb, p_direction text, p_type text,
  p_domiq text, p_resman text, p_result text, p_evidence jsonb) returns boolean
language sql
as $$
  select lead_sync_private.guard_group(
    jsonb_build_object('name', p_name, 'contact', false) || p_more, p_direction, p_type,
    jsonb_build_object(f, p_domiq), jsonb_build_object(f, p_resman),
    jsonb_build_object(f, p_result), p_evidence) is not null
  from (select case p_name when 'tour' then 'tour_at' else p_name end as f) as x
$$;

select is(pg_temp.forbidden(name, more, direction, type, d, r, result, evidence), expected, label)
from (values
  -- happy path
  ('rent', '{}'::jsonb, 'bidirectional', 'prospect', 'a', 'b', 'a', '{}'::jsonb, false, 'a push'),
  ('rent', '{}', 'bidirectional', 'prospect', 'a', 'b', 'b', '{}', false, 'a pull'),
  -- the direction
  ('rent', '{}', 'from_resman', 'prospect', 'a', 'b', 'a', '{}', true, 'no push from_resman'),
  ('rent', '{}', 'from_resman', 'prospect', 'a', 'b', 'b', '{}', false, 'a pull from_resman'),
  ('rent', '{}', 'to_resman', 'prospect', 'a', 'b', 'b', '{}', true, 'no pull to_resman'),
  ('rent', '{}', 'to_resman', 'prospect', 'a', 'b', 'a', '{}', false, 'a push to_resman'),
  -- applicants and residents
  ('email', '{"contact": true}', 'bidirectional', 'applicant', 'a', 'b', 'a', '{}', true,
   'no push of a contact to an applicant'),
  ('status', '{}', 'bidirectional', 'current_resident', 'lost', 'b', 'lost', '{}', true,
   'no push of a status to a resident'),
  ('rent', '{}', 'bidirectional', 'applicant', 'a', 'b', 'a', '{}', false,
   'other groups of an applicant are pushed'),
  ('email', '{"contact": true}', 'bidirectional', 'applicant', 'a', 'b', 'b', '{}', false,
   'an applicant''s contact is pulled'),
  ('status', '{}', 'bidirectional', 'prospect', 'applicant', 'b', 'applicant', '{}', true,
   'nobody is made an applicant'),
  ('status', '{}', 'bidirectional', 'prospect', 'lost', 'b', 'lost', '{}', false, 'lost is pushed'),
  ('status', '{}', 'bidirectional', 'lost', 'prospect', 'lost', 'prospect', '{}', false,
   'and who is lost no longer'),
  ('status', '{}', 'bidirectional', 'prospect', 'a', 'applicant', 'applicant', '{}', false,
   'an applicant is pulled'),
  -- blanks
  ('email', '{"contact": true}', 'bidirectional', 'prospect', null, 'b', null, '{}', true,
   'no blank contact is pushed'),
  ('email', '{"contact": true}', 'bidirectional', 'prospect', 'a', null, null, '{}', true,
   'no blank contact is pulled'),
  ('email', '{"contact": true, "allow_blank": true}', 'bidirectional', 'prospect', 'a', null,
   null, '{}', false, 'but where it is allowed'),
  ('rent', '{}', 'bidirectional', 'prospect', 'a', null, null, '{}', false, 'others may be blank'),
  ('name', '{}', 'bidirectional', 'prospect', 'a', null, null, '{}', true, 'DomIQ wants a name'),
  ('tour', '{}', 'bidirectional', 'prospect', 'a', null, null, '{}', true,
   'no appointment vanishes'),
  ('tour', '{}', 'bidirectional', 'prospect', null, 'b', null, '{}', false,
   'one that DomIQ does not have is no matter'),
  -- the evidence
  ('pets', '{}', 'bidirectional', 'prospect', 'a', 'b', 'b', '{"opaque": ["pets"]}', true,
   'what cannot be read is not overwritten'),
  ('pets', '{}', 'bidirectional', 'prospect', 'a', 'b', 'b', '{"opaque": ["rent"]}', false,
   'another group''s is no matter'),
  ('email', '{"contact": true}', 'bidirectional', 'prospect', 'a', 'b', 'b', '{"spans": true}',
   true, 'no contact is pulled for a user of several companies'),
  ('email', '{"contact": true}', 'bidirectional', 'prospect', 'a', 'b', 'a', '{"spans": true}',
   false, 'but pushed'),
  ('rent', '{}', 'bidirectional', 'prospect', 'a', 'b', 'b', '{"spans": true}', false,
   'other groups are pulled')
) as v(name, more, direction, type, d, r, result, evidence, expected, label);
select is(lead_sync_private.guard_group('{"name": "rent", "contact": false}', 'from_resman',
  'prospect', '{"rent": null}', '{}', '{}', '{}'), null, 'where nothing is written nothing is');

-- edges: one field of a contact that is blank already
select is(lead_sync_private.guard_group('{"name": "contact", "contact": true}', 'bidirectional',
    'prospect', d, r, result, '{}') is not null, expected, label)
from (values
  ('{"a": "x", "b": null}'::jsonb, '{"a": "y", "b": null}'::jsonb,
   '{"a": "x", "b": null}'::jsonb,
   false, 'a field that is blank on both sides may stay so in a push'),
  ('{"a": "x", "b": null}', '{"a": "y", "b": null}', '{"a": "y", "b": null}', false,
   'and in a pull'),
  ('{"a": "x"}', '{"a": "y"}', '{"a": "y", "b": null}', false, 'one that nobody has too')
) as v(d, r, result, expected, label);

-- what merge_lead goes by
select matches(lead_sync_private.guard_group('{"name": "rent", "contact": false}', direction,
  'prospect', d, r, '{"rent": 1}', '{}'), '^direction', direction || ': the reason names it')
from (values ('from_resman', '{"rent": 1}'::jsonb, '{"rent": 2}'::jsonb),
  ('to_resman', '{"rent": 2}', '{"rent": 1}')) as v(direction, d, r);

select * from finish();
rollback;
