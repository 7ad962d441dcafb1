create or replace function lead_sync_private.sent_data(p_state jsonb)
returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $fn$
begin
  return jsonb_strip_nulls(jsonb_build_object(
    'step', p_state -> 'step',
    'request', case when p_state ->> 'step' is not null then p_state -> 'asking' end,
    'pushed', p_state #> '{sent,pushed}',
    'suppressed', nullif(p_state #> '{sent,suppressed}', '[]')));
end
$fn$;
revoke all on function lead_sync_private.sent_data(jsonb) from public;
comment on function lead_sync_private.sent_data(jsonb) is
'Take out of an item''s state what the log keeps of an attempt: the last request, and for a save
the groups it carried. Requests hold no credentials.';
