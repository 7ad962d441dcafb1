-- Stand-in for DomIQ's own database: row-level security. A session that never set
-- app.current_company_id sees no rows; one that set it for a past transaction alone reads it
-- back as '' and gets an error from the cast. That is how DomIQ's schema is.

alter table public.company enable row level security;
alter table public.property enable row level security;
alter table public.property_manager enable row level security;
alter table public.property_manager_assignment enable row level security;
alter table public.chatbot enable row level security;
alter table public.faq enable row level security;
alter table public.conversation enable row level security;
alter table public.message enable row level security;
alter table public.lead_notification enable row level security;

create policy company_isolation on public.company
  using (id = current_setting('app.current_company_id', true)::uuid);

create policy property_isolation on public.property
  using (company_id = current_setting('app.current_company_id', true)::uuid);

create policy property_manager_isolation on public.property_manager
  using (company_id = current_setting('app.current_company_id', true)::uuid);

create policy property_manager_assignment_isolation on public.property_manager_assignment
  using (
    property_id in (
      select p.id
      from public.property p
      where p.company_id = current_setting('app.current_company_id', true)::uuid
    )
  );

create policy chatbot_isolation on public.chatbot
  using (
    property_id in (
      select p.id
      from public.property p
      where p.company_id = current_setting('app.current_company_id', true)::uuid
    )
  );

create policy faq_isolation on public.faq
  using (
    property_id in (
      select p.id
      from public.property p
      where p.company_id = current_setting('app.current_company_id', true)::uuid
    )
  );

create policy conversation_isolation on public.conversation
  using (
    chatbot_id in (
      select b.id
      from public.chatbot b
      join public.property p on p.id = b.property_id
      where p.company_id = current_setting('app.current_company_id', true)::uuid
    )
  );

create policy message_isolation on public.message
  using (
    conversation_id in (
      select c.id
      from public.conversation c
      join public.chatbot b on b.id = c.chatbot_id
      join public.property p on p.id = b.property_id
      where p.company_id = current_setting('app.current_company_id', true)::uuid
    )
  );

create policy lead_notification_isolation on public.lead_notification
  using (
    conversation_id in (
      select c.id
      from public.conversation c
      join public.chatbot b on b.id = c.chatbot_id
      join public.property p on p.id = b.property_id
      where p.company_id = current_setting('app.current_company_id', true)::uuid
    )
  );
