create or replace function lead_sync_private.write_plain(
  p_property_id uuid, p_pulls lead_sync_private.plain_pull[])
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $fn$
declare
  v_now timestamptz;
begin
  if p_pulls = '{}' then
    return;
  end if;
  perform lead_sync_private.expect_values(
    array(select w.mapping_id from unnest(p_pulls) as w),
    array(select w.domiq || w.told from unnest(p_pulls) as w));
  perform lead_sync_private.write_conversation_values(
    array(select w.conversation_id from unnest(p_pulls) as w),
    array(select w.told from unnest(p_pulls) as w),
    array(select w.resman_lead_id from unnest(p_pulls) as w));
  perform set_config('lead_sync.applying', '', true);
  perform lead_sync_private.keep_summary(w.conversation_id, w.told ->> 'comment')
  from unnest(p_pulls) as w where w.told ? 'comment';
  perform lead_sync_private.keep_custom_fields(w.conversation_id, w.read)
  from unnest(p_pulls) as w;

  insert into lead_sync_private.field_change
    (mapping_id, conversation_id, property_id, field_group, kind, old_domiq, new_domiq,
     old_resman, new_resman, item_id)
  select w.mapping_id, w.conversation_id, p_property_id, g ->> 'field_group', 'pull',
    g -> 'domiq', g -> 'result', g #> '{base,resman}', g -> 'resman', w.item_id
  from unnest(p_pulls) as w cross join lateral jsonb_array_elements(w.changes) as g;
  v_now := clock_timestamp();
  update public.lead_sync_mapping m
  set domiq_base = w.domiq_base, resman_base = w.resman_base, base_moved_at = v_now,
      base_unconfirmed = false,
      resman_read_at = greatest(m.resman_read_at, w.issued_at),
      resman_seen = w.read - 'events', seen_hash = md5(w.read::text),
      applied = null, missing_reads = 0,
      sync_version = coalesce(c.resman_sync_version, m.sync_version),
      user_sync_version = coalesce(u.resman_sync_version, m.user_sync_version),
      last_sync_at = v_now, verified_at = v_now, updated_at = v_now
  from unnest(p_pulls) as w, public.conversation c, public."user" u
  where m.id = w.mapping_id and c.id = w.conversation_id and u.id = c.user_id;
  -- Should a time be taken already, all is applied once more, one by one: write_log steps aside.
  insert into public.lead_sync_log
    (conversation_id, resman_lead_id, sync_direction, sync_status, sync_type, sync_data,
     conflict_details, retry_count, created_at, property_id, item_id, sync_operation)
  select w.conversation_id, w.resman_lead_id, 'from_resman', 'success', 'update',
    jsonb_build_object('conversation_id', w.conversation_id),
    jsonb_build_object('pulled', (
      select jsonb_agg(g -> 'field_group') from jsonb_array_elements(w.changes) as g)),
    null, clock_timestamp(), p_property_id, w.item_id, 'pull'
  from unnest(p_pulls) as w;
end
$fn$;
revoke all on function lead_sync_private.write_plain(uuid, lead_sync_private.plain_pull[])
  from public;
comment on function lead_sync_private.write_plain(uuid, lead_sync_private.plain_pull[]) is
'Write leads of a pull that take_plain has taken, all with each statement: DomIQ''s rows with their
end, bases, history and log, as apply_lead leaves them one by one.
Raises: what DomIQ''s columns, constraints and triggers refuse of any of them.
Writes: conversation, lead_sync_mapping, field_change, lead_event, lead_sync_log; lead_sync_queue,
for what DomIQ''s own triggers change beyond.';
