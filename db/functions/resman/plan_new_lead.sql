create or replace function lead_sync_private.plan_new_lead(p_domiq jsonb)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $fn$
begin
  -- ResMan starts every lead as a prospect; a DomIQ status beyond that is a change to push next.
  return (
    with base as (
      select jsonb_object_agg(f.field, coalesce(p_domiq -> f.field, 'null')) as value,
             jsonb_agg(distinct f.field_group) as groups
      from lead_sync_private.lead_field f
      where p_domiq ? f.field and f.field <> 'status'
    )
    select jsonb_build_object(
      'domiq_base', b.value || '{"status": "prospect"}',
      'resman_base', b.value || '{"status": "prospect"}',
      'send', jsonb_strip_nulls(p_domiq - array['status', 'tour_at']) || '{"status": "prospect"}',
      'pushed', b.groups || '["status"]', 'suppressed', '[]'::jsonb, 'conflicts', '[]'::jsonb,
      'agreed', '[]'::jsonb, 'pulled', '[]'::jsonb, 'domiq', p_domiq,
      'again', coalesce(p_domiq ->> 'status' = 'lost', false))
    from base b);
end
$fn$;
revoke all on function lead_sync_private.plan_new_lead(jsonb) from public;
comment on function lead_sync_private.plan_new_lead(jsonb) is
'Plan the values of a lead that ResMan does not have yet.
Returns: as merge_groups; again: a push must follow at once, for what a create cannot say.';
