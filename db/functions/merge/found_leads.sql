create or replace function lead_sync_private.found_leads(p_conflict public.lead_sync_conflicts)
returns text[]
language sql immutable
set search_path = pg_catalog, pg_temp
as $fn$
  select array(
    select distinct l ->> 'lead_id'
    from jsonb_array_elements(case jsonb_typeof(p_conflict.resman_value)
      when 'array' then p_conflict.resman_value
      when 'object' then jsonb_build_array(p_conflict.resman_value) else '[]' end) as l
    where l ->> 'lead_id' <> '');
$fn$;
revoke all on function lead_sync_private.found_leads(public.lead_sync_conflicts) from public;
comment on function lead_sync_private.found_leads(public.lead_sync_conflicts) is
'List the ids of the leads in ResMan that a conflict of identity found.';
