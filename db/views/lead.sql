create or replace view lead_sync_private.lead as
select
  c.id as conversation_id,
  c.user_id,
  b.property_id,
  case
    when c.user_id is null then 'no_user'
    when b.property_id is null then 'no_property'
    when i.id is null then 'no_integration'
    when not coalesce(i.sync_enabled, false) then 'integration_disabled'
    when i.sync_direction = 'from_resman' then 'direction'
    when btrim(coalesce(u.email, '') || coalesce(u.phone, '')) = '' then 'no_contact'
    when btrim(coalesce(u.first_name, '')) in ('', '-')
      or btrim(coalesce(u.last_name, '')) in ('', '-')
      then 'no_name'
    when c.is_qualified is not true and coalesce(
      (select s.value from lead_sync_private.property_setting s
       where s.property_id = b.property_id and s.name = 'eligibility'),
      (select d.default_value from lead_sync_private.setting_definition d
       where d.name = 'eligibility')) = '"qualified"' then 'not_qualified'
  end as ineligible,
  c.created_at
from public.conversation c
left join public.chatbot b on b.id = c.chatbot_id
left join public."user" u on u.id = c.user_id
left join public.resman_integration i on i.property_id = b.property_id;
comment on view lead_sync_private.lead is
'A row is a conversation with its property and user, and why it is no lead to push: null where '
'it is one. The one place that says what eligible means; capture, claims and lead_status read it.';
comment on column lead_sync_private.lead.ineligible is
'no_user, no_property, no_integration, integration_disabled, direction, no_contact, no_name, '
'not_qualified; null: eligible.';
