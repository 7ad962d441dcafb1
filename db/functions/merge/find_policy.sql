create or replace function lead_sync_private.find_policy(
  p_group text, p_property_id uuid, out policy text, out allow_blank boolean)
returns record
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $fn$
begin
  select
    (array_agg(p.policy order by p.rank) filter (where p.policy is not null))[1],
    (array_agg(p.allow_blank order by p.rank) filter (where p.allow_blank is not null))[1]
  into policy, allow_blank
  from (
    select f.policy, f.allow_blank, case
        when f.property_id is not null and f.field_group is not null then 1
        when f.property_id is not null then 2
        when f.field_group is not null then 3
        else 4 end as rank
    from lead_sync_private.field_policy f
    where (f.property_id is null or f.property_id = p_property_id)
      and (f.field_group is null or f.field_group = p_group)
  ) as p;
end
$fn$;
revoke all on function lead_sync_private.find_policy(text, uuid) from public;
comment on function lead_sync_private.find_policy(text, uuid) is
'Find the policy of a group at a property, and whether a contact value may become blank; most
specific first: property and group, property, group, all.';
