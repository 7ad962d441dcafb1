-- describe_conflict: a row of a merge, as record_conflict takes it.
begin;
select plan(4);
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.describe_conflict'), 'jsonb | immutable | - | -',
  'no role may call it');

create function pg_temp.described(p_failed jsonb) returns jsonb
language sql
as $$
  select lead_sync_private.describe_conflict('{"field_group": "email", "domiq": {"email": "a"},
    "resman": {"email": "b"}, "base": {"domiq": {}}, "policy": "newest_wins", "quarantine": "q",
    "conflict_type": "t", "severity": "high", "why": "w", "winner": "domiq",
    "result": {"email": "a"}}', p_failed, '{"resman_after": "2026-01-01",
    "domiq_times": {"email": "2026-01-02", "phone": "2026-01-03"}, "spans": true}')
$$;

-- happy path
select is(pg_temp.described('{}'), '{"field": "email", "domiq": {"email": "a"},
    "resman": {"email": "b"}, "base": {"domiq": {}}, "policy": "newest_wins", "quarantine": "q",
    "type": "t", "severity": "high", "why": "w", "winner": "domiq", "result": {"email": "a"},
    "resman_after": "2026-01-01", "evidence": {"domiq_times": {"email": "2026-01-02"},
      "resman_seen": {}, "resman_after": "2026-01-01", "spans": true}}',
  'what the merge decided, and what it went by');

-- edges
select is(pg_temp.described('{"phone": {"type": "f"}}'), pg_temp.described('{}'),
  'another group''s failure is no matter');
select is(pg_temp.described('{"email": {"type": "f", "severity": "low", "why": "refused"}}'),
  '{"field": "email", "domiq": {"email": "a"}, "resman": {"email": "b"},
    "base": {"domiq": {}}, "policy": "newest_wins", "quarantine": "q", "type": "f",
    "severity": "low", "why": "refused", "resman_after": "2026-01-01",
    "evidence": {"domiq_times": {"email": "2026-01-02"}, "resman_seen": {},
      "resman_after": "2026-01-01", "spans": true}}',
  'of what DomIQ refused, its reason, and no winner');

select * from finish();
rollback;
