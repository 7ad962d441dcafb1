-- read_pets: the forms in which DomIQ keeps pets, as a canonical list.
begin;
select plan(19);

select is(lead_sync_private.read_pets(has, details), expected,
  format('%s, %s', coalesce(has::text, 'null'), coalesce(details::text, 'null')))
from (values
  (false, null::jsonb, '[]'::jsonb),
  (false, '[{"type": "dog", "count": 1}]', '[]'),
  (true, null, null),
  (null, null, null),
  (true, 'null', null),
  (true, '[]', null),
  (true, '"a dog"', null),
  (true, '7', null),
  (true, '{"note": "friendly"}', null),
  (true, '[7, null, [1]]', null),
  (true, '[{"count": 2}]', null),
  (true, '["  "]', null),
  (true, '[{"type": "dog", "count": 2}]', '[{"type": "dog", "count": 2}]'),
  (null, '[{"type": "dog", "count": 2}]', '[{"type": "dog", "count": 2}]'),
  (true, '["Dog", " cat "]', '[{"type": "cat", "count": 1}, {"type": "dog", "count": 1}]'),
  (true, '{"type": "Dog"}', '[{"type": "dog", "count": 1}]'),
  (true, '{"pets": ["dog", {"type": "Dog", "count": "2"}]}', '[{"type": "dog", "count": 3}]'),
  (true, '[{"type": "dog", "count": "some"}]', '[{"type": "dog", "count": 1}]'),
  (true, '[{"type": "dog", "count": 1, "breed": "Beagle"}, 7]', '[{"type": "dog", "count": 1}]')
) as v(has, details, expected);

select * from finish();
rollback;
