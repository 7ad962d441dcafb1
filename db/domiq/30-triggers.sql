-- Stand-in for DomIQ's own database: triggers.

create trigger company_timestamp_trigger
  before update on public.company
  for each row execute function public.update_timestamp();

create trigger property_timestamp_trigger
  before update on public.property
  for each row execute function public.update_timestamp();

create trigger property_manager_timestamp_trigger
  before update on public.property_manager
  for each row execute function public.update_timestamp();

create trigger property_manager_assignment_timestamp_trigger
  before update on public.property_manager_assignment
  for each row execute function public.update_timestamp();

create trigger chatbot_timestamp_trigger
  before update on public.chatbot
  for each row execute function public.update_timestamp();

create trigger faq_timestamp_trigger
  before update on public.faq
  for each row execute function public.update_timestamp();

create trigger user_timestamp_trigger
  before update on public."user"
  for each row execute function public.update_timestamp();

create trigger conversation_timestamp_trigger
  before update on public.conversation
  for each row execute function public.update_timestamp();

-- Faulty on purpose: message has no updated_at, so each of its updates fails.
create trigger message_timestamp_trigger
  before update on public.message
  for each row execute function public.update_timestamp();

-- Faulty on purpose: lead_notification has no updated_at, so each of its updates fails.
create trigger lead_notification_timestamp_trigger
  before update on public.lead_notification
  for each row execute function public.update_timestamp();

create trigger website_integration_timestamp_trigger
  before update on public.website_integration
  for each row execute function public.update_timestamp();

create trigger conversation_status_trigger
  before update on public.conversation
  for each row execute function public.update_conversation_status();

create trigger lead_notification_trigger
  after update on public.conversation
  for each row execute function public.create_lead_notification();
