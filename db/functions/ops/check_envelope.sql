create or replace function lead_sync_private.check_envelope(p_credentials jsonb)
returns void
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $fn$
begin
  if not (case
      when p_credentials is null then true
      when jsonb_typeof(p_credentials) <> 'object' then false
      else p_credentials ?& array['v', 'kid', 'nonce', 'ct']
        and p_credentials - array['v', 'kid', 'nonce', 'ct'] = '{}'
        and p_credentials -> 'v' = '1'
        and jsonb_typeof(p_credentials -> 'kid') = 'string'
        and jsonb_typeof(p_credentials -> 'nonce') = 'string'
        and jsonb_typeof(p_credentials -> 'ct') = 'string'
        and p_credentials ->> 'kid' ~ '^[A-Za-z0-9._-]{1,64}$'
        and p_credentials ->> 'nonce' ~ '^[A-Za-z0-9+/]+={0,2}$'
        and p_credentials ->> 'ct' ~ '^[A-Za-z0-9+/]+={0,2}$'
        and length(p_credentials::text) <= 16384 end) then
    -- what was given may be clear text: it is not repeated
    raise exception using errcode = 'LS004', message = 'credentials are not an envelope',
      hint = 'Seal them with leadsync credentials set; the database takes no clear text.';
  end if;
end
$fn$;
revoke all on function lead_sync_private.check_envelope(jsonb) from public;
comment on function lead_sync_private.check_envelope(jsonb) is
'Refuse credentials that are not an envelope; null passes.
Raises: LS004, without what was given.';
