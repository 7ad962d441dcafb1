create or replace function lead_sync.preview_field_policy(
  p_field text, p_policy text, p_property_id uuid default null, p_since timestamptz default null)
returns table (conflict_id uuid, property_id uuid, conversation_id uuid, field_group text,
  created_at timestamptz, ended text, ended_value jsonb, would_end text, would_value jsonb,
  why text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $fn$
#variable_conflict use_column
declare
  v_group text := lead_sync_private.policy_group(p_field, p_policy, p_property_id);
  v_blank boolean := coalesce(p_policy in ('allow_blank', 'suppress_blank'), false);
  v_new jsonb := case when v_blank
    then jsonb_build_object('allow_blank', p_policy = 'allow_blank')
    else jsonb_build_object('policy', p_policy) end;
  v_row public.lead_sync_conflicts;
  v_rules jsonb;
  v_said record;
begin
  if p_policy is null then
    raise exception using errcode = 'LS001', message = 'no policy to preview';
  end if;
  for v_row in
    select c.* from public.lead_sync_conflicts c
    where (v_group is null or c.conflict_field = v_group)
      and (p_property_id is null or c.property_id = p_property_id)
      and (p_since is null or c.created_at >= p_since)
      and c.explanation ? 'evidence' and not c.explanation ? 'quarantine'
      and c.conflict_type <> 'duplicate_lead'
      -- a policy set for less than this one would stay in force
      and not exists (
        select from lead_sync_private.field_policy f
        where case when v_blank then f.allow_blank is not null else f.policy is not null end
          and (f.property_id is null or f.property_id = c.property_id)
          and (f.field_group is null or f.field_group = c.conflict_field)
          and (f.property_id is not null)::integer * 2 + (f.field_group is not null)::integer
            > (p_property_id is not null)::integer * 2 + (v_group is not null)::integer)
    order by c.created_at, c.id
  loop
    v_rules := lead_sync_private.merge_rules(v_row.property_id);
    v_rules := v_rules || jsonb_build_object('groups', (
      select jsonb_agg(g || v_new) from jsonb_array_elements(v_rules -> 'groups') as g
      where g ->> 'name' = v_row.conflict_field));
    continue when v_rules -> 'groups' = 'null'; -- a group that is no more
    select m.* into v_said
    from lead_sync_private.merge_lead(v_rules, coalesce(v_row.base_value -> 'domiq', '{}'),
      coalesce(v_row.base_value -> 'resman', '{}'), v_row.domiq_value,
      jsonb_build_object('status', v_row.explanation #> '{evidence,status}')
        || v_row.resman_value, v_row.explanation -> 'evidence') as m;
    conflict_id := v_row.id;
    property_id := v_row.property_id;
    conversation_id := v_row.conversation_id;
    field_group := v_row.conflict_field;
    created_at := v_row.created_at;
    ended := case when v_row.resolution_status = 'auto_resolved'
      then coalesce(v_row.winner, 'person') else 'person' end;
    ended_value := v_row.resolved_value;
    would_end := coalesce(v_said.winner, 'person');
    would_value := v_said.result;
    why := v_said.why;
    if ended <> would_end or ended <> 'person'
        and jsonb_strip_nulls(ended_value) is distinct from jsonb_strip_nulls(would_value) then
      return next;
    end if;
  end loop;
end
$fn$;
revoke all on function lead_sync.preview_field_policy(text, text, uuid, timestamptz) from public;
grant execute on function lead_sync.preview_field_policy(text, text, uuid, timestamptz)
  to lead_sync_service;
comment on function lead_sync.preview_field_policy(text, text, uuid, timestamptz) is
'Replay the recorded conflicts under another policy, with the values, base and evidence of then, and
list those that would have ended otherwise. Changes nothing. Parameters as set_field_policy;
p_since: conflicts found since then. Archived conflicts are not replayed.
Returns: a row each; ended and would_end: domiq, resman, merged, or person where none decided.
Raises: LS001, LS003.';
