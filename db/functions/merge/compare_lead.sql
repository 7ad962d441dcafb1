create or replace function lead_sync_private.compare_lead(
  p_domiq jsonb, p_resman jsonb, p_domiq_base jsonb, p_resman_base jsonb, p_country text)
returns table (field_group text, action text, domiq jsonb, resman jsonb, base jsonb)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_row record;
  v_domiq_base jsonb;
  v_resman_base jsonb;
  -- ResMan's people who have applied or live there are the office's, not the chat's.
  -- A type that was not shown is as it was.
  v_guarded boolean := coalesce(lead_sync_private.normalise_value('stage',
    coalesce(p_resman -> 'status', p_resman_base -> 'status'))
    in ('"applicant"', '"current_resident"'), false);
begin
  for v_row in
    select f.field_group as name, bool_or(f.is_contact) as is_contact
    from lead_sync_private.lead_field f
    group by f.field_group order by min(f.position)
  loop
    field_group := v_row.name;
    domiq := lead_sync_private.lead_group(p_domiq, v_row.name, p_country);
    resman := lead_sync_private.lead_group(p_resman, v_row.name, p_country);
    v_domiq_base := lead_sync_private.lead_group(p_domiq_base, v_row.name, p_country);
    v_resman_base := lead_sync_private.lead_group(p_resman_base, v_row.name, p_country);
    base := case when v_domiq_base <> '{}' and v_resman_base <> '{}'
      then jsonb_build_object('domiq', v_domiq_base, 'resman', v_resman_base) end;
    action := lead_sync_private.decide_group(domiq, resman, v_domiq_base, v_resman_base);
    if action = 'push' and (
      v_guarded and (v_row.is_contact or v_row.name = 'status')
      -- a contact value that DomIQ blanks is never taken from ResMan
      or v_row.is_contact and exists (
        select from jsonb_each(domiq) as d
        where d.value = 'null'
          and coalesce(resman -> d.key, v_resman_base -> d.key, 'null') <> 'null')
      -- ResMan makes applicants and residents itself
      or v_row.name = 'status' and domiq ->> 'status' not in ('prospect', 'lost')) then
      action := 'suppressed';
    end if;
    return next;
  end loop;
end
$fn$;
revoke all on function lead_sync_private.compare_lead(jsonb, jsonb, jsonb, jsonb, text) from public;
comment on function lead_sync_private.compare_lead(jsonb, jsonb, jsonb, jsonb, text) is
'Compare a whole lead three ways, group by group.
Returns: a row a group: the action of decide_group, or suppressed where a guard forbids the push
(applicants and residents; a contact value that became blank; a status ResMan sets itself), and
the normalised values it was decided on; base null without one.';
