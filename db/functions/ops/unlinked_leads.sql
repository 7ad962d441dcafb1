create or replace function lead_sync_private.unlinked_leads(
  p_property_id uuid, p_since timestamptz)
returns setof uuid
language sql stable
set search_path = pg_catalog, pg_temp
as $fn$
  select l.conversation_id
  from lead_sync_private.lead l
  where l.property_id = p_property_id and l.ineligible is null
    and (p_since is null or l.created_at >= p_since)
    and not exists (
      select from public.lead_sync_mapping m where m.conversation_id = l.conversation_id)
    and not exists (
      select from lead_sync_private.follower f where f.conversation_id = l.conversation_id);
$fn$;
revoke all on function lead_sync_private.unlinked_leads(uuid, timestamptz) from public;
comment on function lead_sync_private.unlinked_leads(uuid, timestamptz) is
'Find what a backfill of a property is about: conversations that are eligible, begun at or after
p_since (null: whenever), and have no link with a lead in ResMan, of their own or as a follower.
Returns: conversation ids, in no order.';
