-- decide_group: the table of the three-way merge, row by row.
begin;
select plan(42);

create function pg_temp.decided(
  p_expected text, p_domiq jsonb, p_resman jsonb, p_domiq_base jsonb, p_resman_base jsonb,
  p_name text) returns text
language sql
as $$
  select is(lead_sync_private.decide_group(p_domiq, p_resman, p_domiq_base, p_resman_base),
    p_expected, p_name)
$$;

-- with a base: who changed, and are they equal now
select pg_temp.decided(expected, domiq, resman, base, base, name)
from (values
  ('in_sync', '{"a":1}'::jsonb, '{"a":1}'::jsonb, '{"a":1}'::jsonb, 'nobody changed it'),
  ('push', '{"a":2}', '{"a":1}', '{"a":1}', 'DomIQ alone changed it'),
  ('pull', '{"a":1}', '{"a":2}', '{"a":1}', 'ResMan alone changed it'),
  ('converged', '{"a":2}', '{"a":2}', '{"a":1}', 'both changed it to the same'),
  ('conflict', '{"a":2}', '{"a":3}', '{"a":1}', 'both changed it, differently'),
  -- a blank is a value like another
  ('in_sync', '{"a":null}', '{"a":null}', '{"a":null}', 'blank as ever'),
  ('push', '{"a":null}', '{"a":1}', '{"a":1}', 'DomIQ blanked it'),
  ('pull', '{"a":1}', '{"a":null}', '{"a":1}', 'ResMan blanked it'),
  ('converged', '{"a":null}', '{"a":null}', '{"a":1}', 'both blanked it'),
  ('conflict', '{"a":null}', '{"a":2}', '{"a":1}', 'DomIQ blanked what ResMan changed'),
  ('conflict', '{"a":2}', '{"a":null}', '{"a":1}', 'ResMan blanked what DomIQ changed'),
  ('push', '{"a":1}', '{"a":null}', '{"a":null}', 'DomIQ filled a blank'),
  ('pull', '{"a":null}', '{"a":1}', '{"a":null}', 'ResMan filled a blank'),
  ('conflict', '{"a":1}', '{"a":2}', '{"a":null}', 'both filled a blank, differently'),
  ('converged', '{"a":1}', '{"a":1}', '{"a":null}', 'both filled a blank alike'),
  -- absent is not observed, never a change
  ('in_sync', '{"a":1}', '{}', '{"a":1}', 'ResMan does not show it'),
  ('in_sync', '{}', '{"a":1}', '{"a":1}', 'DomIQ does not show it'),
  ('in_sync', '{}', '{}', '{"a":1}', 'neither shows it'),
  ('push', '{"a":2}', '{}', '{"a":1}', 'DomIQ changed what ResMan does not show'),
  ('pull', '{}', '{"a":2}', '{"a":1}', 'ResMan changed what DomIQ does not show')
) as v(expected, domiq, resman, base, name);

-- the two sides of the base may differ: each side is measured with its own
select pg_temp.decided(expected, domiq, resman, '{"a":"Bob"}', '{"a":"Bo"}', name)
from (values
  ('in_sync', '{"a":"Bob"}'::jsonb, '{"a":"Bo"}'::jsonb, 'a representation is no change'),
  ('push', '{"a":"Rob"}', '{"a":"Bo"}', 'DomIQ changed over a representation'),
  ('pull', '{"a":"Bob"}', '{"a":"Ro"}', 'ResMan changed over a representation'),
  ('conflict', '{"a":"Rob"}', '{"a":"Ro"}', 'both changed over a representation'),
  ('converged', '{"a":"Bob"}', '{"a":"Bob"}', 'ResMan came to show it whole')
) as v(expected, domiq, resman, name);

-- without a base
select pg_temp.decided(expected, domiq, resman, '{}', '{}', name)
from (values
  ('converged', '{"a":1}'::jsonb, '{"a":1}'::jsonb, 'equal: link'),
  ('converged', '{"a":null}', '{"a":null}', 'both blank: link'),
  ('push', '{"a":1}', '{"a":null}', 'ResMan is blank: filled'),
  ('pull', '{"a":null}', '{"a":1}', 'DomIQ is blank: filled'),
  ('push', '{"a":1}', '{}', 'ResMan does not show it: filled'),
  ('converged', '{"a":null}', '{}', 'blank against not shown'),
  ('conflict', '{"a":1}', '{"a":2}', 'both set: never decided'),
  ('skip', '{}', '{"a":1}', 'DomIQ says nothing: skipped'),
  ('skip', '{}', '{}', 'nobody says anything: skipped')
) as v(expected, domiq, resman, name);
select pg_temp.decided('conflict', '{"a":2}', '{"a":1}', '{"a":1}', '{}',
  'half a base is none');

-- a group is decided as one
select pg_temp.decided(expected, domiq, resman, base, base, name)
from (values
  ('conflict', '{"a":2,"b":1}'::jsonb, '{"a":1,"b":2}'::jsonb, '{"a":1,"b":1}'::jsonb,
    'each side changed another field of the group'),
  ('push', '{"a":2,"b":1}', '{"a":1}', '{"a":1,"b":1}',
    'one field changed, the other is not shown'),
  ('conflict', '{"a":1,"b":null}', '{"a":null,"b":1}', '{}',
    'no base, each side fills another field'),
  ('push', '{"a":1,"b":2}', '{"a":1,"b":null}', '{}',
    'no base, DomIQ fills one field and the other is equal'),
  ('pull', '{"a":1,"b":null}', '{"a":1,"b":2}', '{}',
    'no base, ResMan fills one field and the other is equal'),
  ('conflict', '{"a":1,"b":1}', '{"a":2,"b":null}', '{}',
    'no base, one field differs and the other could be filled'),
  ('in_sync', '{"a":1,"b":null}', '{"a":1}', '{"a":1}',
    'a blank that was never there is no change')
) as v(expected, domiq, resman, base, name);

select * from finish();
rollback;
