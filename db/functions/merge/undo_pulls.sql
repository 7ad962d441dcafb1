create or replace function lead_sync.undo_pulls(
  p_property_id uuid, p_since timestamptz, p_apply boolean default false,
  p_limit integer default 100, p_after bigint default null)
returns table (change_id bigint, conversation_id uuid, resman_lead_id text, field_group text,
  was jsonb, is_now jsonb, pulled_at timestamptz, outcome text, why text, item_id uuid)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '500ms'
as $fn$
#variable_conflict use_column
declare
  v_after timestamptz;
  v_change lead_sync_private.field_change;
  v_mapping public.lead_sync_mapping;
  v_said jsonb;
  v_rows integer := 0;
begin
  if p_since is null then
    raise exception using errcode = 'LS001', message = 'since is missing',
      hint = 'Give the time from which on pulls are to be undone.';
  elsif p_limit is null or p_limit not between 1 and 10000 then
    raise exception using errcode = 'LS001', message = 'limit is out of range',
      hint = 'Undo 1 to 10000 changes at a time.';
  elsif not exists (
      select from public.resman_integration i where i.property_id = p_property_id) then
    raise exception using errcode = 'LS003', message = 'property has no integration',
      hint = 'list_integrations shows those that have one.';
  end if;
  if p_after is not null then
    select f.changed_at into v_after
    from lead_sync_private.field_change f where f.id = p_after;
    if not found then
      raise exception using errcode = 'LS002', message = 'no such change to go on after',
        hint = 'Start anew: what was restored is not restored again.';
    end if;
  end if;
  for v_change in
    select f.* from lead_sync_private.field_change f
    where f.property_id = p_property_id and f.kind = 'pull' and f.changed_at >= p_since
      and (v_after is null or (f.changed_at, f.id) > (v_after, p_after))
      -- the last pull of its group speaks for those before; what was undone is done with
      and not exists (
        select from lead_sync_private.field_change l
        where l.mapping_id = f.mapping_id and l.field_group = f.field_group
          and l.id > f.id and l.kind in ('pull', 'undo'))
    order by f.changed_at, f.id
  loop
    select m.* into v_mapping
    from public.lead_sync_mapping m where m.id = v_change.mapping_id;
    v_said := lead_sync_private.weigh_undo(v_change, v_mapping, p_since);
    if p_apply and v_said ->> 'outcome' = 'restorable' then
      v_said := v_said || lead_sync_private.undo_change(v_change, v_mapping, p_since);
    end if;
    continue when v_said is null;
    change_id := v_change.id;
    conversation_id := v_mapping.conversation_id;
    resman_lead_id := v_mapping.resman_lead_id;
    field_group := v_change.field_group;
    was := v_said -> 'was';
    is_now := v_said #> '{now,domiq}';
    pulled_at := v_change.changed_at;
    outcome := v_said ->> 'outcome';
    why := v_said ->> 'why';
    item_id := (v_said ->> 'item_id')::uuid;
    return next;
    v_rows := v_rows + 1;
    exit when v_rows = p_limit;
  end loop;
end
$fn$;
revoke all on function lead_sync.undo_pulls(uuid, timestamptz, boolean, integer, bigint)
  from public;
grant execute on function lead_sync.undo_pulls(uuid, timestamptz, boolean, integer, bigint)
  to lead_sync_service;
comment on function lead_sync.undo_pulls(uuid, timestamptz, boolean, integer, bigint) is
'List what pulls of a property have overwritten in DomIQ since a time, or bring it back: in
DomIQ at once, ResMan by a push, and no pull can undo that. Groups are restored as one. A value
edited since in DomIQ, or decided by a person, stays as it is; so does what a guard forbids, an
applicant''s or resident''s contact fields and status among them. Values come back in the form
in which the two sides are compared, a status in DomIQ''s own word.
p_apply: restore; without it nothing is changed. p_limit: a page, and the size of the
transaction. p_after: the last change of the page before.
Returns: a row a lead and group, the oldest pull first. outcome: restorable, restored, edited,
refused (why says what forbids it), busy: a push is in flight or the rows are locked, try again.
Raises: LS001, LS002 p_after is no change, LS003.
Locks, Writes and Notifies, with p_apply: as resolve_conflict, each lead by try.';
