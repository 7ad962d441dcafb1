-- iso_time: a time in UTC, to the second.
begin;
select plan(19);
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.iso_time'),
  'text | immutable | DateStyle=ISO, YMD TimeZone=UTC | -', 'no role may call it');

-- happy path
set local timezone = 'Asia/Tokyo';
set local datestyle = 'SQL, DMY';
select is(lead_sync_private.iso_time(t), expected, coalesce(quote_literal(t), 'null'))
from (values
  ('2026-05-01T10:00:00Z', '2026-05-01T10:00:00Z'),
  ('2026-05-01T10:00:00-06:00', '2026-05-01T16:00:00Z'),
  ('2026-05-01 10:00', '2026-05-01T10:00:00Z'), ('2026-05-01', '2026-05-01T00:00:00Z'),
  ('2026-05-01T10:00:00.999Z', '2026-05-01T10:00:00Z'),
  (' 2026-05-01T10:00:00Z ', '2026-05-01T10:00:00Z'),
  ('2026/05/06 10:00', '2026-05-06T10:00:00Z'), ('05/06/2026 10:00', '05/06/2026 10:00'),
  -- edges: no time
  ('soon', 'soon'), (' soon ', 'soon'), ('2026-02-30', '2026-02-30'),
  ('2026-05-01T25:00:00Z', '2026-05-01T25:00:00Z'),
  ('2026-05-01T10:00:00+99:00', '2026-05-01T10:00:00+99:00'),
  ('', null), ('   ', null), (null, null)) as v(t, expected);

-- edges: what has no date
select is(lead_sync_private.iso_time(t), expected, t)
from (values ('infinity', null), ('99999999-01-01', '99999999-01-01')) as v(t, expected);

select * from finish();
rollback;
