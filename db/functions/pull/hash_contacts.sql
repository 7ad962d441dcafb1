create or replace function lead_sync_private.hash_contacts(p_property_id uuid, p_lead jsonb)
returns text[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $fn$
begin
  return array(
    select encode(sha256(h.secret || convert_to(c.contact, 'UTF8')), 'hex')
    from lead_sync_private.hash_secret h
    cross join lateral (values
      ('email:' || (lead_sync_private.normalise_value('email', p_lead -> 'email') #>> '{}')),
      ('phone:' || (lead_sync_private.normalise_value('phone', p_lead -> 'phone',
        lead_sync_private.get_setting(p_property_id, 'country_code') #>> '{}') #>> '{}'))
    ) as c(contact)
    where c.contact is not null);
end
$fn$;
revoke all on function lead_sync_private.hash_contacts(uuid, jsonb) from public;
comment on function lead_sync_private.hash_contacts(uuid, jsonb) is
'Hash a lead''s normalised e-mail and phone under this installation''s own key.
Returns: hexadecimal digests; none for what is blank.';
