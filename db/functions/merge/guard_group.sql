create or replace function lead_sync_private.guard_group(
  p_group jsonb, p_direction text, p_type text, p_domiq jsonb, p_resman jsonb, p_result jsonb,
  p_evidence jsonb)
returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $fn$
declare
  v_name text := p_group ->> 'name';
  v_contact boolean := (p_group -> 'contact')::boolean;
  v_pushes boolean := jsonb_strip_nulls(p_result) <> jsonb_strip_nulls(p_resman);
  v_pulls boolean := jsonb_strip_nulls(p_result) <> jsonb_strip_nulls(p_domiq);
  v_blank text[];
begin
  if v_contact then
    v_blank := array(select r.key from jsonb_each(p_result) as r where r.value = 'null');
  end if;
  return case
    when v_pushes and p_direction = 'from_resman' then 'direction from_resman'
    when v_pulls and p_direction = 'to_resman' then 'direction to_resman'
    when v_pushes and (v_contact or v_name = 'status')
      and p_type in ('applicant', 'current_resident') then 'ResMan holds an applicant or resident'
    when v_pushes and v_name = 'status' and p_result ->> 'status' not in ('prospect', 'lost')
      then 'ResMan makes applicants and residents itself'
    when v_contact and (p_group -> 'allow_blank') is distinct from 'true'
      and (v_pushes and jsonb_strip_nulls(p_resman) ?| v_blank
        or v_pulls and jsonb_strip_nulls(p_domiq) ?| v_blank)
      then 'a contact value became blank'
    when v_pulls and p_evidence -> 'opaque' ? v_name then 'DomIQ holds a value of its own'
    when v_pulls and v_name = 'name' and jsonb_path_exists(p_result, '$.* ? (@ == null)')
      then 'DomIQ wants a name'
    when v_pulls and v_name = 'tour' and p_result -> 'tour_at' = 'null'
      then 'ResMan cannot cancel an appointment'
    when v_pulls and v_contact and p_evidence -> 'spans' = 'true'
      then 'the user has conversations with several companies'
  end;
end
$fn$;
revoke all on function lead_sync_private.guard_group(jsonb, text, text, jsonb, jsonb, jsonb, jsonb)
  from public;
comment on function lead_sync_private.guard_group(jsonb, text, text, jsonb, jsonb, jsonb, jsonb) is
'Say what forbids the writes that a result of a group would take: the direction; ResMan''s
applicants and residents; a contact value that became blank; a value DomIQ holds that cannot be
read; a user of several companies.
Returns: the reason, null where nothing forbids it.';
