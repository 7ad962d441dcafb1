-- The specification has one trigger per table for UPDATE; a trigger with transition tables serves
-- one event. Its names stay for UPDATE, those for other events end in the event.
begin;
select plan(3);

-- From the catalogue: which events, before or after, per row or statement.
create view pg_temp.capture_trigger as
select t.tgrelid::regclass::text as relation, t.tgname::text as name,
  case when t.tgtype & 2 > 0 then 'before' else 'after' end as timing,
  concat_ws(' ', case when t.tgtype & 4 > 0 then 'insert' end,
    case when t.tgtype & 8 > 0 then 'delete' end,
    case when t.tgtype & 16 > 0 then 'update' end) as event,
  t.tgfoid::regproc::text as function,
  t.tgnewtable is not null or t.tgoldtable is not null as has_transition_table
from pg_trigger t join pg_proc p on p.oid = t.tgfoid
join pg_roles r on r.oid = p.proowner
where not t.tgisinternal and r.rolname = 'lead_sync_owner'
  and t.tgrelid in ('public.conversation'::regclass, 'public."user"'::regclass,
    'public.lead_notification'::regclass);

select set_eq(
  $$select relation, name, timing, event, function from pg_temp.capture_trigger
    where name in ('trigger_update_conversation_sync_status', 'trigger_update_user_sync_status',
      'trigger_add_sync_queue_item')$$,
  $$values
    ('conversation', 'trigger_update_conversation_sync_status', 'before', 'update',
     'update_conversation_sync_status'),
    ('"user"', 'trigger_update_user_sync_status', 'before', 'update', 'update_user_sync_status'),
    ('conversation', 'trigger_add_sync_queue_item', 'after', 'update', 'add_sync_queue_item')$$,
  'the specification''s triggers exist under their names, for UPDATE');
select results_eq(
  $$select relation, timing, event, function from pg_temp.capture_trigger
    where name = 'trigger_add_sync_queue_item_insert'$$,
  $$values ('conversation', 'after', 'insert', 'add_sync_queue_item')$$,
  'the trigger for INSERT stands beside it');
select is_empty(
  $$select * from pg_temp.capture_trigger where has_transition_table
    and (case when name ~ '_(insert|delete)$' then substring(name from '_(insert|delete)$')
         else 'update' end) <> event$$,
  'a trigger with transition tables is named for its one event');

select * from finish();
rollback;
