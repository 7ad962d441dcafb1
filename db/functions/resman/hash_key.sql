create or replace function lead_sync_private.hash_key(variadic p_parts text[])
returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $fn$
begin
  return left(encode(sha256(convert_to(array_to_string(p_parts, '|', '~'), 'UTF8')), 'hex'), 8);
end
$fn$;
revoke all on function lead_sync_private.hash_key(text[]) from public;
comment on function lead_sync_private.hash_key(text[]) is
'Derive the private key of an event: the same event gets the same key in every attempt.
Returns: eight hexadecimal digits; unique enough within one lead.';
