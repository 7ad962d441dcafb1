-- apply_steps: the form in which values are compared.
begin;
select plan(46);
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.apply_steps'), 'jsonb | immutable | - | -',
  'no role may call it');

select is(lead_sync_private.apply_steps(steps, value, '1'), expected,
  format('%s by %s', value, steps))
from (values
  -- happy path: one step
  ('{trim}'::text[], '" A\t\r\n"'::jsonb, '"A"'::jsonb), ('{trim}', '" "', 'null'),
  ('{lower}', '"Ab C"', '"ab c"'), ('{spaces}', '"a  b\n c"', '"a b c"'),
  ('{phone}', '"(303) 555-0101"', '"+13035550101"'),
  ('{date}', '"2026-01-02T03:04:05Z"', '"2026-01-02"'),
  ('{number}', '"0012.500"', '12.5'), ('{number}', '-3', '-3'), ('{number}', '1000.00', '1000'),
  ('{number}', '"123456789012.123456"', '123456789012.123456'),
  ('{number}', '"1.1234567"', '"1.1234567"'), ('{number}', '"1234567890123"', '"1234567890123"'),
  ('{number}', '"x1"', '"x1"'), ('{number}', '"1x"', '"1x"'), ('{number}', '"1."', '"1."'),
  ('{number,lower}', '"A"', '"a"'),
  ('{stage}', '"new"', '"prospect"'), ('{stage}', '"contacted"', '"prospect"'),
  ('{stage}', '"qualified"', '"prospect"'), ('{stage}', '"tour_scheduled"', '"prospect"'),
  ('{stage}', '"application"', '"applicant"'), ('{stage}', '"leased"', '"current_resident"'),
  ('{stage}', '"resident"', '"current_resident"'), ('{stage}', '"lost"', '"lost"'),
  ('{stage}', '"New"', '"New"'),
  -- lists
  ('{list}', '["b", "a"]', '["a", "b"]'), ('{list}', '[]', '[]'), ('{list}', '"x"', '"x"'),
  ('{list}', '{"type": "X"}', '{"type": "X"}'),
  ('{list}', '[{"type": " Dog ", "n": 2}, {"type": "CAT"}]',
   '[{"n": 2, "type": "dog"}, {"type": "cat"}]'),
  ('{list}', '[{"kind": "B"}, "A"]', '["A", {"kind": "B"}]'),
  -- edges
  ('{trim}', 'null', 'null'), ('{trim}', null, null), ('{list}', 'null', 'null'),
  ('{list}', null, null), ('{}', '" A "', '" A "'), ('{}', '3', '"3"'),
  -- one after the other
  ('{trim,lower}', '" AB "', '"ab"'), ('{trim,spaces,lower}', '" A   B "', '"a b"'),
  ('{trim,lower}', '" "', 'null'), ('{lower,stage}', '"Leased"', '"current_resident"'),
  ('{stage,lower}', '"Leased"', '"leased"'), ('{trim,number}', '" 7.0 "', '7')
) as v(steps, value, expected);
select is(lead_sync_private.apply_steps('{phone}', '"020 7946 0018"', '44'),
  '"+442079460018"', 'a telephone number is read as the country''s');
select is(lead_sync_private.apply_steps('{time}', '"2026-01-02 03:04:05+02"', '1') #>> '{}',
  lead_sync_private.iso_time('2026-01-02 03:04:05+02'), 'a time as iso_time has it');

select * from finish();
rollback;
