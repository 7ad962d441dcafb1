create or replace function lead_sync_private.is_in_flight(
  p_conversation_id uuid, p_lane uuid, p_but uuid default null)
returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_bitmapscan = off
set enable_sort = off
set enable_incremental_sort = off
as $fn$
declare
  v_id uuid;
begin
  -- Ranges in the order of one index alone: by "=", any index of what is in flight looks as
  -- cheap while that is little, and walks the dead entries of all that ever was.
  select q.id into v_id
  from public.lead_sync_queue q
  where q.status = 'processing'
    and q.conversation_id >= p_conversation_id and q.conversation_id <= p_conversation_id
    and q.id is distinct from p_but
  order by q.conversation_id limit 1;
  if v_id is null then
    select q.id into v_id -- by the lane
    from public.lead_sync_queue q
    where q.status = 'processing' and q.lane >= p_lane and q.lane <= p_lane
      and q.id is distinct from p_but
    order by q.lane limit 1;
  end if;
  return v_id is not null;
end
$fn$;
revoke all on function lead_sync_private.is_in_flight(uuid, uuid, uuid) from public;
comment on function lead_sync_private.is_in_flight(uuid, uuid, uuid) is
'Say whether an item of a conversation, or of the lead whose lane it is, is in flight, whichever
operation it carries. Null asks for neither. p_but: an item that does not count.';
