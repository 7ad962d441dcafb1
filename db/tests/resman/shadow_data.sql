-- shadow_data: what the log keeps of an attempt in shadow.
begin;
select plan(4);
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.shadow_data'), 'jsonb | immutable | - | -',
  'no role may call it');

-- happy path
select is(lead_sync_private.shadow_data('link', '{"pushed": ["rent"], "pulled": ["name"],
    "conflicts": ["phone"], "suppressed": ["email"], "send": {"rent_max": 1}}',
    '{"call": "save_lead", "lead_id": null}'),
  '{"shadow": true, "would": "link", "would_push": ["rent"], "would_pull": ["name"],
    "conflicts": ["phone"], "suppressed": ["email"],
    "would_send": {"call": "save_lead", "lead_id": null}}', 'names of groups, and the request');

-- edges
select is(lead_sync_private.shadow_data('create', null), '{"shadow": true, "would": "create",
  "would_push": [], "would_pull": [], "conflicts": [], "suppressed": []}', 'without a merge');
select is(lead_sync_private.shadow_data(null, '{}') ->> 'would', 'update',
  'update, if not said');

select * from finish();
rollback;
