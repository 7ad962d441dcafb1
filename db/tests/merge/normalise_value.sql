-- normalise_value: the form in which two sides are compared, by kind of field.
begin;
select plan(50);

select is(lead_sync_private.normalise_value(n, null), null, n || ': absent stays absent')
from unnest(array['text', 'email', 'phone', 'date', 'number', 'time', 'stage', 'json']) as n;
select is(lead_sync_private.normalise_value(n, 'null'), 'null', n || ': blank stays blank')
from unnest(array['text', 'email', 'phone', 'date', 'number', 'time', 'stage', 'json']) as n;
select is(lead_sync_private.normalise_value(n, '"  "'), 'null', n || ': spaces are blank')
from unnest(array['text', 'email', 'phone', 'date', 'number', 'time']) as n;

select is(lead_sync_private.normalise_value(n, v), expected, format('%s: %s', n, v))
from (values
  ('text', '" Ann Lee\t\r\n"'::jsonb, '"Ann Lee"'::jsonb),
  ('text', '"ANN"', '"ANN"'),
  ('email', '" Ann@Example.COM "', '"ann@example.com"'),
  ('phone', '"(303) 555-0101"', '"+13035550101"'),
  ('date', '"2026-05-01"', '"2026-05-01"'),
  ('date', '" 2026-05-01T00:00:00 "', '"2026-05-01"'),
  ('number', '1200', '1200'),
  ('number', '"1200.00"', '1200'),
  ('number', '" 1.50 "', '1.5'),
  ('number', '"-2"', '-2'),
  ('number', '0', '0'),
  ('number', '" many "', '"many"'),
  ('time', '"2026-05-01T10:00:00-06:00"', '"2026-05-01T16:00:00Z"'),
  ('time', '"2026-05-01 10:00"', '"2026-05-01T10:00:00Z"'),
  ('time', '"soon"', '"soon"'),
  ('stage', '"new"', '"prospect"'),
  ('stage', '"contacted"', '"prospect"'),
  ('stage', '"qualified"', '"prospect"'),
  ('stage', '"tour_scheduled"', '"prospect"'),
  ('stage', '"application"', '"applicant"'),
  ('stage', '"leased"', '"current_resident"'),
  ('stage', '"resident"', '"current_resident"'),
  ('stage', '" Lost "', '"lost"'),
  ('json', '[]', '[]')
) as v(n, v, expected);
select is(lead_sync_private.normalise_value('json',
  '[{"type": " Dog ", "count": 1}, {"type": "cat", "count": 2}]'),
  lead_sync_private.normalise_value('json',
    '[{"type": "Cat", "count": 2}, {"type": "dog", "count": 1}]'),
  'json: neither the order of a list counts nor the case of its types');

select is(lead_sync_private.normalise_value('time', '"2026-05-01T10:00:00+99:00"'),
  '"2026-05-01T10:00:00+99:00"', 'what is no time stays as it is');
select is(lead_sync_private.normalise_value('stage', '"  "'), 'null', 'a blank stage is null');
select is(lead_sync_private.normalise_value('stage', '" Leased "'), '"current_resident"',
  'a stage is read without regard to case and spaces');

select * from finish();
rollback;
