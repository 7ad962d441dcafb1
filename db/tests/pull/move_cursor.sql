-- move_cursor: how far a property's modified leads have been read.
begin;
select plan(10);
\i db/tests/support/fixtures.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.move_cursor'), 'void | volatile | - | -',
  'no role may call it');

select pg_temp.given_property() as property, pg_temp.given_property() as other \gset
create function pg_temp.moved(p_property uuid, p_from text, p_to text) returns text
language plpgsql
as $$
begin
  perform lead_sync_private.move_cursor(p_property, ('2026-01-01 ' || p_from || '+00')::timestamptz,
    ('2026-01-01 ' || p_to || '+00')::timestamptz);
  return (select to_char(s.read_until at time zone 'UTC', 'HH24:MI')
          from lead_sync_private.pull_state s where s.property_id = p_property);
end
$$;

select is(pg_temp.moved(:'property', '10:00', '11:00'), '11:00', 'the first window begins it');
select is(pg_temp.moved(:'property', '10:58', '12:00'), '12:00', 'one that overlaps moves it on');
select is(pg_temp.moved(:'property', '12:00', '13:00'), '13:00', 'so does one that joins');
select is(pg_temp.moved(:'property', '13:01', '14:00'), '13:00', 'one behind a gap does not');
select is(pg_temp.moved(:'property', '09:00', '10:00'), '13:00', 'and none moves it back');
select is(pg_temp.moved(:'other', '08:00', '09:00'), '09:00', 'each property has its own');

-- edges: the clock has stepped back
create function pg_temp.moved_back(p_property uuid, p_from interval) returns boolean
language plpgsql
as $$
begin
  update lead_sync_private.pull_state set read_until = clock_timestamp() + interval '1 hour'
  where property_id = p_property;
  perform lead_sync_private.move_cursor(p_property, now() - p_from, now() - interval '1 hour');
  return (select s.read_until = now() - interval '1 hour' from lead_sync_private.pull_state s
          where s.property_id = p_property);
end
$$;
select pg_temp.given_integration(:'property', '{"created_at": "2026-01-05T00:00:00Z"}');
select is(pg_temp.moved_back(:'property', '2 days'), true,
  'a cursor ahead of the clock moves back with what pull_start asks for');
select is(pg_temp.moved_back(:'property', '3 days'), true, 'or with more');
select is(pg_temp.moved_back(:'property', '1 day'), false, 'not with less');

select * from finish();
rollback;
