create or replace function lead_sync_private.is_creating(
  p_property_id uuid, p_contacts text[], p_but uuid default null)
returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $fn$
begin
  return exists (
    select from unnest(p_contacts) as c(contact)
    -- offset: a fence, so that each contact is looked up by itself: by its property alone, all
    -- that were ever reserved there would be walked while a long transaction is open
    cross join lateral (
      select x.conversation_id, x.created_at from lead_sync_private.create_intent x
      where x.property_id = p_property_id and x.contact = c.contact
      offset 0) as i
    where i.conversation_id is distinct from p_but
      -- the holder's own item looks after it; one left by an item that has ended ages out
      and (i.created_at > clock_timestamp() - interval '1 hour' or exists (
        select from public.lead_sync_queue q
        where q.conversation_id = i.conversation_id and q.status in ('pending', 'processing'))));
end
$fn$;
revoke all on function lead_sync_private.is_creating(uuid, text[], uuid) from public;
comment on function lead_sync_private.is_creating(uuid, text[], uuid) is
'Say whether a push may be making a lead with one of these contacts at a property.
p_contacts: as in create_intent. p_but: the conversation whose own reservation does not count.';
