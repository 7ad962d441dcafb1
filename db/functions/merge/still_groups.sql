create or replace function lead_sync_private.still_groups(
  p_rules jsonb, p_domiq_base jsonb, p_resman_base jsonb, p_domiq jsonb, p_resman jsonb)
returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_domiq jsonb := lead_sync_private.with_stage(p_domiq);
begin
  -- a base of older rules is first to be written anew
  if p_rules -> 'rebase' = 'true' then
    return '{"still": [], "silent": [], "simple": false}'::jsonb;
  end if;
  return (
    with g as (
      select f.value as name,
        bool_or(p_domiq_base ? f.key) as domiq, bool_or(p_resman_base ? f.key) as resman,
        bool_or(p_domiq_base -> f.key <> 'null') as filled,
        -- ResMan shows no pets and no tour where nobody asked
        bool_and(not (p_domiq_base ? f.key or v_domiq ? f.key)
          and coalesce(p_resman -> f.key, p_resman_base -> f.key, 'null') in ('null', '[]'))
          as silent,
        bool_or(v_domiq ? f.key and v_domiq -> f.key = p_domiq_base -> f.key is not true)
          as domiq_moved,
        bool_or(p_resman ? f.key and p_resman -> f.key = p_resman_base -> f.key is not true)
          as resman_moved
      from jsonb_each_text(p_rules -> 'group_of') as f
      group by f.value
    ), k as (
      select g.name, case when g.silent then 'silent'
          -- what ResMan never shows and DomIQ leaves blank agrees, too
          when g.domiq and (g.resman or g.filled is not true)
            and not (g.domiq_moved or g.resman_moved) then 'still' end as kind,
        g.domiq and g.resman and not (g.domiq_moved and g.resman_moved) as simple
      from g
    )
    select jsonb_build_object(
      'still', coalesce(jsonb_agg(k.name) filter (where k.kind = 'still'), '[]'),
      'silent', coalesce(jsonb_agg(k.name) filter (where k.kind = 'silent'), '[]'),
      'simple', coalesce(bool_and(k.simple and k.name in ('move_in_date', 'rent', 'occupants',
        'comment', 'tour')) filter (where k.kind is null), true))
    from k);
end
$fn$;
revoke all on function lead_sync_private.still_groups(jsonb, jsonb, jsonb, jsonb, jsonb)
  from public;
comment on function lead_sync_private.still_groups(jsonb, jsonb, jsonb, jsonb, jsonb) is
'List the groups that a merge need not look at: most groups of most merges. still: both sides say,
to the letter, what they said when they last agreed; merge_lead would find them in_sync, or
converged where the base is that already. silent: DomIQ says and has said nothing, nor does ResMan
but a blank; merge_lead would skip them. simple: of the others none is a conflict, nor one that
guard_group asks evidence for.
p_rules: as merge_rules. The documents: as merge_lead.
Returns: {"still","silent": names, "simple": boolean}, to be added to the rules.';
