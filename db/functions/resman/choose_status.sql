create or replace function lead_sync_private.choose_status(p_status text, p_type text)
returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $fn$
begin
  return case
    -- ResMan's prospect says nothing of DomIQ's finer stages; it only reactivates a lost lead
    when p_type = 'prospect' and coalesce((
        select s.resman_type from lead_sync_private.lead_status s
        where s.domiq_status = lower(btrim(p_status))), 'prospect') = 'prospect'
      and btrim(p_status) <> '' then p_status
    else coalesce((select r.domiq_status from lead_sync_private.resman_status r
      where r.resman_type = p_type), p_status) end;
end
$fn$;
revoke all on function lead_sync_private.choose_status(text, text) from public;
comment on function lead_sync_private.choose_status(text, text) is
'Choose DomIQ''s status for a ResMan customer type that is pulled: lost, application, leased; a
prospect changes nothing, but for a lead that was lost, or had no status yet.';
