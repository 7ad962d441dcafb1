-- describe_preview: one word and the reason for each way a conversation may stand.
begin;
select plan(26);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.describe_preview'), 'record | stable | - | -',
  'no role may call it');

select pg_temp.given_lead() as lead \gset
select pg_temp.property_of(:'lead') as property \gset
create function pg_temp.described(p_ineligible text, p_link text, p_seen jsonb,
  p_conflicts text[], p_status text) returns text
language sql
as $$
  select d.outcome || ': ' || d.why
  from lead_sync_private.lead l, lateral lead_sync_private.describe_preview(
    to_jsonb(l) || jsonb_build_object('ineligible', p_ineligible),
    jsonb_populate_record(null::public.lead_sync_mapping,
      jsonb_build_object('mapping_status', p_link)),
    case when p_seen is not null then lead_sync_private.shadow_data(null, '{}') || p_seen end,
    p_conflicts, p_status, 'no_agent') as d
$$;

select is(pg_temp.described(i, m, s, c, q), w, w || coalesce(' after ' || q, ''))
from (values
  -- nothing was looked at
  (null, null, null::jsonb, null::text[], null,
   'skip: not queued: a backfill would look at it'),
  (null, 'deleted', null, null, null, 'skip: not queued: a backfill would look at it'),
  (null, 'active', null, null, null, 'skip: in step'),
  (null, null, null, null, 'pending', 'skip: waits for a runner'),
  (null, 'active', null, null, 'processing', 'skip: waits for a runner'),
  (null, null, null, null, 'failed', 'skip: failed: no_agent'),
  ('no_contact', null, null, null, null, 'skip: no_contact'),
  ('no_name', null, null, null, 'pending', 'skip: no_name'),
  -- something was
  (null, null, '{"would": "create"}', null, null, 'create: ResMan has no such lead'),
  (null, null, '{"would": "link"}', null, null,
   'link: ResMan has one lead that is this person'),
  ('direction', 'active', '{"would_pull": ["rent"]}', null, null,
   'update: the two sides differ'),
  ('direction', 'active', '{"would_push": ["rent"]}', null, null, 'skip: direction'),
  ('no_contact', null, '{"would": "create"}', null, null, 'skip: no_contact'),
  (null, 'active', '{"would_push": ["rent"]}', null, null, 'update: the two sides differ'),
  (null, 'active', '{"would_send": {}}', null, null, 'update: the two sides differ'),
  (null, 'active', '{}', null, null, 'skip: in step'),
  (null, 'active', '{}', null, 'pending', 'skip: in step'),
  (null, null, '{"would": "create"}', null, 'pending',
   'create: ResMan has no such lead; an edit since waits for a runner'),
  (null, null, '{"would": "create"}', null, 'processing',
   'create: ResMan has no such lead; an edit since waits for a runner'),
  (null, null, '{"would": "create"}', null, 'failed', 'skip: failed: no_agent'),
  -- a person is asked
  (null, null, '{"would": "link", "conflicts": ["rent"]}', null, null,
   'conflict: both sides have another value'),
  (null, 'active', '{"would_push": ["rent"]}', '{identity,rent}', null,
   'conflict: open: identity, rent'),
  (null, null, null, '{identity}', 'failed', 'conflict: open: identity'))
  as v(i, m, s, c, q, w);

-- a tombstone
select lead_sync_private.raise_tombstone(null, pg_temp.given_property(), null,
  (select jsonb_build_object('email', u.email) from public."user" u), 'suppressed', 'asked');
select isnt(pg_temp.described(null, null, '{"would": "create"}', null, null),
  'skip: suppressed: a tombstone stands for this person', 'one of another property');
select lead_sync_private.raise_tombstone(null, :'property', null,
  (select jsonb_build_object('email', u.email) from public."user" u), 'suppressed', 'asked');
select is(pg_temp.described(null, null, '{"would": "create"}', '{identity}', null),
  'skip: suppressed: a tombstone stands for this person', 'one that stands');

select * from finish();
rollback;
