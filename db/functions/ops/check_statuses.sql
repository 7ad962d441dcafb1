create or replace function lead_sync_private.check_statuses()
returns table (check_name text, severity text, finding text, remedy text)
language sql stable
set search_path = pg_catalog, pg_temp
as $fn$
  select 'statuses', 'warning',
    format('%s conversations of properties in step have the status %L, which is %s', count(*),
      left(c.status, 50), case when c.status in ('closed', 'completed', 'converted')
        then 'never pushed, on purpose' else 'not mapped: it is not pushed' end),
    case when c.status in ('closed', 'completed', 'converted')
      then 'nothing: closed, completed and converted say nothing of a lead''s stage'
      else format('insert into lead_sync_private.lead_status (domiq_status, stage, '
        'resman_type) values (%L, STAGE, TYPE), as the rows that are there', left(c.status, 50)) end
  from public.conversation c
  join public.chatbot b on b.id = c.chatbot_id
  join public.resman_integration i on i.property_id = b.property_id and i.sync_enabled
  where c.status is not null and not exists (
    select from lead_sync_private.lead_status s where s.domiq_status = c.status)
  group by c.status
  order by count(*) desc
  limit 20;
$fn$;
revoke all on function lead_sync_private.check_statuses() from public;
comment on function lead_sync_private.check_statuses() is
'Find statuses of conversations that no row of lead_status maps, with how many have each.
Returns: the findings, at most 20. Reads all conversations.';
