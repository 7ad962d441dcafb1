create or replace function lead_sync_private.without_echo(p_ids uuid[], p_operation text)
returns uuid[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $fn$
begin
  if coalesce(current_setting('lead_sync.applying', true), '') = '' then
    return p_ids;
  end if;
  return array(select i from unnest(p_ids) as i
               where not lead_sync_private.is_echo(i, p_operation));
end
$fn$;
revoke all on function lead_sync_private.without_echo(uuid[], text) from public;
comment on function lead_sync_private.without_echo(uuid[], text) is
'Leave out the conversations whose change is nothing but what a pull is writing. The setting
lead_sync.applying merely asks for the comparison: a forged one hides nothing.';
