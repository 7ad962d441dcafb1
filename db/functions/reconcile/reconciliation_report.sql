create or replace function lead_sync.reconciliation_report(p_run_id uuid)
returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_run lead_sync_private.reconciliation_run;
begin
  select r.* into v_run
  from lead_sync_private.reconciliation_run r where r.id = p_run_id;
  if not found then
    raise exception using errcode = 'LS002', message = 'no such run',
      hint = 'run_reconciliation returns the id of a run.';
  end if;
  return jsonb_build_object(
    'run_id', v_run.id, 'property_id', v_run.property_id, 'repair', v_run.repair,
    'started_at', v_run.started_at, 'finished_at', v_run.finished_at,
    'classes', (
      select coalesce(jsonb_object_agg(c.class, c.n), '{}')
      from (select f.class, count(*) as n
            from lead_sync_private.reconciliation_finding f
            where f.run_id = p_run_id group by f.class) as c),
    'findings', (
      select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
        'conversation_id', m.conversation_id, 'resman_lead_id', m.resman_lead_id,
        'class', f.class, 'groups', f.groups -> 'groups', 'repaired', f.groups -> 'repaired'))
        order by f.class, m.id), '[]')
      from lead_sync_private.reconciliation_finding f
      join public.lead_sync_mapping m on m.id = f.mapping_id
      where f.run_id = p_run_id
        and f.class in ('drift', 'missing_in_resman', 'missing_in_domiq')));
end
$fn$;
revoke all on function lead_sync.reconciliation_report(uuid) from public;
grant execute on function lead_sync.reconciliation_report(uuid) to lead_sync_service;
comment on function lead_sync.reconciliation_report(uuid) is
'Tell what a reconciliation found: how many links are matched, explained (pending, in_flight,
conflict, suppressed), drift, missing, still unread; and which drift or are missing, with the names
of their groups, no values.
Returns: one object; finished_at is null while the sweep runs.
Raises: LS002.';
