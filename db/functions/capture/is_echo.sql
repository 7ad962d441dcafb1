create or replace function lead_sync_private.is_echo(p_conversation_id uuid, p_operation text)
returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
declare
  v_mapping public.lead_sync_mapping :=
    lead_sync_private.find_mapping(p_conversation_id, null, null);
  v_rules jsonb;
  v_domiq jsonb;
begin
  -- written by this very transaction, for this link: nobody else can forge that
  if v_mapping.applied ->> 'xid' is distinct from pg_current_xact_id_if_assigned()::text then
    return false;
  elsif p_operation = 'enrichment' or v_mapping.applied ? 'new' then
    return true;
  end if;
  v_domiq := lead_sync_private.build_lead(p_conversation_id, v_mapping.id);
  if v_domiq = v_mapping.applied -> 'expects'
    or lead_sync_private.with_stage(v_domiq)
      = lead_sync_private.with_stage(v_mapping.applied -> 'expects')
  then
    return true; -- mostly, and without a look at the rules
  end if;
  v_rules := lead_sync_private.merge_rules(v_mapping.property_id);
  return not exists (
    select from jsonb_array_elements(v_rules -> 'groups') as g
    where jsonb_strip_nulls(lead_sync_private.normalise_group(g -> 'fields', v_domiq,
        v_rules ->> 'country'))
      <> jsonb_strip_nulls(lead_sync_private.normalise_group(g -> 'fields',
        v_mapping.applied -> 'expects', v_rules ->> 'country')));
end
$fn$;
revoke all on function lead_sync_private.is_echo(uuid, text) from public;
comment on function lead_sync_private.is_echo(uuid, text) is
'Say whether a conversation looks as the pull that this transaction applies to its link expects: what
DomIQ''s own triggers made of it beyond that is a local change.';
