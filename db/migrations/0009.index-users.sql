-- depends: 0008.create-merge-tables
-- transactional: false
-- A pull looks a "user" up by what ResMan shows: built beside running writes, like 0004's.
-- An index waits for transactions, not for tables, and in nobody's way: for as long as they last.
set lock_timeout = 0;

do $indexes$
declare
  v_row record;
begin
  perform set_config('lock_timeout', '200ms', true); -- for the drop, which does lock the table
  for v_row in
    select w.index_name, i.indisvalid
    from (values ('idx_user_resman_email'), ('idx_user_resman_phone')) as w(index_name)
    left join pg_catalog.pg_index i
      on i.indexrelid = to_regclass(format('public.%I', w.index_name))
    where i.indisvalid is not true
  loop
    if v_row.indisvalid is not null then
      execute format('drop index public.%I', v_row.index_name);
    end if;
    insert into lead_sync_private.added_object (kind, table_name, object_name)
    values ('index', 'user', v_row.index_name)
    on conflict do nothing;
  end loop;
end
$indexes$;

create index concurrently if not exists idx_user_resman_email
  on public."user" (lower(btrim(email)));
create index concurrently if not exists idx_user_resman_phone
  on public."user" (right(regexp_replace(phone, '\D', '', 'g'), 8));
comment on index public.idx_user_resman_email is 'find_user: the "user" with this e-mail.';
comment on index public.idx_user_resman_phone is
  'find_user: the users whose number ends with these digits; the whole is compared then.';
