-- apply_staged: leads that wait, oldest first.
begin;
select plan(21);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql
\i db/tests/support/plain.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.apply_staged'),
  'integer | volatile | enable_seqscan=off jit=off | -',
  'no role may call it');

select pg_temp.given_pulling() as property, pg_temp.given_pulling() as elsewhere \gset
insert into lead_sync_private.pulled_lead (property_id, resman_lead_id, lead, issued_at)
select p, 'R' || n, pg_temp.shown(jsonb_build_object('lead_id', 'R' || n, 'phone', null,
  'email', format('ann-%s@example.com', n))), clock_timestamp()
from (values (:'property'::uuid, 3), (:'property', 1), (:'property', 2), (:'elsewhere', 4))
  as x(p, n);

-- happy path
select is(lead_sync_private.apply_staged(:'property', 2), 2, 'how many');
select bag_eq('select resman_lead_id::text from public.lead_sync_mapping',
  array['R3', 'R1'], 'the oldest, no more than asked for');
select bag_eq('select resman_lead_id from lead_sync_private.pulled_lead', array['R2', 'R4'],
  'they wait no more');
select is(lead_sync_private.apply_staged(:'property', 2, true), 0, 'strangers are not linked ones');
select is(lead_sync_private.apply_staged(:'property', 2), 1, 'then the rest');
select is(lead_sync_private.apply_staged(:'property', 2), 0, 'then none');
select is(resman_lead_id, 'R4', 'another property''s waits on')
from lead_sync_private.pulled_lead;

-- edges
update lead_sync_private.pulled_lead set issued_at = now() - interval '1 day',
  resman_lead_id = 'R1', property_id = :'property',
  lead = pg_temp.shown('{"lead_id": "R1", "email": "ann-1@example.com", "first_name": "Old"}');
select is(lead_sync_private.apply_staged(:'property', 2), 1, 'one that is out of date');
select is(q.sync_data, '{"lead_id": "R1"}', 'is read again') from public.lead_sync_queue q
where q.sync_operation = 'pull';
select is(count(*), 0::bigint, 'and waits no more') from lead_sync_private.pulled_lead;

-- errors: one that cannot be applied
create function pg_temp.refuse() returns trigger
language plpgsql
as $$ begin raise exception using errcode = 'XX000'; end $$;
create trigger broken before insert on public."user" for each row
  when (new.email = 'ann-6@example.com') execute function pg_temp.refuse();
delete from public.lead_sync_queue;
insert into lead_sync_private.pulled_lead (property_id, resman_lead_id, lead, issued_at)
select :'property', 'R' || n, pg_temp.shown(jsonb_build_object('lead_id', 'R' || n,
  'phone', null, 'email', format('ann-%s@example.com', n))), clock_timestamp()
from generate_series(5, 7) as n;
select is(lead_sync_private.apply_staged(:'property', 5), 3, 'one that fails');
select bag_eq($$select resman_lead_id::text from public.lead_sync_mapping
  where resman_lead_id in ('R5', 'R6', 'R7')$$, array['R5', 'R7'],
  'holds up neither those before it nor those after');
select bag_eq($$select resman_lead_id || ' ' || status || ' ' || error_code
  from public.lead_sync_queue where sync_operation = 'pull'$$, array['R6 failed internal_XX000'],
  'and is a dead letter of its own');

-- linked ones alone
delete from lead_sync_private.pulled_lead;
insert into lead_sync_private.pulled_lead (property_id, resman_lead_id, lead, issued_at)
select :'property', x.id, pg_temp.shown(jsonb_build_object('lead_id', x.id)), clock_timestamp()
from (values ('stranger'), ('R1')) as x(id);
select is(lead_sync_private.apply_staged(:'property', 2, true), 1, 'one that is linked is');

-- those that are merged without a word, beside others
delete from lead_sync_private.pulled_lead;
delete from public.lead_sync_queue;
select count(pg_temp.given_in_step(:'property', 's' || n)) from generate_series(1, 3) as n;
insert into lead_sync_private.pulled_lead (property_id, resman_lead_id, lead, issued_at)
select :'property', m.resman_lead_id, pg_temp.shows(m) || x.told, clock_timestamp()
from (values ('s1', '{"occupants": 3}'::jsonb), ('s2', '{"first_name": "Eve"}'),
  ('s3', '{"occupants": 4}')) as x(id, told)
join public.lead_sync_mapping m on m.resman_lead_id = x.id;
create view pg_temp.came as
select m.resman_lead_id || ' ' || u.first_name || ' ' || c.occupants_count as came
from public.lead_sync_mapping m join public.conversation c on c.id = m.conversation_id
join public."user" u on u.id = c.user_id where m.resman_lead_id like 's%';
create temporary table written (rows bigint);
create function pg_temp.note_write() returns trigger
language plpgsql
as $$ begin insert into written select count(*) from new_rows; return null; end $$;
create trigger note_write after update on public.conversation referencing new table as new_rows
  for each statement execute function pg_temp.note_write();
savepoint refused;
select is(lead_sync_private.apply_staged(:'property', 5), 3, 'all of them are applied');
select bag_eq('select came from pg_temp.came', array['s1 Ann 3', 's2 Eve 2', 's3 Ann 4'],
  'each has what ResMan shows');
select bag_eq('select rows from written where rows > 1', array[2::bigint],
  'those without a word are written by one statement');
select is_empty('select from public.lead_sync_queue', 'none is to be read again, or pushed');
rollback to refused;
create trigger broken before update on public.conversation for each row
  when (new.occupants_count = 3) execute function pg_temp.refuse();
select is(lead_sync_private.apply_staged(:'property', 5), 3, 'one that DomIQ refuses');
select bag_eq('select came from pg_temp.came', array['s1 Ann 2', 's2 Eve 2', 's3 Ann 4'],
  'holds up no other');

select * from finish();
rollback;
