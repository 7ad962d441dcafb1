-- plan_new_lead: the values of a lead that ResMan does not have yet.
begin;
select plan(12);
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.plan_new_lead'), 'jsonb | stable | - | -',
  'no role may call it');

-- happy path
select lead_sync_private.plan_new_lead('{"first_name": "Ann", "last_name": "Lee",
  "email": "ann@example.com", "phone": null, "rent_min": 1000, "rent_max": null, "pets": [],
  "tour_at": "2027-01-15T10:00:00Z", "status": "qualified", "unheard": 1}') as plan \gset
select is(:'plan'::jsonb -> 'send', '{"first_name": "Ann", "last_name": "Lee",
  "email": "ann@example.com", "rent_min": 1000, "pets": [], "unheard": 1,
    "status": "prospect"}',
  'what is blank is not sent; a lead begins as a prospect; the tour is an event');
select is(:'plan'::jsonb -> side, '{"first_name": "Ann", "last_name": "Lee",
  "email": "ann@example.com", "phone": null, "rent_min": 1000, "rent_max": null, "pets": [],
  "tour_at": "2027-01-15T10:00:00Z", "status": "prospect"}',
  side || ': what was sent, blanks included')
from unnest(array['domiq_base', 'resman_base']) as side;
select is(:'plan'::jsonb -> 'pushed', '["email", "name", "pets", "phone", "rent", "tour",
  "status"]',
  'the groups that were observed, each once, and the status');
select is(:'plan'::jsonb -> k, v, k)
from (values ('suppressed', '[]'::jsonb), ('conflicts', '[]'), ('agreed', '[]'),
  ('again', 'false')) as x(k, v);

-- edges: what a create cannot say
select is(lead_sync_private.plan_new_lead(lead) -> 'again', again, lead::text)
from (values ('{"email": "a", "status": "lost"}'::jsonb, 'true'::jsonb),
  ('{"email": "a", "status": "leased"}', 'false'), ('{"email": "a"}', 'false')) as v(lead,
    again);

select * from finish();
rollback;
