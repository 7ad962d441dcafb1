create or replace function lead_sync_private.lead_versions(p_conversation_id uuid)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $fn$
begin
  return (
    select jsonb_build_object('conversation', c.resman_sync_version, 'user', u.resman_sync_version)
    from public.conversation c left join public."user" u on u.id = c.user_id
    where c.id = p_conversation_id);
end
$fn$;
revoke all on function lead_sync_private.lead_versions(uuid) from public;
comment on function lead_sync_private.lead_versions(uuid) is
'Read the versions of a conversation and its user, which move with every edit of a synced field.';
