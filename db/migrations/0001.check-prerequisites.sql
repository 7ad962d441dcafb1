-- Says in one error everything that keeps lead-sync from being installed here; changes nothing.
do $check$
declare
  v_problems text[] := '{}';
  v_missing text;
  v_super boolean;
  v_createrole boolean;
  v_bypass boolean;
  v_member boolean;
  v_inherits boolean;
  v_version int := current_setting('server_version_num');
  -- from 16 on a grant says whether its rights are inherited, before that the role
  v_with text := case when v_version >= 160000 then ' with inherit true' else '' end;
  v_row record;
begin
  -- a plain yoyo has its tables in the current schema, and all must find one record
  if current_schema() is distinct from 'public' then
    v_problems := v_problems || format(
      'yoyo keeps its record in schema %s here, not in public. Run: '
      'PGOPTIONS="-c search_path=public" yoyo apply', coalesce(current_schema(), '(none)'));
  end if;
  if v_version not between 140000 and 189999 then
    v_problems := v_problems || format(
      'PostgreSQL %s is not supported: 14 to 18 are', current_setting('server_version'));
  end if;

  select string_agg(format('public.%I.%I', c.table_name, c.column_name), ', ')
  into v_missing
  from (values
    ('property', 'id'), ('property', 'name'),
    ('property_manager', 'id'), ('property_manager', 'email'),
    ('property_manager_assignment', 'property_id'),
    ('property_manager_assignment', 'property_manager_id'),
    ('property_manager_assignment', 'is_primary'),
    ('chatbot', 'id'), ('chatbot', 'property_id'),
    ('user', 'id'), ('user', 'first_name'), ('user', 'last_name'), ('user', 'email'),
    ('user', 'phone'), ('user', 'lead_source'),
    ('conversation', 'id'), ('conversation', 'chatbot_id'), ('conversation', 'user_id'),
    ('conversation', 'is_qualified'), ('conversation', 'is_book_tour'),
    ('conversation', 'tour_datetime'), ('conversation', 'ai_intent_summary'),
    ('conversation', 'apartment_size_preference'), ('conversation', 'move_in_date'),
    ('conversation', 'price_range_min'), ('conversation', 'price_range_max'),
    ('conversation', 'occupants_count'), ('conversation', 'has_pets'),
    ('conversation', 'pet_details'), ('conversation', 'source'), ('conversation', 'status'),
    ('conversation', 'created_at'), ('conversation', 'end_time'),
    ('lead_notification', 'id'), ('lead_notification', 'conversation_id'),
    ('lead_notification', 'notification_type'), ('lead_notification', 'status'),
    ('lead_notification', 'sent_at'), ('lead_notification', 'created_at')
  ) as c(table_name, column_name)
  where not exists (
    select from pg_catalog.pg_attribute a
    where a.attrelid = to_regclass(format('public.%I', c.table_name))
      and a.attname = c.column_name and a.attnum > 0 and not a.attisdropped
  );
  if v_missing is not null then
    v_problems := v_problems || format(
      'DomIQ''s tables are missing or lack columns: %s', v_missing);
  end if;

  select rolsuper, rolsuper or rolcreaterole, rolsuper or rolinherit or v_version >= 160000
  into v_super, v_createrole, v_inherits
  from pg_catalog.pg_roles where rolname = current_user;
  select rolbypassrls into v_bypass
  from pg_catalog.pg_roles where rolname = 'lead_sync_owner'; -- null: not there yet

  if not v_inherits then
    v_problems := v_problems || format('run: alter role %I inherit', current_user);
  end if;
  if not has_database_privilege(current_database(), 'CREATE') then
    v_problems := v_problems || format('run: grant create on database %I to %I',
      current_database(), current_user);
  end if;
  if not has_schema_privilege('public', 'CREATE') then
    v_problems := v_problems || format('run: grant create on schema public to %I', current_user);
  end if;

  for v_row in
    select r.name from unnest(array['lead_sync_owner', 'lead_sync_runner', 'lead_sync_service',
      'lead_sync_monitor']) as r(name)
    where not v_createrole
      and not exists (select from pg_catalog.pg_roles x where x.rolname = r.name)
  loop
    v_problems := v_problems || format('run: create role %I nologin', v_row.name);
  end loop;
  v_member := v_super or case
    when v_bypass is null then v_createrole
    else pg_has_role('lead_sync_owner', 'USAGE')
      or pg_has_role('lead_sync_owner', 'MEMBER WITH ADMIN OPTION')
      or v_createrole and v_version < 160000 end;
  if not v_member then
    v_problems := v_problems || format('run: grant lead_sync_owner to %I%s', current_user,
      v_with);
  end if;

  for v_row in
    select o.rolname as owner, o.rolsuper as owner_is_super,
      o.rolsuper or c.relforcerowsecurity or o.rolname = current_user as granted,
      (select string_agg(format('%I', p.polname), ', ') from pg_catalog.pg_policy p
       where p.polrelid = any(array_agg(c.oid)) and not p.polpermissive) as restrictive
    from pg_catalog.pg_class c join pg_catalog.pg_roles o on o.oid = c.relowner
    where not v_super and c.relnamespace = to_regnamespace('public') and c.relkind in ('r', 'p')
      and c.relname in ('property', 'property_manager', 'property_manager_assignment', 'chatbot',
                        'user', 'conversation', 'lead_notification')
    group by 1, 2, 3
    order by 1, 3
  loop
    if v_row.owner_is_super then
      v_problems := v_problems || format(
        'DomIQ''s tables belong to the superuser %I: run as a superuser', v_row.owner);
      continue;
    end if;
    if not pg_has_role(v_row.owner, 'USAGE') then
      v_problems := v_problems || format('DomIQ''s tables belong to %I, whose rights %I lacks. '
        'Run: grant %I to %I%s', v_row.owner, current_user, v_row.owner, current_user, v_with);
    end if;
    -- the ways of 0002: plain grants with BYPASSRLS or policies, else membership
    if v_row.owner = current_user and v_bypass is not null
       and pg_has_role('lead_sync_owner', v_row.owner, 'MEMBER') then
      v_problems := v_problems || format(
        'lead_sync_owner is a member of %I already and cannot have %I as a member too: migrate '
        'as another login role, one that is a member of both', v_row.owner, v_row.owner);
    elsif v_row.granted and v_row.restrictive is not null and v_bypass is not true then
      v_problems := v_problems || format('restrictive policies (%s) would hide rows from '
        'lead_sync_owner. Run as a superuser: %salter role lead_sync_owner bypassrls',
        v_row.restrictive, case when v_bypass is null and v_createrole
          then 'create role lead_sync_owner nologin; ' else '' end);
    elsif not v_row.granted
       and not (v_bypass is not null and pg_has_role('lead_sync_owner', v_row.owner, 'MEMBER'))
       and not pg_has_role(v_row.owner, 'MEMBER WITH ADMIN OPTION')
       and not (v_createrole and v_version < 160000) then
      v_problems := v_problems || format('run: grant %I to lead_sync_owner', v_row.owner);
    end if;
    if not has_schema_privilege('public', 'CREATE WITH GRANT OPTION')
       and not (v_bypass is not null and has_schema_privilege('lead_sync_owner', 'public', 'CREATE'))
       and (v_row.granted or not has_schema_privilege(v_row.owner, 'public', 'CREATE')) then
      v_problems := v_problems || format('run: grant usage, create on schema public to %I with '
        'grant option', current_user);
    end if;
  end loop;

  if v_problems <> '{}' then
    raise exception using
      errcode = 'object_not_in_prerequisite_state',
      message = format('lead-sync cannot be installed here: %s problem(s)',
                       (select count(distinct p) from unnest(v_problems) as u(p))),
      detail = (select string_agg(d.p, e'\n' order by d.n)
                from (select p, min(n) as n from unnest(v_problems) with ordinality as u(p, n)
                      group by p) d),
      hint = 'Nothing was changed. Mend what is listed and migrate again.';
  end if;
end
$check$;
