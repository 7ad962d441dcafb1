-- derive_tour: the tour that ResMan shows, though it keeps all appointments there ever were.
begin;
select plan(14);
\i db/tests/support/fixtures.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.derive_tour'),
  'text | stable | enable_bitmapscan=off enable_hashjoin=off enable_mergejoin=off '
  'enable_seqscan=off jit=off | -',
  'no role may call it');

select pg_temp.given_conversation(pg_temp.given_user(), pg_temp.given_property()) as lead,
  pg_temp.given_conversation(pg_temp.given_user(), pg_temp.given_property()) as other \gset
create function pg_temp.events(variadic p_keys text[]) returns jsonb
language sql
as $$
  select jsonb_agg(jsonb_build_object('type', 'Appointment', 'key', k,
    'at', format('2027-01-%sT10:00:00Z', lpad(n::text, 2, '0'))))
  from unnest(p_keys) with ordinality as x(k, n)
$$;
create function pg_temp.day(p_lead uuid, p_events jsonb, p_sent jsonb default '{}') returns text
language sql
as $$
  select substr(lead_sync_private.derive_tour(p_lead, p_events, p_sent), 9, 2)
$$;

-- happy path: ResMan's own
select is(lead_sync_private.derive_tour(:'lead',
  '[{"type": "Appointment", "at": "2027-01-05T10:00:00Z"}]'), '2027-01-05T10:00:00Z',
  'the time as it came');
select is(pg_temp.day(:'lead', '[{"type": "Appointment", "at": "2027-01-05"},
  {"type": "Appointment", "at": "2027-01-07"}, {"type": "Appointment", "at": "2027-01-06"}]'),
  '07', 'of several the latest');

-- edges
select is(pg_temp.day(:'lead', events), null, 'none: ' || coalesce(events::text, 'null'))
from unnest(array[null, 'null', '[]', '{}', '[{"type": "Other", "at": "2027-01-05"}]',
  '[{"type": "Appointment"}]']::jsonb[]) as events;

-- effects: ours
insert into lead_sync_private.lead_event (conversation_id, key, event_type, sent_at)
values (:'lead', 'aaaaaaaa', 'Appointment', '2026-12-03'),
  (:'lead', 'bbbbbbbb', 'Appointment', '2026-12-02'),
  (:'other', 'cccccccc', 'Appointment', '2026-12-09');
select is(pg_temp.day(:'lead', pg_temp.events('bbbbbbbb', 'aaaaaaaa', 'bbbbbbbb')), '02',
  'of ours the one sent last, though it be earlier');
select is(pg_temp.day(:'lead', pg_temp.events('bbbbbbbb', 'cccccccc', 'dddddddd')), '01',
  'one of ours goes before one that is not');
select is(pg_temp.day(:'lead', pg_temp.events('dddddddd', 'bbbbbbbb', 'aaaaaaaa'),
  '{"events": [{"key": "dddddddd"}], "seen": [{"key": "bbbbbbbb"}]}'), '01',
  'one whose answer was lost goes before those acknowledged');
select is(pg_temp.day(:'lead', pg_temp.events('aaaaaaaa', 'bbbbbbbb'),
  '{"events": [], "seen": [{"key": "bbbbbbbb"}]}'), '02',
  'so does one that was seen after a lost answer');
select is(pg_temp.day(:'lead', pg_temp.events('bbbbbbbb', 'aaaaaaaa'), null), '02',
  'without a lost answer');

select * from finish();
rollback;
