-- trigger_update_user_sync_status: which edits of a user count.
begin;
select plan(14);
\i db/tests/support/fixtures.psql
\i db/tests/support/capture.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.trigger_of('public."user"', 'trigger_update_user_sync_status'),
  'before update | row | - | update_user_sync_status',
  'when it fires, and what it calls');

select pg_temp.given_user() as "user" \gset

-- happy path
select is(pg_temp.moved('user', :'user', change), 1, 'counts: ' || change)
from unnest(array['first_name = ''A''', 'last_name = ''B''', 'email = null',
  'email = ''a@example.com''', 'phone = null', 'phone = ''+13035550196''',
  'first_name = ''C'', age = 3']) as change;

-- edges
select is(pg_temp.moved('user', :'user', change), 0, 'does not count: ' || change)
from unnest(array['age = 4', 'lead_source = ''Web''', 'hubspot_contact_id = ''x''',
  'first_name = first_name', 'resman_contact_id = ''P1''',
    'resman_sync_status = ''failed''']) as change;

select * from finish();
rollback;
