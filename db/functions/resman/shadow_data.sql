create or replace function lead_sync_private.shadow_data(
  p_would text, p_merge jsonb, p_request jsonb default null)
returns jsonb
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $fn$
  select jsonb_build_object('shadow', true, 'would', coalesce(p_would, 'update'),
      'would_push', coalesce(p_merge -> 'pushed', '[]'),
      'would_pull', coalesce(p_merge -> 'pulled', '[]'),
      'conflicts', coalesce(p_merge -> 'conflicts', '[]'),
      'suppressed', coalesce(p_merge -> 'suppressed', '[]'))
    || case when p_request is not null then jsonb_build_object('would_send', p_request)
         else '{}' end;
$fn$;
revoke all on function lead_sync_private.shadow_data(text, jsonb, jsonb) from public;
comment on function lead_sync_private.shadow_data(text, jsonb, jsonb) is
'Put together what the log keeps of an attempt in shadow, which preview_integration reads.
p_would: create, link or update; null is update. p_merge: names of groups, as merge_groups.
p_request: what would be sent; null where nothing would.';
