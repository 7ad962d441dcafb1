create or replace function lead_sync_private.ask(p_state jsonb, p_as text, p_request jsonb)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $fn$
begin
  return jsonb_build_object('request', p_request, 'state', p_state || jsonb_build_object(
    'step', p_as, 'asking', p_request, 'asked_at', to_jsonb(clock_timestamp())));
end
$fn$;
revoke all on function lead_sync_private.ask(jsonb, text, jsonb) from public;
comment on function lead_sync_private.ask(jsonb, text, jsonb) is
'Make a plan of one request: what to send, and in the state under which name its answer is kept.';
