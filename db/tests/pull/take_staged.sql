-- take_staged: leads that wait, locked.
begin;
select plan(7);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.take_staged'),
  'SETOF lead_sync_private.pulled_lead | volatile | enable_bitmapscan=off enable_seqscan=off '
  'enable_sort=off jit=off | -', 'no role may call it');

select pg_temp.given_pulling() as property, pg_temp.given_pulling() as elsewhere \gset
create function pg_temp.staged(p_property uuid, p_ids text[]) returns void
language sql
as $$
  insert into lead_sync_private.pulled_lead (property_id, resman_lead_id, lead, issued_at)
  select p_property, i, pg_temp.shown(jsonb_build_object('lead_id', i)), clock_timestamp()
  from unnest(p_ids) as i
$$;
create function pg_temp.taken(p_property uuid, p_limit integer, p_linked boolean) returns text
language sql
as $$
  select string_agg(t.resman_lead_id, ' ' order by t.n)
  from lead_sync_private.take_staged(p_property, p_limit, p_linked)
    with ordinality as t(id, property_id, resman_lead_id, lead, issued_at, window_from, item_id, n)
$$;

-- happy path
select pg_temp.staged(:'property', '{R1}');
select is(lead_sync_private.apply_staged(:'property', 1), 1, 'R1 becomes a linked one');
select pg_temp.staged(:'property', '{R9,R3}'), pg_temp.staged(:'elsewhere', '{R5}'),
  pg_temp.staged(:'property', '{R1,R2}');
select is(pg_temp.taken(:'property', 10, false), 'R9 R3 R1 R2', 'as they were read');
select is(pg_temp.taken(:'property', 2, false), 'R9 R3', 'no more than asked for');
select is(pg_temp.taken(:'property', 10, true), 'R1', 'or those that are linked');

-- edges
select is(pg_temp.taken(gen_random_uuid(), 10, false), null, 'none of none');
select is(pg_temp.taken(:'elsewhere', 10, true), null, 'none of strangers');

select * from finish();
rollback;
