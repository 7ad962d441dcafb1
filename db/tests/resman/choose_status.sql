-- choose_status: DomIQ's status for a ResMan type that is pulled.
begin;
select plan(14);
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.choose_status'), 'text | stable | - | -',
  'no role may call it');

-- happy path and edges
select is(lead_sync_private.choose_status(s, t), e, format('%s, ResMan says %s: %s', s, t, e))
from (values
  ('new', 'lost', 'lost'), ('leased', 'lost', 'lost'), ('qualified', 'applicant', 'application'),
  ('application', 'current_resident', 'leased'),
  ('new', 'prospect', 'new'), ('tour_booked', 'prospect', 'tour_booked'),
  ('lost', 'prospect', 'active'), ('application', 'prospect', 'active'),
  (' Lost ', 'prospect', 'active'), ('of their own', 'prospect', 'of their own'),
  (null, 'prospect', 'active'), (' ', 'prospect', 'active'),
  ('new', 'unheard of', 'new')) as x(s, t, e);

select * from finish();
rollback;
