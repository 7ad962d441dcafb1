create or replace function lead_sync_private.rebase_group(
  p_rules jsonb, p_group jsonb, p_base jsonb, p_now jsonb)
returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_country text := p_rules ->> 'country';
  v_base jsonb := lead_sync_private.normalise_group(p_group -> 'fields', p_base, v_country);
  v_old jsonb;
begin
  if v_base = '{}' or p_rules -> 'rebase' is distinct from 'true' then
    return v_base;
  end if;
  v_old := lead_sync_private.normalise_group(p_group -> 'fields', p_base, v_country,
    'base_steps');
  -- Equal under the rule by which the base was written: the value has not moved, the rule has.
  -- What was not observed is as it was.
  if jsonb_strip_nulls(v_old || lead_sync_private.normalise_group(p_group -> 'fields', p_now,
      v_country, 'base_steps')) = jsonb_strip_nulls(v_old) then
    return v_base || lead_sync_private.normalise_group(p_group -> 'fields', p_now, v_country);
  end if;
  return v_base;
end
$fn$;
revoke all on function lead_sync_private.rebase_group(jsonb, jsonb, jsonb, jsonb) from public;
comment on function lead_sync_private.rebase_group(jsonb, jsonb, jsonb, jsonb) is
'Read one side''s base of a group under the rules of now. A base that was written under an older
version of a normaliser moves with the rule where the value itself has not: no write follows.
Returns: an object of normalised values; {} without a base.';
