create or replace function lead_sync_private.capture_user_changes()
returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set jit = off
set enable_hashjoin = off
set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $fn$
begin
  if (select count(*) from (select from new_rows limit 21) as n) > 20 then
    -- as in capture_conversations
    perform set_config('plan_cache_mode', 'force_custom_plan', true);
  end if;
  perform lead_sync_private.capture_conversations(array(
    select c.id
    from new_rows n
    -- offset: a fence, so that no plan can begin with all conversations
    cross join lateral (
      select x.id from public.conversation x where x.user_id = n.id offset 0) as c
    where n.resman_capture_mark = txid_current_if_assigned()), 'push', 2, tg_op, false);
  return null;
end
$fn$;
revoke all on function lead_sync_private.capture_user_changes() from public;
comment on function lead_sync_private.capture_user_changes() is
'Queue the pushes of the conversations of the users that this statement changed. No row of
conversation is written or waited for: two transactions that edit a user and its conversation
crosswise share nothing here; the user''s own version tells the push that it moved.
Writes: lead_sync_queue. Notifies: lead_sync_ready, while a runner sleeps. Trigger, set-based.';
