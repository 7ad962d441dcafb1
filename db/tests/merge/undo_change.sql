-- undo_change: one group comes back under the lead's locks, or is left alone.
begin;
select plan(12);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql
\i db/tests/support/routine.psql
\i db/tests/support/undo.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.undo_change'), 'jsonb | volatile | - | -',
  'no role may call it');

create function pg_temp.undo(p_group text, p_since timestamptz) returns jsonb
language sql
as $$
  select lead_sync_private.undo_change(f, m, p_since)
  from public.lead_sync_mapping m join lead_sync_private.field_change f on f.mapping_id = m.id
  where f.field_group = p_group and f.kind = 'pull'
$$;
-- the newest conversation of the lead is the one that pulls write
select pg_temp.given_conversation(:'user', :'property',
  '{"status": "scheduled", "price_range_max": 1000, "move_in_date": "2027-03-01",
    "occupants_count": 2, "created_at": "2099-01-01"}') as newest \gset
insert into lead_sync_private.follower (conversation_id, mapping_id)
values (:'newest', :'mapping');
select is(pg_temp.apply('{"email": "anna@example.com", "rent_max": 2000, "status": "lost"}'),
  'updated', 'a pull');
update public.lead_sync_queue set status = 'completed';

-- edges: it cannot be had at once
select pg_temp.given_item(:'lead', '{"status": "processing"}') as item \gset
select is(pg_temp.undo('rent', :'start'),
  '{"outcome": "busy", "why": "a push of the lead is in flight"}', 'a push is in flight');
delete from public.lead_sync_queue where id = :'item';
-- edges: DomIQ does not take it
select pg_temp.given_user('Zoe', 'Ray', 'ann@example.com', null);
select is(r ->> 'outcome' || ': ' || (r ->> 'why'),
  'refused: the value belongs to another user in DomIQ', 'somebody else has it by now')
from pg_temp.undo('email', :'start') as r;
select is(pg_temp.holds(), 'Ann anna@example.com lost 2000 2027-03-01 2',
  'nothing was written');
-- edges: what was weighed before the locks does not count
update public.conversation set price_range_max = 2500 where id = :'newest';
select is(pg_temp.undo('rent', :'start') ->> 'outcome', 'edited', 'it was edited meanwhile');
update public.conversation set price_range_max = 2000, resman_field_times = null
where id = :'newest';
update public.conversation set resman_field_times = null where id = :'newest';

-- happy path
select is(r - 'now' - 'item_id', '{"was": {"rent_min": null, "rent_max": 1000}, "text": null,
  "outcome": "restored", "why": null}', 'it is restored')
from pg_temp.undo('rent', :'start') as r;
select is(pg_temp.holds(), 'Ann anna@example.com lost 1000 2027-03-01 2', 'that group alone');
select is(pg_temp.undo('rent', :'start'), null, 'not twice');
select pg_temp.undo('status', :'start') ->> 'item_id' as push \gset
select is(q.conversation_id || ' ' || q.status, :'lead' || ' pending',
  'with the push that is to come') from public.lead_sync_queue q where q.id = :'push';
select results_eq('select c.id, c.status::text from public.conversation c order by created_at',
  format('values (%L::uuid, ''tour_booked''), (%L, ''scheduled'')', :'lead', :'newest'),
  'the status in DomIQ''s word, where it was overwritten');
select is(f.policy, null, 'no policy decided that')
from lead_sync_private.field_change f where f.kind = 'undo' and f.field_group = 'rent';

select * from finish();
rollback;
