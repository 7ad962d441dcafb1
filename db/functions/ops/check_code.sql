create or replace function lead_sync_private.check_code(p_code_sha256 text)
returns table (check_name text, severity text, finding text, remedy text)
language sql stable
set search_path = pg_catalog, pg_temp
as $fn$
  select 'code', 'failed',
    case when v.sha256 is null then 'no code is loaded'
      else format('the code that is loaded, %s, is not that of this package, %s',
        left(v.sha256, 12), left(p_code_sha256, 12)) end,
    'leadsync migrate, with the version of the package that the runners have'
  from (values (true)) as one(row)
  left join lead_sync_private.code_version v on true
  where v.sha256 is null or v.sha256 <> p_code_sha256;
$fn$;
revoke all on function lead_sync_private.check_code(text) from public;
comment on function lead_sync_private.check_code(text) is
'Compare the code that is loaded with that of a package; null compares nothing.
p_code_sha256: the hash of the package''s code files.
Returns: the findings.';
