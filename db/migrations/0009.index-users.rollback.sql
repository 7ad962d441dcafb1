drop index if exists public.idx_user_resman_email;
drop index if exists public.idx_user_resman_phone;
delete from lead_sync_private.added_object
where object_name in ('idx_user_resman_email', 'idx_user_resman_phone');
