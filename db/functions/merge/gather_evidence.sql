create or replace function lead_sync_private.gather_evidence(
  p_conversation_id uuid, p_mapping public.lead_sync_mapping)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
set enable_hashjoin = off
set enable_mergejoin = off
set enable_bitmapscan = off
as $fn$
begin
  return (
    with own as (
      select c.id, c.user_id, c.status, c.apartment_size_preference, c.has_pets, c.pet_details,
        c.resman_field_times, row_number() over (order by c.created_at desc, c.id) as age
      from public.conversation c
      where c.id = any (lead_sync_private.link_conversations(p_conversation_id, p_mapping.id))
    ), times as (
      select t.key, max(t.value::timestamptz) as at
      from (
        select x.key, x.value from own o, jsonb_each_text(coalesce(o.resman_field_times, '{}')) as x
        union all
        select x.key, x.value from own o join public."user" u on u.id = o.user_id and o.age = 1,
          jsonb_each_text(coalesce(u.resman_field_times, '{}')) as x
      ) as t
      group by t.key
    )
    select jsonb_strip_nulls(jsonb_build_object(
      'domiq_times', (select jsonb_object_agg(t.key, t.at) from times t),
      'resman_after', p_mapping.resman_read_at,
      'resman_before', clock_timestamp(),
      'resman_seen', (
        select jsonb_object_agg(s.name, s.seen)
        from (
          select x.key as name, jsonb_build_object('value', x.value -> 'resman',
            'at', x.value -> 'at', 'after', x.value -> 'after') as seen
          from jsonb_each(coalesce(p_mapping.suppressed, '{}')) as x
          union all
          select c.conflict_field, jsonb_build_object('value', c.resman_value,
            'at', c.explanation -> 'resman_seen_at', 'after', c.explanation -> 'resman_after')
          from public.lead_sync_conflicts c
          where c.conversation_id = p_conversation_id and c.conflict_field is not null
            and coalesce(c.resolution_status in ('pending', 'manual_review'), false)) as s),
      'held', (
        select jsonb_agg(c.conflict_field)
        from public.lead_sync_conflicts c
        where c.conversation_id = p_conversation_id and c.explanation ? 'quarantine'
          and coalesce(c.resolution_status in ('pending', 'manual_review'), false)),
      'opaque', (
        select jsonb_agg(g.name)
        from own o
        cross join lateral (values
          ('status', btrim(o.status) <> '' and not exists (
            select from lead_sync_private.lead_status s
            where s.domiq_status = lower(btrim(o.status)))),
          ('bedrooms', btrim(o.apartment_size_preference) <> ''
            and o.apartment_size_preference !~* 'studio|\d'),
          ('pets', coalesce(o.pet_details, 'null') not in ('null', '[]', '{}')
            and lead_sync_private.read_pets(o.has_pets, o.pet_details) is null)
        ) as g(name, opaque)
        where o.age = 1 and g.opaque),
      'spans', (
        select count(distinct p.company_id) > 1
        from own o
        join public.conversation c on c.user_id = o.user_id
        join public.chatbot b on b.id = c.chatbot_id
        join public.property p on p.id = b.property_id
        where o.age = 1))));
end
$fn$;
revoke all on function lead_sync_private.gather_evidence(uuid, public.lead_sync_mapping) from public;
comment on function lead_sync_private.gather_evidence(uuid, public.lead_sync_mapping) is
'Gather what a merge of a link may go by besides the values: when each group was last changed in
DomIQ, between which reads ResMan''s change came, what DomIQ holds in a form nobody can read, and
whether the user has conversations with several companies.
Returns: the evidence of merge_lead.';
