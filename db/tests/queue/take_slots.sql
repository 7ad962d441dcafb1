-- take_slots: each request's place in the rate.
begin;
select plan(16);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.take_slots'),
  'numeric[] | volatile | enable_bitmapscan=off enable_hashjoin=off enable_mergejoin=off '
  'enable_seqscan=off jit=off | -',
  'no role may call it');

select pg_temp.given_property() as a, pg_temp.given_property() as b, pg_temp.given_property() as c
\gset
-- One a second, as far as it is used
select pg_temp.given_setting(p::uuid, 'rate_limit', to_jsonb(1 / lead_sync_private.rate_share()))
from unnest(array[:'a', :'b']) as p;
select pg_temp.given_setting(:'c', 'rate_limit', '0');
-- The waits in seconds: the clock goes on between two calls.
create function pg_temp.waits(variadic p_ids uuid[]) returns text
language sql
as $$
  select string_agg(coalesce(round(w.s)::text, '-'), ' ' order by w.n)
  from unnest(lead_sync_private.take_slots(p_ids)) with ordinality as w(s, n)
$$;
create function pg_temp.forget() returns void
language sql
as $$
  delete from lead_sync_private.rate_slot
$$;

-- happy path
select is(pg_temp.waits(:'a', :'a', :'a'), '0 1 2', 'evenly spaced, the first at once');
select is(pg_temp.waits(:'a'), '3', 'after those before it');
select pg_temp.forget();
select is(pg_temp.waits(:'a', :'b', :'a', :'b'), '0 0 1 1', 'each property on its own');
select pg_temp.forget();
update lead_sync_private.rate_slot set next_at = now() - interval '1 hour';
select is(pg_temp.waits(:'a', :'a'), '0 1', 'idle time is not saved up');

-- no limit
select pg_temp.forget();
select is(pg_temp.waits(:'c', :'c', :'c'), '- - -', 'no limit, no place');
select is_empty('select from lead_sync_private.rate_slot', 'and nothing is written');
select is(pg_temp.waits(:'c', :'a', :'c', :'a'), '- 0 - 1', 'beside others');

-- a partner's limit
select pg_temp.forget();
select pg_temp.given_setting(p::uuid, 'partner', '"p"'),
  pg_temp.given_setting(p::uuid, 'partner_rate_limit', to_jsonb(0.5 / lead_sync_private.rate_share()))
from unnest(array[:'a', :'c']) as p;
select is(pg_temp.waits(:'a', :'c', :'b', :'c'), '0 2 0 4', 'properties of one partner share');
select pg_temp.forget();
select is(pg_temp.waits(:'a', :'a'), '0 2', 'the stricter of the two holds');
select bag_eq('select limited from lead_sync_private.rate_slot',
  array[:'a', 'partner:p'], 'a place in each');
select pg_temp.given_setting(:'c', 'partner', '"q"');
select is(pg_temp.waits(:'c'), '0', 'another partner has its own');

select pg_temp.given_setting(:'c', 'partner_rate_limit',
  to_jsonb(0.05 / lead_sync_private.rate_share()));
select is(pg_temp.waits(:'c', :'c'), '2 22', 'a slow one');
select pg_temp.given_setting(:'b', 'rate_limit', to_jsonb(0.05 / lead_sync_private.rate_share()));
select pg_temp.forget();
select is(pg_temp.waits(:'b', :'b'), '0 20', 'as well as a slow property');
select pg_temp.given_setting(p::uuid, 'partner_rate_limit', '0') from unnest(array[:'a', :'c']) as p;
select is(pg_temp.waits(:'a', :'c'), '0 -', 'none where its rate is 0');

-- edges
select is(lead_sync_private.take_slots('{}'), '{}', 'no requests, no waits');

select * from finish();
rollback;
