-- write_plain: the leads that take_plain has taken, all with each statement.
begin;
select plan(10);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql
\i db/tests/support/plain.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.write_plain'),
  'void | volatile | enable_bitmapscan=off enable_hashjoin=off enable_mergejoin=off'
  ' enable_seqscan=off jit=off | -',
  'no role may call it');

select pg_temp.given_pulling() as property \gset
select count(pg_temp.given_in_step(:'property', 'r' || n)) from generate_series(0, 9) as n;
update public.conversation set resman_custom_fields = '{"source": {"id": "S0"}}'
where id = (select m.conversation_id from public.lead_sync_mapping m
  where m.resman_lead_id = 'r5');
update public.lead_sync_mapping set base_unconfirmed = true,
  domiq_base = domiq_base || '{"comment": "asks again"}',
  resman_base = resman_base || '{"comment": "asks again"}' where resman_lead_id = 'r4';
update public.conversation set ai_intent_summary = 'asks again'
where id = (select m.conversation_id from public.lead_sync_mapping m
  where m.resman_lead_id = 'r4');
delete from public.lead_sync_queue;
-- What ResMan shows of them; r0 as it was, r6 not at all.
insert into lead_sync_private.pulled_lead (property_id, resman_lead_id, lead, issued_at, item_id)
select :'property', m.resman_lead_id, pg_temp.shows(m) || x.told, clock_timestamp(),
  '00000000-0000-0000-0000-00000000000a'
from (values ('r0', '{}'::jsonb), ('r1', '{"occupants": 3}'), ('r2', '{"occupants": 4,
    "move_in_date": "2027-05-01", "rent_min": null, "comment": " wants a view "}'),
  ('r3', '{"occupants": null, "comment": "", "events": []}'),
  ('r4', '{"comment": "asks", "rent_max": 1200.0, "source": {"id": "S1"}}'), ('r5', '{"rent_max": 1300}'),
  ('r7', '{"status": "lost", "pets": []}'), ('r8', '{"status": "applicant", "bedrooms": 2}'),
  ('r9', '{"pets": [{"type": "Dog", "count": 1}]}')) as x(id, told)
join public.lead_sync_mapping m on m.resman_lead_id = x.id;

-- All that there is of the leads, but for ids and for times other than that they are new.
create function pg_temp.all_rows() returns text
language sql
as $$
  select string_agg(x.line, E'\n' order by x.line collate "C")
  from (
    select concat_ws(' ', 'conversation', m.resman_lead_id, to_jsonb(c) - '{id,user_id,chatbot_id,
      session_id,created_at,updated_at,resman_field_times,resman_last_sync_at,
      resman_capture_mark}'::text[], c.resman_last_sync_at >= now(),
      array(select k from jsonb_object_keys(c.resman_field_times) as k order by k)) as line
    from public.conversation c join public.lead_sync_mapping m on m.conversation_id = c.id
    union all
    select concat_ws(' ', 'user', u.email, u.resman_sync_status, u.resman_sync_version)
    from public."user" u
    union all
    select concat_ws(' ', 'link', to_jsonb(m) - '{id,conversation_id,property_id}'::text[]
      - array(select k from jsonb_object_keys(to_jsonb(m)) as k where k like '%\_at'), (
        select string_agg(e.key, ',' order by e.key) from jsonb_each(to_jsonb(m)) as e
        where e.key like '%\_at'
          and (e.value #>> '{}')::timestamptz >= (select min(p.issued_at)
            from lead_sync_private.pulled_lead p)))
    from public.lead_sync_mapping m
    union all
    select concat_ws(' ', 'log', m.resman_lead_id, to_jsonb(l) - '{id,conversation_id,
      property_id,created_at,sync_data}'::text[],
      l.sync_data ->> 'conversation_id' = l.conversation_id::text,
      l.property_id = m.property_id, l.created_at >= now())
    from public.lead_sync_log l
    join public.lead_sync_mapping m on m.conversation_id = l.conversation_id
    union all
    select concat_ws(' ', 'change', m.resman_lead_id, to_jsonb(f) - '{id,mapping_id,
      conversation_id,property_id,changed_at}'::text[], f.conversation_id = m.conversation_id,
      f.property_id = m.property_id)
    from lead_sync_private.field_change f join public.lead_sync_mapping m on m.id = f.mapping_id
    union all
    select concat_ws(' ', 'queue', m.resman_lead_id, q.sync_operation, q.status)
    from public.lead_sync_queue q
    join public.lead_sync_mapping m on m.conversation_id = q.conversation_id
    union all
    select concat_ws(' ', 'event', m.resman_lead_id, e.event_type)
    from lead_sync_private.lead_event e
    join public.lead_sync_mapping m on m.conversation_id = e.conversation_id
  ) as x
$$;
-- DomIQ makes something of its own of one of them.
create function pg_temp.double() returns trigger
language plpgsql
as $$ begin new.occupants_count := 2 * new.occupants_count; return new; end $$;
create trigger double before update on public.conversation for each row
  when (new.occupants_count = 4 and old.occupants_count = 2) execute function pg_temp.double();

-- happy path: as if each had been applied by itself
select pg_temp.all_rows() as before \gset
savepoint one_by_one;
select string_agg(lead_sync_private.apply_one(p.property_id, p.lead, p.issued_at, p.item_id)
  ->> 'outcome', ' ' order by p.id) as outcomes from lead_sync_private.pulled_lead p \gset
select pg_temp.all_rows() as singly \gset
rollback to one_by_one;
select is(:'outcomes'::text, 'unchanged' || repeat(' updated', 8), 'one by one');
create function pg_temp.write(p_property uuid) returns text
language plpgsql
as $$
declare
  v_pulls lead_sync_private.plain_pull[] := array(
    select t from lead_sync_private.take_plain(p_property,
      array(select p from lead_sync_private.pulled_lead p order by p.id),
      lead_sync_private.merge_rules(p_property)) as t);
begin
  perform lead_sync_private.write_plain(p_property, v_pulls);
  return (select string_agg(w.resman_lead_id, ' ' order by w.resman_lead_id)
    from unnest(v_pulls) as w);
end
$$;
savepoint together;
select is(pg_temp.write(:'property'), 'r1 r2 r3 r4 r5 r7 r8 r9', 'all that have changed are taken');
-- r0 was read, and is apply_lead's
select lead_sync_private.apply_one(p.property_id, p.lead, p.issued_at, p.item_id)
from lead_sync_private.pulled_lead p where p.resman_lead_id = 'r0';
select isnt(pg_temp.all_rows(), :'before', 'they are written');
select is(pg_temp.all_rows(), :'singly', 'and leave what they would have left one by one');
select bag_eq('select m.resman_lead_id::text from public.lead_sync_queue q
  join public.lead_sync_mapping m on m.conversation_id = q.conversation_id', array['r2'],
  'what DomIQ makes of its own of one is a local change');
select is(count(m.applied), 0::bigint, 'nothing is expected any longer')
from public.lead_sync_mapping m;
select is(current_setting('lead_sync.applying'), '', 'and nothing applied');

-- edges: none
rollback to together;
select lead_sync_private.write_plain(:'property', '{}');
select is(pg_temp.all_rows(), :'before', 'nothing of none');

-- errors
create function pg_temp.refuse() returns trigger
language plpgsql
as $$ begin raise exception using errcode = 'P0042'; end $$;
create trigger refuse before update on public.conversation for each row
  when (new.occupants_count = 3) execute function pg_temp.refuse();
select throws_ok(format('select pg_temp.write(%L)', :'property'), 'P0042', null,
  'what DomIQ refuses of one');

select * from finish();
rollback;
