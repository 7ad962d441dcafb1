-- write_lead_values: a lead's values, the user's to the user, the rest to the conversation.
begin;
select plan(31);
\i db/tests/support/fixtures.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.write_lead_values'),
  'void | volatile | enable_seqscan=off jit=off | -',
  'no role may call it');

select pg_temp.given_property() as property, pg_temp.given_user() as "user" \gset
select pg_temp.given_conversation(:'user', :'property') as lead \gset

-- Which rows a statement has updated, in their order.
create table pg_temp.wrote (n integer generated always as identity, what text);
grant all on pg_temp.wrote to public;
create function pg_temp.tell() returns trigger
language plpgsql
as $$
begin
  insert into pg_temp.wrote (what) values (tg_table_name);
  return null;
end
$$;
create trigger tell after update on public."user" for each row
  execute function pg_temp.tell();
create trigger tell after update on public.conversation for each row
  execute function pg_temp.tell();
create function pg_temp.written(p_lead uuid, p_user uuid, p_values jsonb) returns text
language plpgsql
as $$
begin
  delete from pg_temp.wrote;
  perform lead_sync_private.write_lead_values(p_lead, p_user, p_values);
  return (select coalesce(string_agg(w.what, ', ' order by w.n), 'nothing')
    from pg_temp.wrote w);
end
$$;

-- happy path
select is(pg_temp.written(:'lead', :'user', '{"first_name": "Eve", "status": "lost",
  "comment": "asks"}'), 'user, conversation', 'both, the user first');
select is(concat_ws(' ', u.first_name, c.status, c.ai_intent_summary), 'Eve lost asks',
  'with their values')
from public.conversation c join public."user" u on u.id = c.user_id where c.id = :'lead';

-- edges: one of them alone
select is(pg_temp.written(:'lead', :'user', v), e, format('%s: %s', v, e))
from (values ('{"last_name": "Best"}'::jsonb, 'user'), ('{"email": "eve@example.com"}', 'user'),
  ('{"phone": null}', 'user'), ('{"status": "prospect"}', 'conversation'),
  ('{"move_in_date": "2027-01-01"}', 'conversation'), ('{"rent_min": 1}', 'conversation'),
  ('{"rent_max": 2}', 'conversation'), ('{"bedrooms": 1}', 'conversation'),
  ('{"occupants": 1}', 'conversation'), ('{"pets": []}', 'conversation'),
  ('{"comment": "x"}', 'conversation'),
  ('{"tour_at": "2027-01-01T10:00:00Z"}', 'conversation'),
  ('{"lead_id": "L1", "agent": null}', 'nothing')) as x(v, e);

-- edges: a conversation without a user
select is(pg_temp.written(:'lead', null, '{"first_name": "Ann", "occupants": 2}'),
  'conversation', 'without a user the conversation alone');
select is(first_name, 'Eve', 'and nobody is renamed') from public."user" where id = :'user';

-- edges: DomIQ makes a stage of a tour
create function pg_temp.toured(p_status text, p_more jsonb) returns text
language plpgsql
as $$
declare
  v_lead uuid := pg_temp.given_conversation(pg_temp.given_user(), pg_temp.given_property(),
    jsonb_build_object('status', p_status));
begin
  perform lead_sync_private.write_lead_values(v_lead, null,
    '{"tour_at": "2027-01-01T10:00:00Z"}' || p_more);
  return (select concat_ws(' ', c.status, c.tour_datetime::date)
    from public.conversation c where c.id = v_lead);
end
$$;
select is(pg_temp.toured(s, m), e || ' 2027-01-01', format('%s, %s: %s', s, m, e))
from (values ('contacted', '{}'::jsonb, 'tour_scheduled'), (null, '{}', 'tour_scheduled'),
  ('Lost ', '{}', 'Lost '), ('closed', '{}', 'closed'), (' ', '{}', 'tour_scheduled'),
  ('closed', '{"status": "lost"}', 'lost'), ('closed', '{"status": "prospect"}', 'closed'),
  (' Contacted', '{}', 'tour_scheduled'), ('leased', '{"status": null}', 'leased'),
  ('contacted', '{"status": "lost"}', 'lost'), (null, '{"status": "lost"}', 'lost'),
  ('lost', '{"status": "prospect"}', 'tour_scheduled')) as x(s, m, e);
select is(pg_temp.written(:'lead', null, '{"status": "lost",
  "tour_at": "2027-01-02T10:00:00Z"}'), 'conversation',
  'where it makes none, one statement is enough');

select * from finish();
rollback;
