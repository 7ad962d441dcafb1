-- adjust_base: what a read reveals of earlier saves.
begin;
select plan(34);
\i db/tests/support/fixtures.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.adjust_base'), 'jsonb | stable | - | -',
  'no role may call it');

select pg_temp.given_property() as property \gset
create temporary table rules as select lead_sync_private.merge_rules(:'property') as rules;
-- The two bases, as 'domiq / resman'.
create function pg_temp.adjusted(p_sent jsonb, p_read jsonb, p_mapping jsonb default '{}')
returns text
language sql
as $$
  select (a.base ->> 'domiq') || ' / ' || (a.base ->> 'resman')
  from rules, lead_sync_private.adjust_base(
    case when p_sent is null then '{}' else jsonb_build_object('sent', p_sent) end,
    jsonb_populate_record(null::public.lead_sync_mapping, jsonb_build_object(
      'mapping_status', 'active', 'domiq_base', '{"email": "old@x", "comment": "c"}'::jsonb,
      'resman_base', '{"email": "OLD@x", "comment": "C"}'::jsonb, 'base_unconfirmed', false)
      || p_mapping), p_read, rules.rules) as a(base)
$$;
create function pg_temp.unmoved() returns text
language sql
as $$
  select '{"email": "old@x", "comment": "c"} / {"email": "OLD@x", "comment": "C"}'
$$;

-- happy path: nothing was sent
select is(pg_temp.adjusted(null, '{"lead_id": "L1", "email": "new@x", "comment": "longer"}'),
  pg_temp.unmoved(), 'the link''s base, whatever is read');

-- edges: no link, or none that counts
select is(pg_temp.adjusted(null, '{"lead_id": "L1"}', m), '{} / {}', 'no base of: ' || m::text)
from unnest(array['{"mapping_status": "deleted"}', '{"mapping_status": null}',
  '{"domiq_base": null, "resman_base": null}']::jsonb[]) as m;

-- happy path: a save whose answer was lost
create function pg_temp.sent(p_more jsonb default '{}') returns jsonb
language sql
as $$
  select '{"lead_id": "L1", "pushed": ["email", "rent"], "create_key": null,
    "domiq_base": {"email": "New@x", "rent_min": 900, "rent_max": "1000"},
    "resman_base": {"email": "new@x", "rent_min": 900, "rent_max": 1000}}' || p_more
$$;
select is(pg_temp.adjusted(pg_temp.sent(), '{"lead_id": "L1", "email": " NEW@x",
  "rent_min": 900, "rent_max": 1000, "comment": "other"}'),
  '{"email": "new@x", "comment": "c", "rent_max": 1000, "rent_min": 900} / '
  '{"email": "new@x", "comment": "C", "rent_max": 1000, "rent_min": 900}',
  'has arrived in the groups that show it');
select is(pg_temp.adjusted(pg_temp.sent(), '{"lead_id": "L1", "email": "new@x", "rent_min": 900,
  "rent_max": 1100}'),
  '{"email": "new@x", "comment": "c"} / {"email": "new@x", "comment": "C"}',
  'in no other: a group is one');
select is(pg_temp.adjusted(pg_temp.sent(), '{"lead_id": "L1", "email": "else@x"}'),
  pg_temp.unmoved(), 'or in none');
select is(pg_temp.adjusted(pg_temp.sent(), '{"lead_id": "L1", "rent_min": 900}'),
  pg_temp.unmoved(), 'nor in what is not shown');
select is(pg_temp.adjusted(pg_temp.sent('{"pushed": ["rent"]}'),
  '{"lead_id": "L1", "email": "new@x"}'), pg_temp.unmoved(),
  'what was not pushed was not sent');
select is(pg_temp.adjusted(pg_temp.sent('{"pushed": ["phone"],
  "domiq_base": {"phone": "+13035550177"}, "resman_base": {"phone": "+13035550177"}}'),
  '{"lead_id": "L1", "phone": "(303) 555-0177"}', '{"domiq_base": {}, "resman_base": {}}'),
  '{"phone": "+13035550177"} / {"phone": "+13035550177"}',
  'a phone is the same in the country''s own form');
