create or replace function lead_sync_private.sleep_key()
returns bigint
language sql immutable parallel safe
as $fn$
  select 7813528840112739841;
$fn$;
revoke all on function lead_sync_private.sleep_key() from public;
comment on function lead_sync_private.sleep_key() is
'Name the advisory lock that a sleeping runner holds.
No pinned search_path: a constant names nothing, and without the clause it is inlined.';
