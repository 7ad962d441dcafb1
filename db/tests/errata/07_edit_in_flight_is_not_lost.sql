-- The specification's trigger looks only at 'synced' rows: an edit made while a push is in flight,
-- or after one failed or conflicted, is lost when the push marks the row synced.
begin;
\i db/tests/support/fixtures.psql
select plan(15);

select pg_temp.given_property() as property \gset
select pg_temp.given_integration(:'property') as integration \gset
insert into lead_sync_private.property_setting (property_id, name, value)
values (:'property', 'default_agent', '"Agent"');

-- Push the conversation that is due as a new lead; run p_edit while its save is under way.
create function pg_temp.push(p_edit text default null) returns text
language plpgsql
as $$
declare
  v_claim record;
  v_result jsonb;
  v_lead jsonb := jsonb_build_object('lead_id', gen_random_uuid(), 'contact_id',
    gen_random_uuid());
begin
  select * into strict v_claim from lead_sync.claim_items('runner', 1, interval '60 s');
  v_result := jsonb_build_object('request', v_claim.request);
  while v_result ? 'request' loop
    if v_result #>> '{request,call}' = 'save_lead' and p_edit is not null then
      execute p_edit;
    end if;
    v_result := lead_sync.advance_item(v_claim.item_id, v_claim.lease_token,
      case v_result #>> '{request,call}'
        when 'list_sources' then
          '{"outcome": "ok", "items": [{"id": "S", "name": "Web", "email": null, "active": true}]}'
        when 'list_agents' then
          '{"outcome": "ok", "items": [{"id": "A", "name": "Agent", "email": null,
            "active": true}]}'
        when 'search_leads' then '{"outcome": "ok", "leads": []}'
        else jsonb_build_object('outcome', 'ok', 'leads', jsonb_build_array(v_lead))
      end);
  end loop;
  return v_result ->> 'ended';
end
$$;

-- Nobody edits.
select pg_temp.given_conversation(pg_temp.given_user(), :'property') as calm \gset
select is(pg_temp.push(), 'completed', 'a push without an edit completes');
select is((select resman_sync_status::text from public.conversation where id = :'calm'),
  'synced', '… and leaves the conversation synced');
select is_empty($$select 1 from public.lead_sync_queue where status <> 'completed'$$,
  '… with nothing queued');

-- The conversation is edited.
select pg_temp.given_conversation(pg_temp.given_user(), :'property') as edited \gset
select is(
  pg_temp.push(format($$update public.conversation set move_in_date = '2027-03-01' where id = %L$$,
    :'edited')),
  'completed', 'a push with an edit in flight completes');
select is((select resman_sync_status::text from public.conversation where id = :'edited'),
  'not_synced', '… and leaves the conversation not synced');
select results_eq(
  format('select sync_operation::text, status::text from public.lead_sync_queue '
    'where conversation_id = %L order by seq', :'edited'),
  $$values ('push', 'completed'), ('push', 'pending')$$,
  '… with one push queued');
delete from public.lead_sync_queue where status = 'pending';

-- Its user is edited.
select pg_temp.given_user() as "user" \gset
select pg_temp.given_conversation(:'user', :'property') as theirs \gset
select is(
  pg_temp.push(format($$update public."user" set first_name = 'Renamed' where id = %L$$, :'user')),
  'completed', 'a push with its user''s edit in flight completes');
select is((select resman_sync_status::text from public."user" where id = :'user'),
  'not_synced', '… and leaves the user not synced');
select results_eq(
  format('select sync_operation::text, status::text from public.lead_sync_queue '
    'where conversation_id = %L order by seq', :'theirs'),
  $$values ('push', 'completed'), ('push', 'pending')$$,
  '… with one push queued');

-- The edit queues at once, and the end of the push looks for itself: either would do.
select pg_temp.given_user() as "user" \gset
select pg_temp.given_conversation(:'user', :'property') as theirs \gset
delete from public.lead_sync_queue where status = 'pending' and conversation_id <> :'theirs';
create temporary table captured (conversation_id uuid);
select is(
  pg_temp.push(format($$
    update public."user" set first_name = 'Renamed' where id = %1$L;
    insert into pg_temp.captured
    select q.conversation_id from public.lead_sync_queue q where q.status = 'pending';
    delete from public.lead_sync_queue where status = 'pending';
    update public."user" set resman_capture_mark = null where id = %1$L$$, :'user')),
  'completed', 'a push completes whose user''s edit lost its item');
select results_eq('select * from pg_temp.captured', format('values (%L::uuid)', :'theirs'),
  '… the edit had queued it at once');
select results_eq($$select conversation_id from public.lead_sync_queue where status = 'pending'$$,
  format('values (%L::uuid)', :'theirs'), '… and the end of the push queued it again');

-- After a failure, a conflict, or under way.
create function pg_temp.edit_after(p_status text, p_property uuid) returns text
language plpgsql
as $$
declare
  v_id uuid := pg_temp.given_conversation(pg_temp.given_user(), p_property);
begin
  update public.conversation set resman_sync_status = p_status where id = v_id;
  update public.lead_sync_queue set status = 'failed' where conversation_id = v_id;
  update public.conversation set occupants_count = 3 where id = v_id;
  return (
    select format('%s, %s pending', c.resman_sync_status,
      (select count(*) from public.lead_sync_queue q
       where q.conversation_id = v_id and q.status = 'pending'))
    from public.conversation c where c.id = v_id);
end
$$;
select is(pg_temp.edit_after(s, :'property'), 'not_synced, 1 pending',
  format('an edit of a conversation that is %s is queued', s))
from unnest(array['syncing', 'failed', 'conflict']) as s;

select * from finish();
rollback;
