-- update_user_sync_status: a version, a mark, and a time for each group that changed.
begin;
select plan(18);
\i db/tests/support/fixtures.psql
\i db/tests/support/capture.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('public.update_user_sync_status'), 'trigger | volatile | - | -',
  'no role may call it');

select pg_temp.given_user() as "user" \gset
update public."user" set resman_contact_id = 'P1', resman_sync_status = 'synced',
  resman_sync_version = 7, resman_field_times = '{"name": "2020-01-01T00:00:00+00:00"}'
where id = :'user';

-- happy path
update public."user" set email = 'new@example.com' where id = :'user';
select collect_tap(
  is(u.resman_sync_version, 8, 'the version moves by one'),
  is(u.resman_sync_status, 'not_synced', 'it is not in step any more'),
  is(u.resman_capture_mark::text, pg_current_xact_id()::text, 'the transaction is marked'),
  is(u.resman_field_times - 'email', '{"name": "2020-01-01T00:00:00+00:00"}',
    'other times stay'),
  ok((u.resman_field_times ->> 'email')::timestamptz between now() and clock_timestamp(),
    'the group that changed has the time'),
  is(u.resman_contact_id, 'P1', 'the contact stays'))
from public."user" u where u.id = :'user';

-- effects: what the statement's trigger asks for
select is(current_setting('lead_sync.stamped', true), txid_current()::text,
  'the transaction has stamped');
select set_config('lead_sync.stamped', 'off', true);
update public."user" set email = 'newer@example.com' where id = :'user';
select is(current_setting('lead_sync.stamped'), txid_current()::text,
  '… whatever anybody else set');

-- edges: which group a column belongs to
create function pg_temp.stamped(p_id uuid, p_set text) returns text
language plpgsql
as $$
declare
  v_stamped text;
begin
  update public."user" set resman_field_times = null where id = p_id;
  execute format('update public."user" set %s where id = $1', p_set) using p_id;
  select coalesce(string_agg(k, ' ' order by k), '') into v_stamped
  from public."user" u, jsonb_object_keys(u.resman_field_times) as k where u.id = p_id;
  return v_stamped;
end
$$;
select is(pg_temp.stamped(:'user', change), expected, change)
from (values ('first_name = ''A''', 'name'), ('last_name = ''B''', 'name'),
  ('email = null', 'email'), ('phone = ''+13035550198''', 'phone'),
  ('phone = null, last_name = ''C''', 'name phone')) as v(change, expected);

-- edges: a row from before the package
update public."user" set resman_sync_version = null, resman_field_times = null
where id = :'user';
update public."user" set email = 'again@example.com' where id = :'user';
select is(u.resman_sync_version, 1, 'an unknown version becomes the first')
from public."user" u where u.id = :'user';
select is(array(select jsonb_object_keys(u.resman_field_times)), array['email'],
  'and times begin') from public."user" u where u.id = :'user';

-- effects
select is(pg_temp.moved('user', :'user', 'phone = ''+13035550197'''), 1, 'each edit');
select is(pg_temp.moved('user', :'user', 'phone = null'), 1, 'moves it');

select * from finish();
rollback;
