create or replace function lead_sync.check_installation(p_code_sha256 text default null)
returns table (check_name text, severity text, finding text, remedy text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
-- where a policy would hide rows from us, an error and not a wrong count
set row_security = off
as $fn$
declare
  v_check text;
  v_shown text[] := array[]::text[];
begin
  foreach v_check in array array['code', 'objects', 'triggers', 'roles', 'grants', 'schemas',
    'row_security', 'statuses', 'settings', 'queue', 'tables'] loop
    begin
      for check_name, severity, finding, remedy in
        execute format('select * from lead_sync_private.%I(%s)',
          'check_' || v_check, case v_check when 'code' then '$1' else '' end)
          using p_code_sha256
      loop
        v_shown := v_shown || check_name;
        return next;
      end loop;
    exception when others then
      -- what the error says may quote a value
      check_name := v_check;
      severity := case sqlstate when '42501' then 'warning' else 'failed' end;
      finding := format('the check %s could not be made: SQLSTATE %s', v_check, sqlstate);
      remedy := case sqlstate when '42501'
        then 'mend the findings of grants and row_security, then look again'
        else 'delete from lead_sync_private.code_file; '
          'delete from lead_sync_private.code_version; then: leadsync migrate' end;
      v_shown := v_shown || check_name;
      return next;
    end;
  end loop;
  return query
  select c, 'ok', t, ''
  from (values ('code', 'the code that is loaded is this package''s'),
    ('objects', 'all objects are as they were loaded'),
    ('triggers', 'all triggers are enabled, and none of others'' hides an edit'),
    ('roles', 'our roles are as they should be'),
    ('grants', 'rights are as they are meant, and no more'),
    ('schemas', 'only trusted roles may create in schema public'),
    ('row_security', 'the package reads all of DomIQ''s rows, others none of ours'),
    ('statuses', 'all statuses in use are mapped'),
    ('settings', 'all settings are used and known'),
    ('integrations', 'no property is disconnected or in error'),
    ('runners', 'nothing has been due for long'),
    ('vacuum', 'dead rows are removed')) as v(c, t)
  where c <> all (v_shown) and (c <> 'code' or p_code_sha256 is not null);
end
$fn$;
revoke all on function lead_sync.check_installation(text) from public;
grant execute on function lead_sync.check_installation(text) to lead_sync_service;
comment on function lead_sync.check_installation(text) is
'Look for what is wrong with the package in this database. Only the service role may, and who
migrates: findings name roles, settings and properties, but no lead, person or credential.
p_code_sha256: the hash of the caller''s code files, to be compared with what is loaded; null
compares nothing.
Returns: a row for each finding: severity ok, note, warning or failed, what was found, and what
to do about it; an ok row for each check that found nothing.';
