create or replace function lead_sync_private.further_status(p_domiq text, p_resman text)
returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $fn$
begin
  -- lost is reached from a prospect's stages; what has become of an applicant a person says
  return (
    select case
      when d.rank is null or r.rank is null or d.rank = r.rank then null
      when d.rank > r.rank then 'domiq' else 'resman' end
    from (select array_position(array['prospect', 'lost', 'applicant', 'current_resident'],
            p_domiq) as rank) as d,
         (select array_position(array['prospect', 'lost', 'applicant', 'current_resident'],
            p_resman) as rank) as r);
end
$fn$;
revoke all on function lead_sync_private.further_status(text, text) from public;
comment on function lead_sync_private.further_status(text, text) is
'Say which side''s status is further on the ladder; lost is further than a prospect.
Returns: domiq or resman; null where it cannot be told.';
