create or replace function lead_sync_private.with_stage(p_lead jsonb)
returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $fn$
begin
  return case when p_lead ? 'status'
    then p_lead || jsonb_build_object('status',
      lead_sync_private.apply_steps('{trim,lower,stage}', p_lead -> 'status', null))
    else p_lead end;
end
$fn$;
revoke all on function lead_sync_private.with_stage(jsonb) from public;
comment on function lead_sync_private.with_stage(jsonb) is
'Put ResMan''s word in the place of DomIQ''s finer stages in a canonical lead document: compared as
they are, none would be as it was.
Returns: the document; as it is without a status.';
