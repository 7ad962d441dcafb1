create or replace function lead_sync_private.find_users(
  p_email text, p_phone text, p_country text)
returns setof uuid
language sql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $fn$
  select u.id from public."user" u
  where lower(btrim(u.email)) = p_email
  union
  select u.id from public."user" u
  where right(regexp_replace(u.phone, '\D', '', 'g'), 8)
      = right(regexp_replace(p_phone, '\D', '', 'g'), 8)
    and lead_sync_private.normalise_phone(u.phone, p_country) = p_phone;
$fn$;
revoke all on function lead_sync_private.find_users(text, text, text) from public;
comment on function lead_sync_private.find_users(text, text, text) is
'Find the users with a normalised e-mail or a normalised phone; null looks for none.
Returns: ids of "user".';
