-- take_shared_slots: times that are free for a property and for its partner.
begin;
select plan(20);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.take_shared_slots'),
  'numeric[] | volatile | enable_bitmapscan=off enable_hashjoin=off enable_mergejoin=off '
  'enable_seqscan=off jit=off | -',
  'no role may call it');

select gen_random_uuid() as a, gen_random_uuid() as b \gset
-- The waits in seconds, for the clock goes on between two calls, of requests of a, one in 5 s, and
-- b, without a rate of its own; the partner's by its requests in 10 s.
create function pg_temp.waits(p_rate numeric, variadic p_properties text[]) returns text
language sql
as $$
  select string_agg(round(w.s)::text, ' ' order by w.n)
  from unnest(lead_sync_private.take_shared_slots('p', p_rate / 10 / lead_sync_private.rate_share(),
    (select array_agg(case p when 'a' then current_setting('test.a')::uuid
      else current_setting('test.b')::uuid end) from unnest(p_properties) as p),
    (select array_agg(case p when 'a' then 0.2 else 0 end / lead_sync_private.rate_share())
     from unnest(p_properties) as p))) with ordinality as w(s, n)
$$;
select set_config('test.a', :'a', false), set_config('test.b', :'b', false);
create function pg_temp.forget() returns void
language sql
as $$
  delete from lead_sync_private.rate_slot
$$;

-- happy path
select is(pg_temp.waits(10, 'b', 'b', 'b'), '0 1 2', 'evenly spaced by the partner''s rate');
select pg_temp.forget();
select is(pg_temp.waits(10, 'a', 'a', 'a'), '0 5 10', 'or by the property''s, where that is slower');
select is(pg_temp.waits(10, 'b', 'b', 'b', 'b', 'b'), '1 2 3 4 6',
  'others take the places it has left, and none twice');
select is(pg_temp.waits(10, 'a', 'b', 'b', 'b', 'b'), '15 7 8 9 11', 'also later on');
select ok(r.next_at between clock_timestamp() + '11 s' and clock_timestamp() + '12 s',
  'the partner''s next is the first that is free')
from lead_sync_private.rate_slot r where r.limited = 'partner:p';
select is(r.beyond, '{[3,4)}', 'and what is taken after it is counted from there')
from lead_sync_private.rate_slot r where r.limited = 'partner:p';
select is(pg_temp.waits(10, 'b'), '12', 'so it goes on');

-- time passes
select pg_temp.forget();
select pg_temp.waits(10, 'a', 'a', 'a');
update lead_sync_private.rate_slot set next_at = next_at - interval '4.2 s';
select is(pg_temp.waits(10, 'b', 'b', 'b', 'b', 'b'), '2 3 4 5 7',
  'places that passed unused are gone, those that are taken hold');
update lead_sync_private.rate_slot set next_at = next_at - interval '10 years';
select is(pg_temp.waits(10, 'b', 'a'), '0 1', 'idle time is not saved up, however long');
select is(array_agg(r.beyond order by r.limited), '{"{}","{}"}', 'and nothing of it is kept')
from lead_sync_private.rate_slot r;

-- a property's pace
select pg_temp.forget();
select is(pg_temp.waits(3, 'a', 'a', 'a', 'a'), '0 7 10 17',
  'its pace is kept over places that do not meet it');
select pg_temp.forget();
select is(pg_temp.waits(1, 'a', 'a', 'b', 'a'), '0 10 20 30', 'the stricter of the two holds');
select pg_temp.forget();
select is(pg_temp.waits(2, 'a', 'a', 'a'), '0 5 10', 'as both do where they are equal');

-- a wish of ResMan's
select pg_temp.forget();
insert into lead_sync_private.rate_slot values (:'a', clock_timestamp() + interval '20 s');
select is(pg_temp.waits(10, 'a'), '20', 'it waits');
select ok(r.next_at <= clock_timestamp(), 'and leaves what is before it')
from lead_sync_private.rate_slot r where r.limited = 'partner:p';
select is(pg_temp.waits(10, 'b', 'a', 'b'), '1 25 2', 'a property that is held back holds up nobody');
update lead_sync_private.rate_slot set next_at = clock_timestamp() + interval '30 s', beyond = '{}'
where limited = 'partner:p';
select is(pg_temp.waits(10, 'b', 'a'), '30 31', 'the partner all');

-- a slow property
select pg_temp.forget();
select is(array_agg(round(w)), '{0,2}', 'its rate may be less than one')
from unnest(lead_sync_private.take_shared_slots('p', 10, array[:'a', :'a']::uuid[],
  array_fill(0.5 / lead_sync_private.rate_share(), array[2]))) as w;

-- edges
select is(lead_sync_private.take_shared_slots('q', 10, '{}', '{}'), '{}', 'no requests, no waits');

select * from finish();
rollback;
