-- compare_lead: a whole lead, group by group, and the guards that forbid a push.
begin;
select plan(26);

-- The action for one group; the base is the same on both sides.
create function pg_temp.action(
  p_group text, p_domiq jsonb, p_resman jsonb, p_base jsonb) returns text
language sql
as $$
  select c.action
  from lead_sync_private.compare_lead(p_domiq, p_resman, p_base, p_base, '1') c
  where c.field_group = p_group
$$;

select results_eq(
  $$select field_group from lead_sync_private.compare_lead('{}', '{}', '{}', '{}', '1')$$,
  array['name', 'email', 'phone', 'status', 'move_in_date', 'rent', 'bedrooms', 'occupants',
    'pets', 'comment', 'tour'], 'a row a group, in their order');
select results_eq(
  $$select action, domiq, resman, base from lead_sync_private.compare_lead(
      '{"email": " Ann@Example.com ", "phone": "303 555 0101", "rent_min": 1000}',
      '{"email": "ann@example.com", "phone": "(303) 555-0101"}',
      '{"email": "ANN@example.com"}', '{"email": "ann@example.com"}', '1')
    where field_group in ('email', 'phone', 'rent')$$,
  $$values
    ('in_sync', '{"email": "ann@example.com"}'::jsonb, '{"email": "ann@example.com"}'::jsonb,
     '{"domiq": {"email": "ann@example.com"}, "resman": {"email": "ann@example.com"}}'::jsonb),
    ('converged', '{"phone": "+13035550101"}', '{"phone": "+13035550101"}', null),
    ('push', '{"rent_min": 1000}', '{}', null)$$,
  'values are compared, and shown, normalised; no base is null');
select is(pg_temp.action('name', '{"first_name": "Ann", "last_name": "Lee"}',
  '{"first_name": "Anne", "last_name": "Lee"}', '{"first_name": "Ann", "last_name": "Le"}'),
  'conflict', 'the names are decided as one');
select is(c.action, 'converged', 'a number is read with the country that is given')
from lead_sync_private.compare_lead('{"phone": "020 7946 0018"}', '{"phone": "+442079460018"}',
  '{}', '{}', '44') c where c.field_group = 'phone';

-- applicants and residents are the office's
select is(pg_temp.action(g, d, r || jsonb_build_object('status', s), b || jsonb_build_object(
    'status', s)), 'suppressed', format('%s of a ResMan %s', g, s))
from unnest(array['applicant', 'current_resident']) as s,
lateral (values
  ('name', '{"first_name": "Ann"}'::jsonb, '{"first_name": "An"}'::jsonb,
   '{"first_name": "An"}'::jsonb),
  ('email', '{"email": "b@example.com"}', '{"email": "a@example.com"}',
   '{"email": "a@example.com"}'),
  ('phone', '{"phone": "3035550102"}', '{"phone": "3035550101"}', '{"phone": "3035550101"}'),
  ('status', '{"status": "lost"}', '{}', '{}')) as v(g, d, r, b);
select is(pg_temp.action('rent', '{"rent_min": 900}',
  '{"rent_min": 800, "status": "applicant"}', '{"rent_min": 800}'), 'push',
  'the preferences of an applicant still go over');
select is(pg_temp.action('email', '{"email": "a@example.com"}',
  '{"email": "b@example.com", "status": "applicant"}', '{"email": "a@example.com"}'),
  'pull', 'and what the office changes still comes back');

-- a contact value that became blank
select is(pg_temp.action(f, jsonb_build_object(f, null), jsonb_build_object(f, v),
    jsonb_build_object(f, v)), 'suppressed', 'a blanked ' || f || ' is not written')
from (values ('email', 'a@example.com'), ('phone', '+13035550101')) as x(f, v);
select is(pg_temp.action('name', '{"first_name": "Bo", "last_name": null}',
  '{"first_name": "An", "last_name": "Lee"}', '{"first_name": "An", "last_name": "Lee"}'),
  'suppressed', 'nor a name of which a part is blank');
select is(pg_temp.action('email', '{"email": "a@example.com"}', '{"email": null}',
  '{"email": null}'), 'push', 'a blank that DomIQ fills is');
select is(pg_temp.action('comment', '{"comment": null}', '{"comment": "x"}',
  '{"comment": "x"}'), 'push', 'a preference may become blank');

-- a status ResMan makes itself
select is(pg_temp.action('status', jsonb_build_object('status', s), '{"status": "prospect"}',
  '{"status": "prospect"}'), 'suppressed', 'status ' || s || ' is not written')
from unnest(array['application', 'leased']) as s;
select is(pg_temp.action('status', '{"status": "lost"}', '{"status": "prospect"}',
  '{"status": "new"}'), 'push', 'lost is');
select is(pg_temp.action('status', '{"status": "contacted"}', '{"status": "lost"}',
  '{"status": "lost"}'), 'push', 'so is the way back from lost');
select is(pg_temp.action('status', '{"status": "qualified"}', '{"status": "prospect"}',
  '{"status": "new"}'), 'in_sync', 'the stages of a prospect are one to ResMan');

-- What ResMan did not show is as it was.
select is(pg_temp.action('email', '{"email": null}', '{}', '{"email": "a@example.com"}'),
  'suppressed', 'a contact value that DomIQ blanks stays, though ResMan did not show it');
select is(pg_temp.action('email', '{"email": "b@example.com"}', '{"email": "a@example.com"}',
  '{"email": "a@example.com", "status": "applicant"}'),
  'suppressed', 'an applicant is guarded, though ResMan did not show the type');

select * from finish();
rollback;
