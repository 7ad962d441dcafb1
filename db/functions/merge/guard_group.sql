create or replace function lead_sync_private.guard_group(
  p_group jsonb, p_direction text, p_type text, p_domiq jsonb, p_resman jsonb, p_result jsonb,
  p_evidence jsonb)
returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $fn$
begin
  return (
    with x as (
      select jsonb_strip_nulls(p_result) <> jsonb_strip_nulls(p_resman) as pushes,
        jsonb_strip_nulls(p_result) <> jsonb_strip_nulls(p_domiq) as pulls,
        p_group ->> 'name' as name,
        (p_group -> 'contact')::boolean as contact
    )
    select case
      when x.pushes and p_direction = 'from_resman' then 'direction from_resman'
      when x.pulls and p_direction = 'to_resman' then 'direction to_resman'
      when x.pushes and (x.contact or x.name = 'status')
        and p_type in ('applicant', 'current_resident') then 'ResMan holds an applicant or resident'
      when x.pushes and x.name = 'status' and p_result ->> 'status' not in ('prospect', 'lost')
        then 'ResMan makes applicants and residents itself'
      when x.contact and (p_group -> 'allow_blank') is distinct from 'true' and exists (
        select from jsonb_each(p_result) as r
        where r.value = 'null' and (
          x.pushes and coalesce(p_resman -> r.key, 'null') <> 'null'
          or x.pulls and coalesce(p_domiq -> r.key, 'null') <> 'null'))
        then 'a contact value became blank'
      when x.pulls and p_evidence -> 'opaque' ? x.name then 'DomIQ holds a value of its own'
      when x.pulls and x.name = 'name' and exists (
        select from jsonb_each(p_result) as r where r.value = 'null') then 'DomIQ wants a name'
      when x.pulls and x.name = 'tour' and p_result -> 'tour_at' = 'null'
        then 'ResMan cannot cancel an appointment'
      when x.pulls and x.contact and p_evidence -> 'spans' = 'true'
        then 'the user has conversations with several companies'
    end
    from x);
end
$fn$;
revoke all on function lead_sync_private.guard_group(jsonb, text, text, jsonb, jsonb, jsonb, jsonb)
  from public;
comment on function lead_sync_private.guard_group(jsonb, text, text, jsonb, jsonb, jsonb, jsonb) is
'Say what forbids the writes that a result of a group would take: the direction; ResMan''s
applicants and residents; a contact value that became blank; a value DomIQ holds that cannot be
read; a user of several companies.
Returns: the reason, null where nothing forbids it.';
