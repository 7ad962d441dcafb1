create or replace function lead_sync_private.check_row_security()
returns table (check_name text, severity text, finding text, remedy text)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_table record;
  v_lacking text;
begin
  for v_table in
    select c.oid, c.oid::regclass::text as name, c.relname, c.relowner,
      c.relforcerowsecurity as forced,
      o.rolname as owner, o.rolsuper as owner_is_super,
      case when c.relname in ('user', 'conversation', 'lead_notification')
        then array['select', 'references', 'insert', 'update', 'trigger']
        else array['select', 'references'] end as needed
    from pg_class c join pg_roles o on o.oid = c.relowner
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      and c.relname in ('property', 'property_manager', 'property_manager_assignment',
        'chatbot', 'user', 'conversation', 'lead_notification')
    order by c.relname
  loop
    select string_agg(n, ', ') into v_lacking
    from unnest(v_table.needed) as n
    where not has_table_privilege('lead_sync_owner', v_table.oid, n);
    check_name := 'row_security';
    severity := 'failed';
    if v_lacking is not null then
      finding := format('lead_sync_owner lacks %s on %s', v_lacking, v_table.name);
      remedy := format('grant %s on %s to lead_sync_owner', v_lacking, v_table.name);
      return next;
      continue when v_lacking ~ 'select';
    end if;
    begin
      -- check_installation has row_security off: an error, not an empty answer
      execute format('select from public.%I limit 1', v_table.relname);
    exception when insufficient_privilege then
      finding := format('row-level security hides rows of %s from lead_sync_owner',
        v_table.name);
      remedy := case when v_table.forced or v_table.owner_is_super
        then 'as a superuser: alter role lead_sync_owner bypassrls'
        else format('grant %I to lead_sync_owner', v_table.owner) end;
      return next;
    end;
  end loop;

  return query
  select 'row_security', 'failed',
    format('row-level security is off on %s: a grant on all tables of public opens it', t.name),
    format('alter table %s enable row level security', t.name)
  from lead_sync_private.installed_object t join pg_class c on c.oid = to_regclass(t.name)
  where t.kind = 'table' and t.name like 'public.%' and not c.relrowsecurity
  union all
  select 'row_security', 'failed',
    format('policy %I opens rows of %s to whoever was granted the table', p.polname, t.name),
    format('drop policy %I on %s', p.polname, t.name)
  from lead_sync_private.installed_object t
  join pg_policy p on p.polrelid = to_regclass(t.name)
  where t.kind = 'table';
end
$fn$;
revoke all on function lead_sync_private.check_row_security() from public;
comment on function lead_sync_private.check_row_security() is
'Find tables of DomIQ''s that the package''s owner role may not read past row-level security, by
reading each, and tables of ours that row-level security leaves open.
Returns: the findings. Reads a row of each table, and shows none.';