select is(pg_temp.adjusted(pg_temp.sent(m), '{"lead_id": "L1", "email": "new@x"}'),
  pg_temp.unmoved(), 'another lead was sent: ' || m::text)
from unnest(array['{"lead_id": "L2"}', '{"lead_id": null}']::jsonb[]) as m;
select is(pg_temp.adjusted(s, '{"lead_id": "L1", "email": "new@x"}'), pg_temp.unmoved(),
  'nothing that it can be told by: ' || coalesce(s ->> 'pushed', 'no list'))
from unnest(array[pg_temp.sent() - 'pushed', pg_temp.sent('{"pushed": []}'),
  pg_temp.sent('{"pushed": ["no group"]}')]) as s;
select is(pg_temp.adjusted(pg_temp.sent(), '{"lead_id": "L1", "email": "new@x"}',
  '{"mapping_status": "deleted"}'), '{"email": "new@x"} / {"email": "new@x"}',
  'it counts where the link''s base does not');

-- happy path: a create whose answer was lost
create function pg_temp.created(p_events jsonb, p_more jsonb default '{}',
  p_read jsonb default '{"email": "office@x"}') returns text
language sql
as $$
  select pg_temp.adjusted(pg_temp.sent('{"lead_id": null, "create_key": "aaaaaaaa"}' || p_more),
    p_read || jsonb_build_object('lead_id', 'L7', 'events', p_events),
    '{"mapping_status": null}')
$$;
select is(pg_temp.created('[{"key": "bbbbbbbb"}, {"type": "Other", "key": "aaaaaaaa"}]'),
  '{"email": "new@x", "rent_max": 1000, "rent_min": 900} / '
  '{"email": "new@x", "rent_max": 1000, "rent_min": 900}',
  'has arrived whole where its mark is: what differs the office has changed since');
select is(pg_temp.created(e), '{} / {}', 'not without its mark: ' || e::text)
from unnest(array['[]', '[{"key": "bbbbbbbb"}, {"type": "Other"}]', '{}', 'null']::jsonb[])
  as e;
select is(pg_temp.created('[{"key": null}]', '{"create_key": null}'), '{} / {}',
  'an event without a key is no mark of a save that made no lead');
select is(pg_temp.adjusted(null, '{"lead_id": "L1", "comment": "C", "events": [{"key": null}]}',
  '{"resman_base": {"comment": "C as it was"}}'),
  '{"email": "old@x", "comment": "c"} / {"comment": "C as it was"}',
  'nor of one that was never sent');

-- edges: a text that ResMan cuts short
create function pg_temp.shown(p_base text, p_read jsonb, p_unconfirmed boolean default true,
  p_field text default 'comment') returns text
language sql
as $$
  select pg_temp.adjusted(null, jsonb_build_object('lead_id', 'L1', p_field, p_read),
    jsonb_build_object('base_unconfirmed', p_unconfirmed, 'domiq_base', '{}'::jsonb,
      'resman_base', jsonb_build_object(p_field, p_base)))
$$;
select is(pg_temp.shown('a long text', '"  a long      "'), '{} / {"comment": "a long"}',
  'is how it shows what was sent');
select is(pg_temp.shown('a long text', r), '{} / {"comment": "a long text"}',
  'this is not: ' || r::text)
from unnest(array['"a short"', '"a long text and more"', '""', '" "', 'null', '"a long text"']
  ::jsonb[]) as r;
select is(pg_temp.shown('a long text', '"a long"', false), '{} / {"comment": "a long text"}',
  'once a read has confirmed the save it is an edit');
select is(pg_temp.shown('ann@example.com', '"ann@example"', true, 'email'),
  '{} / {"email": "ann@example.com"}', 'an address is never cut short');
select is(pg_temp.created('[{"key": "aaaaaaaa"}]', '{"pushed": ["comment"],
  "domiq_base": {"comment": "a long text"}, "resman_base": {"comment": "a long text"}}',
  '{"comment": "a long"}'), '{"comment": "a long text"} / {"comment": "a long"}',
  'in a create, too');

select * from finish();
rollback;
