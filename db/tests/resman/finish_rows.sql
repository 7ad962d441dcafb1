-- finish_rows: the end of a push, as DomIQ's rows show it.
begin;
select plan(20);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.finish_rows'),
  'boolean | volatile | enable_bitmapscan=off enable_hashjoin=off enable_mergejoin=off '
  'enable_seqscan=off jit=off | -',
  'no role may call it');

-- A lead with a link, its row versions 3 and its user's 5.
create function pg_temp.given_linked(p_mapping jsonb default '{}') returns uuid
language plpgsql
as $$
declare
  v_lead uuid := pg_temp.given_lead();
begin
  update public.conversation set resman_sync_version = 3, resman_sync_status = 'syncing'
  where id = v_lead;
  update public."user" u set resman_sync_version = 5
  from public.conversation c where c.id = v_lead and u.id = c.user_id;
  perform pg_temp.given_mapping(v_lead, p_mapping);
  return v_lead;
end
$$;
-- Whether it says another push is due, and what the conversation and the user show.
create function pg_temp.finished(p_lead uuid, p_outcome jsonb default '{}',
  p_operation text default 'push', p_link uuid default null) returns text
language plpgsql
as $$
declare
  v_item public.lead_sync_queue := pg_temp.item(p_lead);
  v_mapping public.lead_sync_mapping;
  v_again boolean;
begin
  select m.* into v_mapping
  from public.lead_sync_mapping m where m.conversation_id = coalesce(p_link, p_lead);
  v_item.sync_operation := p_operation;
  v_again := lead_sync_private.finish_rows(v_item, v_mapping,
    '{"versions": {"conversation": 3, "user": 5}}' || p_outcome);
  return (select concat_ws(' ', case when v_again then 'again:' else 'done:' end,
      c.resman_sync_status, c.resman_lead_id = v_mapping.resman_lead_id, '|',
      u.resman_sync_status, u.resman_contact_id)
    from public.conversation c left join public."user" u on u.id = c.user_id
    where c.id = p_lead);
end
$$;

-- happy path
select pg_temp.given_lead() as stray \gset
select pg_temp.given_linked() as lead, pg_temp.given_linked() as other \gset
select is(pg_temp.finished(:'lead'), 'done: synced t | synced P1', 'both are in step');
select ok(c.resman_last_sync_at between now() and clock_timestamp()
  and u.resman_last_sync_at between now() and clock_timestamp(), 'as of now')
from public.conversation c join public."user" u on u.id = c.user_id where c.id = :'lead';
select is(concat_ws(' ', c.resman_sync_version, u.resman_sync_version), '3 5',
  'that is no edit')
from public.conversation c join public."user" u on u.id = c.user_id where c.id = :'lead';
select is(concat_ws(' ', c.resman_sync_status, u.resman_sync_status), 'syncing not_synced',
  'others are not touched')
from public.conversation c join public."user" u on u.id = c.user_id where c.id = :'other';

-- edges: an edit came meanwhile
select is(pg_temp.finished(:'lead', o), e, 'sent: ' || o::text)
from (values
  ('{"versions": {"conversation": 2, "user": 5}}'::jsonb, 'again: not_synced t | synced P1'),
  ('{"versions": {"conversation": 3, "user": 4}}', 'again: not_synced t | not_synced P1'),
  ('{"versions": {"conversation": 3}}', 'again: not_synced t | not_synced P1'),
  ('{"versions": {"user": 5}}', 'again: not_synced t | synced P1'),
  ('{"again": true}', 'again: not_synced t | synced P1'),
  ('{"again": false}', 'done: synced t | synced P1')) as v(o, e);

-- edges: a conflict is open
create function pg_temp.given_conflict(p_lead uuid, p_status text) returns uuid
language sql
as $$
  select pg_temp.given_row('lead_sync_conflicts', jsonb_build_object('conversation_id', p_lead,
    'conflict_type', 'data_conflict', 'resolution_status', p_status))
$$;
select pg_temp.given_conflict(:'lead', s) from unnest(array['resolved', 'auto_resolved']) as s;
select pg_temp.given_conflict(:'other', 'pending') as open \gset
select is(pg_temp.finished(:'lead'), 'done: synced t | synced P1',
  'what is decided, or another''s, does not show');
select is(pg_temp.finished(:'other'), 'done: conflict t | conflict P1', 'an open one shows');
select is(pg_temp.finished(:'other', '{"again": true}'), 'again: not_synced t | conflict P1',
  'what is to be sent comes first');
update public.lead_sync_conflicts set resolution_status = 'manual_review' where id = :'open';
select is(pg_temp.finished(:'other'), 'done: conflict t | conflict P1',
  'so does one in review');
select is(pg_temp.finished(:'lead', '{}', 'push', :'other'), 'done: conflict t | conflict P1',
  'a follower shows the link''s');

-- edges: no contact, no user
select pg_temp.given_linked('{"contact_id": null}') as bare \gset
select is(pg_temp.finished(:'bare'), 'done: synced t | not_synced',
  'without ResMan''s contact the user is not in step');
update public.conversation set user_id = null, resman_sync_version = 3 where id = :'bare';
select is(pg_temp.finished(:'bare', '{"versions": {"conversation": 3, "user": null}}'),
  'done: synced t |', 'without a user the conversation alone');

-- enrichment: says nothing of the values
select pg_temp.given_linked() as told \gset
select is(pg_temp.finished(:'told', '{"versions": null}', 'enrichment'),
  'done: syncing t | not_synced', 'the status stays, the lead is known')
from public.conversation where id = :'told';
select ok(resman_last_sync_at between now() and clock_timestamp(), 'and the time')
from public.conversation where id = :'told';

select * from finish();
rollback;
