create or replace function lead_sync.preview_integration(
  p_property_id uuid, p_limit integer default 100, p_after uuid default null)
returns table (row_id uuid, conversation_id uuid, resman_lead_id text, outcome text, why text,
  pushes text[], pulls text[], conflicts text[], looked_at timestamptz)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $fn$
#variable_conflict use_column
declare
  v_after_lead text;
  v_rows integer := 0;
begin
  if p_limit is null or p_limit not between 1 and 10000 then
    raise exception using errcode = 'LS001', message = 'limit is out of range',
      hint = 'List 1 to 10000 conversations at a time.';
  elsif not exists (
      select from public.resman_integration i where i.property_id = p_property_id) then
    raise exception using errcode = 'LS003', message = 'property has no integration',
      hint = 'Add one with write mode shadow.';
  elsif lead_sync_private.get_setting(p_property_id, 'write_mode') <> '"shadow"' then
    raise exception using errcode = 'LS011', message = 'the property is live',
      hint = 'lead_history tells what was done; only what shadow has seen can be previewed.';
  end if;
  -- behind the conversations stand the leads that DomIQ does not know
  select g.resman_lead_id::text into v_after_lead
  from public.lead_sync_log g
  where g.id = p_after and g.property_id = p_property_id and g.conversation_id is null;

  if v_after_lead is null then
    return query
    select l.conversation_id, l.conversation_id,
      coalesce(m.resman_lead_id, g.sync_data #>> '{would_send,lead_id}',
        g.resman_lead_id)::text,
      s.outcome, s.why,
      array(select jsonb_array_elements_text(g.sync_data -> 'would_push')),
      array(select jsonb_array_elements_text(g.sync_data -> 'would_pull')),
      coalesce(k.fields,
        array(select jsonb_array_elements_text(g.sync_data -> 'conflicts'))), g.created_at
    from (
      select x.* from lead_sync_private.lead x
      where x.property_id = p_property_id and (p_after is null or x.conversation_id > p_after)
      order by x.conversation_id limit p_limit
    ) as l
    cross join lateral lead_sync_private.find_mapping(l.conversation_id, l.user_id,
      l.property_id) as m
    left join lateral (
      select x.* from public.lead_sync_log x
      where x.conversation_id = l.conversation_id and x.sync_operation in ('push', 'pull')
        and x.sync_data ? 'shadow' and x.created_at > coalesce(m.last_sync_at, '-infinity')
      order by x.created_at desc limit 1
    ) as g on true
    left join lateral (
      select array_agg(x.conflict_field::text order by x.conflict_field) as fields
      from public.lead_sync_conflicts x
      where x.conversation_id = l.conversation_id
        and x.resolution_status in ('pending', 'manual_review')
    ) as k on true
    left join lateral (
      select x.status, x.error_code from public.lead_sync_queue x
      where x.conversation_id = l.conversation_id and x.sync_operation = 'push'
        and x.status in ('pending', 'processing', 'failed')
      order by x.seq desc limit 1
    ) as q on true
    cross join lateral lead_sync_private.describe_preview(to_jsonb(l), m, g.sync_data, k.fields,
      q.status, q.error_code) as s(outcome, why)
    order by l.conversation_id;
    get diagnostics v_rows = row_count;
  end if;

  return query
  select g.id, null::uuid, g.resman_lead_id::text, 'create', 'in DomIQ, a lead of ResMan''s',
    '{}'::text[], '{}'::text[], '{}'::text[], g.created_at
  from (
    select distinct on (x.resman_lead_id) x.*
    from public.lead_sync_log x
    where x.property_id = p_property_id and x.sync_type = 'create' and x.sync_operation = 'pull'
      and x.sync_data ? 'shadow' and (v_after_lead is null or x.resman_lead_id > v_after_lead)
    order by x.resman_lead_id, x.created_at desc
  ) as g
  where not exists (
    select from public.lead_sync_mapping m where m.resman_lead_id = g.resman_lead_id)
  order by g.resman_lead_id limit p_limit - v_rows;
end
$fn$;
revoke all on function lead_sync.preview_integration(uuid, integer, uuid) from public;
grant execute on function lead_sync.preview_integration(uuid, integer, uuid)
  to lead_sync_service;
comment on function lead_sync.preview_integration(uuid, integer, uuid) is
'List what would come of switching a property in shadow mode live, from what shadow has read and
compared: its conversations, then the leads that ResMan alone has.
p_limit: a page. p_after: row_id of the last row of the page before.
Returns: outcome: create (in ResMan; without a conversation_id in DomIQ), link, update, conflict
or skip, and why; pushes and pulls: groups of fields that would be written in ResMan and in
DomIQ; conflicts: groups, or identity, that wait for a person; looked_at: when shadow compared
it. No values of the lead.
Raises: LS001, LS003, LS011 the property is live.';
