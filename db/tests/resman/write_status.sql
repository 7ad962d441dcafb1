-- write_status: a status of DomIQ's own that a pull had overwritten.
begin;
select plan(5);
\i db/tests/support/fixtures.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.write_status'), 'void | volatile | - | -',
  'no role may call it');

select pg_temp.given_property() as property \gset
select pg_temp.given_conversation(pg_temp.given_user(), :'property') as lead,
  pg_temp.given_conversation(pg_temp.given_user(), :'property') as other \gset

-- happy path
select lead_sync_private.write_status(:'lead', 'tour_booked');
select is(c.status, 'tour_booked', 'the word') from public.conversation c where c.id = :'lead';
select is(c.status, 'new', 'of no other') from public.conversation c where c.id = :'other';

-- effects
select c.resman_sync_version as version from public.conversation c where c.id = :'lead' \gset
select is(:version, 1, 'that is an edit');
select lead_sync_private.write_status(:'lead', 'tour_booked');
select is(c.resman_sync_version, :version, 'the same word is none')
from public.conversation c where c.id = :'lead';

select * from finish();
rollback;
