create or replace function lead_sync_private.describe_conflict(
  p_row jsonb, p_failed jsonb, p_evidence jsonb)
returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $fn$
begin
  return jsonb_build_object('field', p_row -> 'field_group', 'domiq', p_row -> 'domiq',
      'resman', p_row -> 'resman', 'base', p_row -> 'base', 'policy', p_row -> 'policy',
      'quarantine', p_row -> 'quarantine', 'resman_after', p_evidence -> 'resman_after',
      'evidence', jsonb_strip_nulls(jsonb_build_object(
        'domiq_times', jsonb_build_object(p_row ->> 'field_group',
          p_evidence #> array['domiq_times', p_row ->> 'field_group']),
        'resman_seen', jsonb_build_object(p_row ->> 'field_group',
          p_evidence #> array['resman_seen', p_row ->> 'field_group']),
        'resman_after', p_evidence -> 'resman_after',
        'resman_before', p_evidence -> 'resman_before', 'opaque', p_evidence -> 'opaque',
        'spans', p_evidence -> 'spans', 'status', p_evidence -> 'status')))
    || case when p_failed ? (p_row ->> 'field_group')
      then p_failed -> (p_row ->> 'field_group')
      else jsonb_build_object('type', p_row -> 'conflict_type', 'severity', p_row -> 'severity',
        'why', p_row -> 'why', 'winner', p_row -> 'winner', 'result', p_row -> 'result') end;
end
$fn$;
revoke all on function lead_sync_private.describe_conflict(jsonb, jsonb, jsonb) from public;
comment on function lead_sync_private.describe_conflict(jsonb, jsonb, jsonb) is
'Describe a row of a merge as record_conflict takes it; a group that DomIQ would not take by the
reason it gave.';
