-- with_stage: a lead with ResMan's word for its stage.
begin;
select plan(9);
\i db/tests/support/fixtures.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.with_stage'), 'jsonb | immutable | - | -',
  'no role may call it');

-- happy path
select is(lead_sync_private.with_stage(jsonb_build_object('status', stage, 'comment', 'New')),
  jsonb_build_object('status', word, 'comment', 'New'), 'of ' || stage)
from (values ('new', 'prospect'), ('Contacted', 'prospect'), (' application ', 'applicant'),
  ('leased', 'current_resident'), ('lost', 'lost'), ('something', 'something'))
  as x(stage, word);

-- edges
select is(lead_sync_private.with_stage('{"comment": "New"}'), '{"comment": "New"}',
  'without a status it is as it is');
select is(lead_sync_private.with_stage('{"status": null}'), '{"status": null}',
  'a blank stays one');

select * from finish();
rollback;
