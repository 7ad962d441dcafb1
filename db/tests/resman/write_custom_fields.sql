-- write_custom_fields: what ResMan alone knows of a lead.
begin;
select plan(5);
\i db/tests/support/fixtures.psql
\i db/tests/support/capture.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.write_custom_fields'),
  'void | volatile | enable_seqscan=off jit=off | -',
  'no role may call it');

select pg_temp.given_property() as property \gset
select pg_temp.given_integration(:'property');
select pg_temp.given_quiet_lead(:'property') as lead, pg_temp.given_quiet_lead(:'property')
  as other \gset

-- happy path: set as a whole
select lead_sync_private.write_custom_fields(:'lead', '{"unit": "B2", "score": 1}');
select lead_sync_private.write_custom_fields(:'lead', '{"unit": "B3"}');
select is(resman_custom_fields, '{"unit": "B3"}', 'the last holds alone')
from public.conversation where id = :'lead';
select is(resman_custom_fields, null, 'of no other') from public.conversation
where id = :'other';

-- effects
select is(pg_temp.captured(:'lead'), 'nothing', 'that is no edit to push');
set local search_path = '';
select lead_sync_private.write_custom_fields(:'lead', null);
set local search_path = public, tap;
select is(resman_custom_fields, null, 'null empties, whatever the caller''s path')
from public.conversation where id = :'lead';

select * from finish();
rollback;
