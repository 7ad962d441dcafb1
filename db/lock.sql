-- Runs before the first view or trigger that is loaded. Capture, which writes under DomIQ's locks,
-- reads views: whoever locks a view first and these tables later meets it in a deadlock.
lock table public.lead_notification, public.conversation, public."user", public.lead_sync_queue
  in share row exclusive mode;
