create or replace function lead_sync_private.merge_groups(
  p_item public.lead_sync_queue, p_state jsonb, p_mapping public.lead_sync_mapping,
  p_domiq jsonb, p_read jsonb)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_country text := lead_sync_private.get_setting(p_item.property_id, 'country_code') #>> '{}';
  v_base jsonb := lead_sync_private.adjust_base(p_item, p_state, p_mapping, p_read, v_country);
  v_domiq_base jsonb := v_base -> 'domiq';
  v_resman_base jsonb := v_base -> 'resman';
  v_send jsonb := '{}';
  v_pushed text[] := '{}';
  v_suppressed text[] := '{}';
  v_conflicts text[] := '{}';
  v_agreed text[] := '{}';
  v_row record;
begin
  for v_row in
    select c.*, (select bool_or(f.is_contact) from lead_sync_private.lead_field f
                 where f.field_group = c.field_group) as is_contact
    from lead_sync_private.compare_lead(p_domiq, p_read, v_domiq_base, v_resman_base, v_country) c
    where p_item.sync_operation <> 'status_update' or c.field_group in ('status', 'tour')
  loop
    case v_row.action
      when 'push' then
        v_send := v_send || v_row.domiq;
        v_domiq_base := v_domiq_base || v_row.domiq;
        v_resman_base := v_resman_base || v_row.domiq;
        v_pushed := v_pushed || v_row.field_group;
      when 'converged' then
        v_domiq_base := v_domiq_base || v_row.domiq;
        v_resman_base := v_resman_base || v_row.domiq || v_row.resman;
        v_agreed := v_agreed || v_row.field_group;
      when 'in_sync' then
        v_agreed := v_agreed || v_row.field_group;
      when 'suppressed' then
        v_suppressed := v_suppressed || v_row.field_group;
        if v_row.base is not null then -- recorded once, not found again in every push
          v_domiq_base := v_domiq_base || v_row.domiq;
        end if;
      when 'conflict' then
        v_conflicts := v_conflicts || v_row.field_group;
        perform lead_sync_private.record_conflict(p_item, p_mapping.id, p_read ->> 'lead_id',
          case when v_row.field_group = 'status' then 'status_conflict'
               when v_row.base is null then 'field_mismatch' else 'data_conflict' end,
          v_row.field_group,
          case when v_row.field_group = 'status' and v_row.resman ->> 'status'
                      in ('applicant', 'current_resident') then 'critical'
               when v_row.is_contact then 'high' else 'medium' end,
          v_row.domiq, v_row.resman, v_row.base,
          case when v_row.base is null then 'both sides had a value before they were linked'
               else 'both sides changed since they last agreed' end);
      else
        null; -- pull: ResMan's change waits for a pull; skip: DomIQ says nothing
    end case;
  end loop;
  return jsonb_build_object('domiq_base', v_domiq_base, 'resman_base', v_resman_base,
    'send', v_send, 'pushed', to_jsonb(v_pushed), 'suppressed', to_jsonb(v_suppressed),
    'conflicts', to_jsonb(v_conflicts), 'agreed', to_jsonb(v_agreed));
end
$fn$;
revoke all on function lead_sync_private.merge_groups(public.lead_sync_queue, jsonb,
  public.lead_sync_mapping, jsonb, jsonb) from public;
comment on function lead_sync_private.merge_groups(public.lead_sync_queue, jsonb,
  public.lead_sync_mapping, jsonb, jsonb) is
'Compare a lead as read with DomIQ''s and the base, and sort its groups into what a push may write,
what it must leave and what wants a person.
Returns: {"send": values to write, "domiq_base","resman_base": the bases once that is acknowledged,
"pushed","suppressed","conflicts","agreed": names of groups}.
Writes: lead_sync_conflicts. Notifies: lead_sync_conflict.';
