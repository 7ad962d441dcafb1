-- Stand-in for DomIQ's own database: the application's roles and their grants. Roles belong to
-- the whole cluster: made if missing; another session making them at the same time is no error.
-- An ordinary role that loads this becomes a member of them, to act as the application does.
do $$
declare
  v_role text;
begin
  foreach v_role in array array['app_admin', 'app_property_manager', 'app_readonly'] loop
    begin
      if pg_catalog.to_regrole(v_role) is null then
        execute pg_catalog.format('create role %I nologin', v_role);
      end if;
    exception
      when duplicate_object or unique_violation then
        null;
    end;
    if not (select rolsuper from pg_catalog.pg_roles where rolname = current_user) then
      execute pg_catalog.format('grant %I to %I', v_role, current_user);
    end if;
  end loop;
end
$$;

grant usage on schema public to app_admin, app_property_manager, app_readonly;

grant select, insert, update, delete on all tables in schema public to app_admin;

grant select, insert, update
  on public.company, public.property, public.property_manager,
     public.property_manager_assignment, public.chatbot, public.faq, public."user",
     public.conversation, public.message, public.lead_notification,
     public.website_integration
  to app_property_manager;

grant select on all tables in schema public to app_readonly;
