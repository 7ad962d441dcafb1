-- is_flipping: whether a value goes back and forth between the sides.
begin;
select plan(15);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.is_flipping'),
  'boolean | stable | enable_seqscan=off jit=off | -',
  'no role may call it');

select pg_temp.given_lead() as lead, pg_temp.given_lead() as other \gset
select pg_temp.given_mapping(:'lead') as mapping,
  pg_temp.given_mapping(:'other') as another \gset

-- After these moves, one word each like push:a, would the last one make it flip?
create function pg_temp.flips(p_mapping uuid, p_moves text, p_age interval default '1 min',
  p_as uuid default null, p_group text default 'rent') returns boolean
language plpgsql
as $$
declare
  v_moves text[] := string_to_array(p_moves, ' ');
  v_last text := v_moves[cardinality(v_moves)];
begin
  delete from lead_sync_private.field_change;
  insert into lead_sync_private.field_change (mapping_id, field_group, kind, new_domiq,
    new_resman, changed_at)
  select p_mapping, 'rent', split_part(m, ':', 1),
    case when m not like 'pull:%' then to_jsonb(split_part(m, ':', 2)) else '"other"' end,
    case when m not like 'push:%' then to_jsonb(split_part(m, ':', 2)) else '"other"' end,
    clock_timestamp() - p_age + n * interval '1 ms'
  from unnest(v_moves[:cardinality(v_moves) - 1]) with ordinality as x(m, n) order by n;
  return lead_sync_private.is_flipping(coalesce(p_as, p_mapping), p_group,
    split_part(v_last, ':', 1), to_jsonb(split_part(v_last, ':', 2)));
end
$$;

select is(pg_temp.flips(:'mapping', moves), expected, moves)
from (values
  ('push:a', false),
  ('push:a pull:b push:a pull:b', false),
  ('push:a pull:b push:a pull:b push:a', true),
  ('pull:b push:a pull:b push:a pull:b', true),
  ('push:a pull:b push:a pull:b push:c', false),
  -- one side alone may do as it likes
  ('push:a push:b push:a push:b push:a', false),
  -- what a person decides is none of it, nor breaks it
  ('push:a pull:b push:a converged:a pull:b resolve:b push:a', true),
  -- with other moves between
  ('push:a pull:b push:a pull:b push:c push:a pull:b push:a', true)) as v(moves, expected);

-- edges
select ok(pg_temp.flips(:'mapping', repeat('push:c ', 30)
  || 'push:a pull:b push:a pull:b push:a'), 'the last moves count');
select ok(not pg_temp.flips(:'mapping', 'push:a pull:b push:a pull:b push:a', '61 min'),
  'more than an hour ago is no matter');
select ok(pg_temp.flips(:'mapping', 'push:a pull:b push:a pull:b push:a', '59 min'),
  'less than an hour is');
select ok(not pg_temp.flips(:'mapping', 'push:a pull:b push:a pull:b push:a',
    p_as => :'another'),
  'another link''s are no matter');
select ok(not pg_temp.flips(:'mapping', 'push:a pull:b push:a pull:b push:a',
    p_group => 'pets'),
  'nor another group''s');
select ok(not lead_sync_private.is_flipping(:'another', 'rent', 'push', null),
  'a link without moves does not flip');

select * from finish();
rollback;
