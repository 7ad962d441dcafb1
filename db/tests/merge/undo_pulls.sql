-- undo_pulls: what pulls overwrote is listed, and comes back.
begin;
select plan(35);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql
\i db/tests/support/routine.psql
\i db/tests/support/undo.psql

-- surface
select is(pg_temp.surface_of('lead_sync.undo_pulls'), 'TABLE(change_id bigint, '
  'conversation_id uuid, resman_lead_id text, field_group text, was jsonb, is_now jsonb, '
  'pulled_at timestamp with time zone, outcome text, why text, item_id uuid) | '
  'volatile definer | lock_timeout=500ms | lead_sync_service', 'who may call it');

-- errors
select throws_ok(format('select * from lead_sync.undo_pulls(%s)', a), c, m, 'refused: ' || m)
from (values
  (format('%L, null', :'property'), 'LS001', 'since is missing'),
  (format('%L, now(), false, 0', :'property'), 'LS001', 'limit is out of range'),
  (format('%L, now(), false, 10001', :'property'), 'LS001', 'limit is out of range'),
  (format('%L, now(), false, null', :'property'), 'LS001', 'limit is out of range'),
  (format('%L, now(), false, 1, -1', :'property'), 'LS002', 'no such change to go on after'),
  (format('%L, now()', pg_temp.given_property()), 'LS003', 'property has no integration'))
  as v(a, c, m);
select lives_ok(format('select * from lead_sync.undo_pulls(%L, now(), false, %s)', :'property',
  n), 'a limit of ' || n)
from unnest(array[1, 10000]) as n;

-- happy path: the dry run
select is(pg_temp.told(:'start'), 'nothing', 'nothing was pulled yet');
select is(pg_temp.apply('{"rent_max": 2000, "status": "lost", "first_name": "Anna"}'),
  'updated', 'a pull overwrites three groups');
update public.lead_sync_queue set status = 'completed';
select is(pg_temp.told(:'start'), 'name restorable, rent restorable, status restorable',
  'all are listed');
select results_eq(format($$select u.conversation_id, u.resman_lead_id, u.was, u.is_now,
    u.pulled_at, u.item_id from lead_sync.undo_pulls(%L, %L) u where u.field_group = 'name'$$,
    :'property', :'start'),
  format($$select %L::uuid, 'R1', '{"last_name": "Lee", "first_name": "Ann"}'::jsonb,
    '{"last_name": "Lee", "first_name": "Anna"}'::jsonb, f.changed_at, null::uuid
    from lead_sync_private.field_change f where f.field_group = 'name'$$, :'lead'),
  'with both values, the group whole');
select is(pg_temp.holds(), 'Anna ann@example.com lost 2000 2027-03-01 2', 'nothing is changed');
select is(pg_temp.told(clock_timestamp()), 'nothing', 'pulls before that time stand');
select is(pg_temp.told(max(f.changed_at)), 'rent restorable',
  'from that time on, to the moment')
from lead_sync_private.field_change f where f.field_group = 'rent';
select is(array_agg(coalesce(y.change_id, 0) order by x.change_id),
  array_agg(coalesce(x.next, 0) order by x.change_id), 'a page goes on after the one before')
from (select u.change_id, lead(u.change_id) over (order by u.pulled_at, u.change_id) as next
      from lead_sync.undo_pulls(:'property', :'start') as u) as x
left join lateral lead_sync.undo_pulls(:'property', :'start', false, 1, x.change_id) as y
  on true;
select is(count(*), 0::bigint, 'and nothing is queued')
from public.lead_sync_queue where status = 'pending';

-- happy path: it comes back
create temporary table done as select * from lead_sync.undo_pulls(:'property', :'start', true);
select is(string_agg(u.field_group || ' ' || u.outcome, ', ' order by u.field_group),
  'name restored, rent restored, status restored', 'all come back')
from done u join public.lead_sync_queue q on q.id = u.item_id and q.status = 'pending';
select is(pg_temp.holds(), 'Ann ann@example.com tour_booked 1000 2027-03-01 2',
  'as it was, the status in its own word');
select ok(m.domiq_base ->> 'first_name' = 'Anna' and m.resman_base ->> 'first_name' = 'Anna'
  and m.domiq_base ->> 'rent_max' = '2000' and m.resman_base ->> 'rent_max' = '2000'
  and m.domiq_base ->> 'status' = 'lost' and m.resman_base ->> 'status' = 'lost',
  'both bases are ResMan''s value, so that exactly the push remains')
from public.lead_sync_mapping m;
select is(count(*), 1::bigint, 'one push waits') from public.lead_sync_queue
where conversation_id = :'lead' and status = 'pending' and sync_operation = 'push';
select is(format('%s %s %s', f.kind, f.old_domiq -> 'rent_max', f.new_domiq -> 'rent_max'),
  'undo 2000 1000', 'the history has it')
from lead_sync_private.field_change f where f.field_group = 'rent' and f.kind <> 'pull';
select is(l.sync_data ->> 'step', 'undo', 'the log has it')
from public.lead_sync_log l where l.sync_data ->> 'field' = 'rent' and l.sync_data ? 'step';
select is(c.resman_sync_status, 'not_synced', 'until the push') from public.conversation c
where c.id = :'lead';

-- effects: once is enough
select is(pg_temp.told(:'start', true), 'nothing', 'a second time there is nothing to do');
select is(pg_temp.apply('{"rent_max": 2000, "status": "lost", "first_name": "Anna"}'),
  'unchanged', 'no pull undoes it');
select is(pg_temp.holds(), 'Ann ann@example.com tour_booked 1000 2027-03-01 2', 'it stays');

-- edges: pulled once more
select is(pg_temp.apply('{"rent_max": 3000}'), 'updated', 'the office''s newer edit wins');
select results_eq(format($$select u.field_group, u.outcome, u.was -> 'rent_max'
    from lead_sync.undo_pulls(%L, %L) as u$$, :'property', :'start'),
  $$values ('rent', 'restorable', '1000'::jsonb)$$, 'and can be undone in its turn');
insert into lead_sync_private.field_change (mapping_id, conversation_id, property_id,
  field_group, kind, old_domiq, new_domiq, old_resman, new_resman)
select :'mapping', :'lead', :'property', 'occupants', 'pull', o, n, o, n
from (values (1, '{"occupants": 1}'::jsonb, '{"occupants": 3}'::jsonb),
  (2, '{"occupants": 3}', '{"occupants": 2}')) as v(i, o, n) order by i;
select results_eq(format($$select u.change_id, u.was from lead_sync.undo_pulls(%L, %L) as u
    where u.field_group = 'occupants'$$, :'property', :'start'),
  $$select max(f.id), '{"occupants": 1}'::jsonb from lead_sync_private.field_change f$$,
  'the last pull speaks for those before');
select is(pg_temp.apply('{"rent_max": 1000}'), 'updated', 'the office takes it back itself');
select unalike(pg_temp.told(:'start'), '%rent%', 'then there is nothing to undo');
update public.conversation set occupants_count = 4 where id = :'lead';
select is(pg_temp.told(:'start'), 'occupants edited DomIQ has edited the value since',
  'what stays is listed with the reason');
select is(count(*), 0::bigint, 'not for another property')
from lead_sync.undo_pulls(pg_temp.given_pulling(), :'start');

select * from finish();
rollback;
