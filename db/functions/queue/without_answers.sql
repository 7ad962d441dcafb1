create or replace function lead_sync_private.without_answers(p_state jsonb)
returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $fn$
begin
  return p_state - array['read', 'email', 'phone', 'source', 'agent', 'lost_reason',
    'create_with'];
end
$fn$;
revoke all on function lead_sync_private.without_answers(jsonb) from public;
comment on function lead_sync_private.without_answers(jsonb) is
'Take from an item''s state what was learned for one save: of no use once that is planned, and out of
date by the next attempt.
Returns: the other keys.';
