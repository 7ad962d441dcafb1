-- write_new_user: a "user" of a lead that ResMan alone has.
begin;
select plan(9);
\i db/tests/support/fixtures.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.write_new_user'), 'uuid | volatile | - | -',
  'no role may call it');

create function pg_temp.made(p_values jsonb) returns text
language plpgsql
as $$
declare
  v_id uuid := lead_sync_private.write_new_user(p_values);
begin
  return (select concat_ws(' | ', u.first_name, u.last_name, coalesce(u.email, '-'),
      coalesce(u.phone, '-'), u.lead_source)
    from public."user" u where u.id = v_id);
end
$$;

-- happy path
select is(pg_temp.made('{"first_name": " Ann ", "last_name": "Lee", "email": "ann@example.com",
  "phone": "+13035550177", "lead_id": "L1"}'),
  'Ann | Lee | ann@example.com | +13035550177 | resman', 'with its names and contacts');

-- edges: a name that ResMan does not show
select is(pg_temp.made(v), '- | - | - | - | resman', 'a dash for: ' || v::text)
from unnest(array['{}', '{"first_name": null, "last_name": null, "email": null, "phone": null}',
  '{"first_name": "", "last_name": "  "}']::jsonb[]) as v;
select is(pg_temp.made('{"last_name": "Lee", "phone": "+13035550178"}'),
  '- | Lee | - | +13035550178 | resman', 'either name by itself');

-- errors
select throws_ok(format('select lead_sync_private.write_new_user(%L)', v), code, null,
  'refused: ' || v)
from (values ('{"email": "ann@example.com"}', '23505'),
  ('{"phone": "+13035550177"}', '23505')) as x(v, code);

-- effects
set local search_path = '';
select lead_sync_private.write_new_user('{"first_name": "Far"}');
set local search_path = public, tap;
select is(count(*), 1::bigint, 'whatever the caller''s path') from public."user"
where first_name = 'Far';

select * from finish();
rollback;
