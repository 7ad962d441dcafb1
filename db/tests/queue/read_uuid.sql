-- read_uuid: a uuid out of text that may be anything.
begin;
select plan(14);
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.read_uuid'), 'uuid | immutable | - | -',
  'no role may call it');

-- happy path
select is(lead_sync_private.read_uuid(t), '0123abcd-4567-89ab-cdef-0123456789ab', t)
from unnest(array['0123abcd-4567-89ab-cdef-0123456789ab',
  '0123ABCD-4567-89AB-CDEF-0123456789AB']) as t;

select is(lead_sync_private.read_uuid('00000000-0000-0000-0000-000000000000'),
  '00000000-0000-0000-0000-000000000000', 'zeros are digits');

-- edges
select is(lead_sync_private.read_uuid(t), null,
  'none: ' || coalesce(translate(quote_literal(t), e'\n', '~'), 'null'))
from unnest(array[null, '', 'none', '0123abcd-4567-89ab-cdef-0123456789a',
  '0123abcd-4567-89ab-cdef-0123456789abc', '0123abcd456789abcdef0123456789ab',
  '{0123abcd-4567-89ab-cdef-0123456789ab}', ' 0123abcd-4567-89ab-cdef-0123456789ab',
  '0123abcg-4567-89ab-cdef-0123456789ab', e'0123abcd-4567-89ab-cdef-0123456789ab\n']) as t;

select * from finish();
rollback;
