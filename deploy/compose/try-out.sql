-- A property, its chatbot and a lead, as DomIQ would write them: for deploy/README.md.
insert into public.property (id, name, address, city, state, zip_code)
values ('00000000-0000-4000-8000-00000000000a', 'Maple Court', '1 Main St', 'Springfield', 'IL',
  '62701')
on conflict do nothing;
insert into public.chatbot (property_id, name)
select '00000000-0000-4000-8000-00000000000a', 'Assistant'
where not exists (
  select from public.chatbot where property_id = '00000000-0000-4000-8000-00000000000a');
with renter as (
  insert into public."user" (first_name, last_name, email, phone)
  values ('Robin', 'Renter', 'robin@example.com', '+12175550101')
  returning id)
insert into public.conversation (chatbot_id, user_id, status)
select c.id, r.id, 'new'
from public.chatbot c, renter r
where c.property_id = '00000000-0000-4000-8000-00000000000a';
