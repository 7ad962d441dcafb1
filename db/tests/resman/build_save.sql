-- build_save: the request of a save of a whole lead document.
begin;
select plan(3);
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.build_save'), 'jsonb | immutable | - | -',
  'no role may call it');

select is(lead_sync_private.build_save('"L1"', '"P1"',
  '{"lead_id": "L1", "contact_id": "P1", "first_name": "Ann", "email": null, "events": [1],
    "source": {"id": "S"}, "agent": {"id": "A"}, "lost_reason": {"id": "R"}, "tour_at": "t"}',
  '[{"type": "Other"}]'),
  '{"call": "save_lead", "lead_id": "L1", "contact_id": "P1",
    "lead": {"first_name": "Ann", "email": null}, "events": [{"type": "Other"}]}',
  'the lead without what ids and events say, blanks included');
select is(lead_sync_private.build_save('null', null, '{}', '[]'),
  '{"call": "save_lead", "lead_id": null, "contact_id": null, "lead": {}, "events": []}',
  'without an id it creates');

select * from finish();
rollback;
