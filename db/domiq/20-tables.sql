-- Stand-in for DomIQ's own database: tables, keys, checks, indexes.

create table public.company (
  id uuid primary key default public.uuid_generate_v4(),
  name varchar(255) not null unique,
  logo_url varchar(255),
  contact_email varchar(255),
  contact_phone varchar(20),
  hubspot_company_id varchar(100),
  created_at timestamptz default now(),
  updated_at timestamptz default now()
);

create table public.property (
  id uuid primary key default public.uuid_generate_v4(),
  company_id uuid references public.company (id) on delete cascade,
  name varchar(255) not null,
  address varchar(255) not null,
  city varchar(100) not null,
  state varchar(50) not null,
  zip_code varchar(20) not null,
  property_type varchar(50),
  units_count int,
  amenities jsonb,
  features jsonb,
  website_url varchar(255),
  hubspot_property_id varchar(100),
  created_at timestamptz default now(),
  updated_at timestamptz default now()
);

create table public.property_manager (
  id uuid primary key default public.uuid_generate_v4(),
  company_id uuid references public.company (id) on delete cascade,
  first_name varchar(100) not null,
  last_name varchar(100) not null,
  email varchar(255) not null unique,
  phone varchar(20) not null unique,
  role varchar(100),
  access_level varchar(50) not null default 'read' check (access_level in ('write', 'read')),
  created_at timestamptz default now(),
  updated_at timestamptz default now()
);

create table public.property_manager_assignment (
  id uuid primary key default public.uuid_generate_v4(),
  property_id uuid references public.property (id) on delete cascade,
  property_manager_id uuid references public.property_manager (id) on delete cascade,
  is_primary boolean default false,
  start_date date not null,
  end_date date,
  permissions jsonb,
  notification_preferences jsonb,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  constraint chk_assignment_dates check (end_date is null or end_date >= start_date)
);

create table public.chatbot (
  id uuid primary key default public.uuid_generate_v4(),
  property_id uuid unique references public.property (id) on delete cascade,
  name varchar(100) not null,
  avatar_url varchar(255),
  is_active boolean default true,
  welcome_message text,
  embed_code text,
  widget_settings jsonb,
  created_at timestamptz default now(),
  updated_at timestamptz default now()
);

create table public.faq (
  id uuid primary key default public.uuid_generate_v4(),
  property_id uuid references public.property (id) on delete cascade,
  question text not null,
  answer text not null,
  category varchar(100),
  source_type varchar(50),
  created_at timestamptz default now(),
  updated_at timestamptz default now()
);

create table public."user" (
  id uuid primary key default public.uuid_generate_v4(),
  first_name varchar(100) not null,
  last_name varchar(100) not null,
  email varchar(255) unique,
  phone varchar(20) unique,
  age int check (age >= 0),
  lead_source varchar(100),
  hubspot_contact_id varchar(100),
  created_at timestamptz default now(),
  updated_at timestamptz default now()
);

create table public.conversation (
  id uuid primary key default public.uuid_generate_v4(),
  chatbot_id uuid references public.chatbot (id) on delete cascade,
  user_id uuid references public."user" (id) on delete set null,
  start_time timestamptz default now(),
  end_time timestamptz,
  is_qualified boolean default false,
  is_book_tour boolean default false,
  tour_type varchar(50),
  tour_datetime timestamp,
  ai_intent_summary text,
  apartment_size_preference varchar(50),
  move_in_date date,
  price_range_min numeric(10, 2) check (price_range_min >= 0),
  price_range_max numeric(10, 2),
  occupants_count int check (occupants_count >= 0),
  has_pets boolean,
  pet_details jsonb,
  desired_features jsonb,
  work_location varchar(255),
  reason_for_moving text,
  pre_qualified boolean default false,
  source varchar(100),
  status varchar(50),
  notification_status jsonb,
  lead_score int,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  constraint chk_conversation_times check (end_time is null or end_time > start_time),
  constraint chk_price_range
    check (price_range_max is null or price_range_max >= price_range_min)
);

create table public.message (
  id uuid primary key default public.uuid_generate_v4(),
  conversation_id uuid references public.conversation (id) on delete cascade,
  sender_type varchar(20) not null check (sender_type in ('user', 'bot')),
  message_text text not null,
  "timestamp" timestamptz default now(),
  message_type varchar(50),
  metadata jsonb,
  created_at timestamptz default now()
);

-- No updated_at here, nor in message: see update_timestamp().
create table public.lead_notification (
  id uuid primary key default public.uuid_generate_v4(),
  conversation_id uuid references public.conversation (id) on delete cascade,
  property_manager_id uuid references public.property_manager (id),
  notification_type varchar(50),
  status varchar(50),
  sent_at timestamptz,
  read_at timestamptz,
  response_at timestamptz,
  created_at timestamptz default now()
);

create table public.website_integration (
  id uuid primary key default public.uuid_generate_v4(),
  property_id uuid references public.property (id) on delete cascade,
  website_url varchar(255) not null,
  chatbot_id uuid references public.chatbot (id),
  integration_type varchar(50),
  configuration jsonb,
  is_active boolean default true,
  tracking_id varchar(100),
  created_at timestamptz default now(),
  updated_at timestamptz default now()
);

create index idx_property_company on public.property (company_id);
create index idx_property_manager_company on public.property_manager (company_id);
create index idx_assignment_property on public.property_manager_assignment (property_id);
create index idx_assignment_manager
  on public.property_manager_assignment (property_manager_id);
create index idx_faq_property on public.faq (property_id);
create index idx_conversation_chatbot on public.conversation (chatbot_id);
create index idx_conversation_user on public.conversation (user_id);
create index idx_conversation_status on public.conversation (status);
create index idx_conversation_is_qualified on public.conversation (is_qualified);
create index idx_conversation_is_book_tour on public.conversation (is_book_tour);
create index idx_message_conversation on public.message (conversation_id);
create index idx_lead_notification_conversation on public.lead_notification (conversation_id);
create index idx_lead_notification_manager on public.lead_notification (property_manager_id);
create index idx_website_integration_property on public.website_integration (property_id);
create index idx_website_integration_chatbot on public.website_integration (chatbot_id);
