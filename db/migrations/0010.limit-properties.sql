-- depends: 0009.index-users
-- What keeps a property within its limits and away from a ResMan that does not answer.
create table lead_sync_private.breaker (
  property_id uuid constraint pk_breaker primary key,
  failures integer not null default 0,
  probes integer not null default 0,
  opened_at timestamptz,
  probe_at timestamptz,
  constraint fk_breaker_property foreign key (property_id)
    references public.property (id) on delete cascade,
  constraint chk_breaker_open check ((opened_at is null) = (probe_at is null))
);
create index idx_breaker_probe on lead_sync_private.breaker (probe_at) where probe_at is not null;
comment on index lead_sync_private.idx_breaker_probe is
  'next_wakeup: when the next probe of a property is due.';
comment on table lead_sync_private.breaker is
  'A row is how ResMan has failed a property lately: failures in a row, and while the breaker is '
  'open (opened_at) when one item may be tried again. Written when a call finds ResMan out of '
  'order, and by the first answer after that; no row, or zeros: all is well.';

create table lead_sync_private.rate_slot (
  limited text constraint pk_rate_slot primary key,
  next_at timestamptz not null,
  beyond int8multirange not null default '{}'
) with (fillfactor = 50);
comment on table lead_sync_private.rate_slot is
  'A row is how far the requests of a property (its uuid) or of a partner (partner: and its '
  'setting) are spoken for: the next one may leave at next_at. beyond, of a partner: the places '
  'after that which are taken, counted from next_at, which is place 0, in spacings of its rate. '
  'Written as requests are handed out, several at once, and by an answer that asks to wait; '
  'removed by run_maintenance.';

create table lead_sync_private.schedule_clock (
  only_row boolean not null default true constraint pk_schedule_clock primary key,
  seen_at timestamptz not null,
  constraint chk_schedule_clock_only_row check (only_row)
) with (fillfactor = 10);
comment on table lead_sync_private.schedule_clock is
  'The row is the latest time that run_schedule saw, to notice a clock that steps back.';

insert into lead_sync_private.setting_definition
  (name, value_type, default_value, choices, minimum, maximum, description)
values
  ('rate_limit', 'number', '20', null, 0, 100000,
   'Requests a second to ResMan at most, by all runners together, from 0.1; 0: no limit'),
  ('in_flight_limit', 'number', '4', null, 1, 10000,
   'Items of the property in flight at most, in all runners together'),
  ('partner', 'text', 'null', null, null, null,
   'Properties with the same text here share the partner limits; the command line sets a '
   'fingerprint of the partner id'),
  ('partner_rate_limit', 'number', 'null', null, 0, 100000,
   'Requests a second at most of all properties of the partner; 0 or not set: no limit'),
  ('partner_in_flight_limit', 'number', 'null', null, 1, 100000,
   'Items in flight at most of all properties of the partner; not set: no limit'),
  ('breaker_failures', 'number', '5', null, 1, 1000,
   'Calls in a row that ResMan does not answer after which the property waits'),
  ('breaker_pause', 'number', '5', null, 0.1, 3600,
   'Seconds until the first item is tried again; doubled with each that fails'),
  ('breaker_longest', 'number', '300', null, 0.1, 86400,
   'Seconds between two such tries at most');

do $owner$
declare
  v_table text;
begin
  foreach v_table in array array['breaker', 'rate_slot', 'schedule_clock'] loop
    execute format('alter table lead_sync_private.%I owner to lead_sync_owner', v_table);
  end loop;
end
$owner$;
