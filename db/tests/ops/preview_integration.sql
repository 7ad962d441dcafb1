-- preview_integration: what shadow has seen, page by page.
begin;
select plan(20);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync.preview_integration'), 'TABLE(row_id uuid, '
  'conversation_id uuid, resman_lead_id text, outcome text, why text, pushes text[], '
  'pulls text[], conflicts text[], looked_at timestamp with time zone) | '
  'stable definer | jit=off | lead_sync_service', 'who may call it');

-- A property in shadow, with a lead in every state.
select pg_temp.given_lead() as lead \gset
select pg_temp.property_of(:'lead') as property, pg_temp.given_lead() as elsewhere \gset
update public.resman_integration set sync_direction = 'bidirectional';
create function pg_temp.given(p_property uuid, p_email text default '') returns uuid
language sql
as $$
  select pg_temp.given_conversation(pg_temp.given_user('Ann', 'Lee', p_email), p_property,
    '{"source": "Web", "price_range_max": 1000}')
$$;

-- errors
select throws_ok(format('select * from lead_sync.preview_integration(%s)', a), c, m,
  'refused: ' || m || ' ' || a)
from (values
  ('gen_random_uuid(), 0', 'LS001', 'limit is out of range'),
  ('gen_random_uuid(), 10001', 'LS001', 'limit is out of range'),
  ('gen_random_uuid(), null', 'LS001', 'limit is out of range')) as v(a, c, m);
select throws_ok(format('select * from lead_sync.preview_integration(%L)', p), c, m,
  'refused: ' || m)
from (values
  (:'property'::uuid, 'LS011', 'the property is live'),
  (gen_random_uuid(), 'LS003', 'property has no integration')) as v(p, c, m);

-- happy path
select pg_temp.given_setting(:'property', 'write_mode', '"shadow"');
select pg_temp.given(:'property', 'ann@example.com') as linked,
  pg_temp.given(:'property', null) as waiting \gset
update public.lead_sync_queue set status = 'completed' where conversation_id = :'waiting';
select pg_temp.claim(:'lead');
select pg_temp.answer(c, '{"outcome": "ok", "leads": []}') from unnest(array[
  :'lead'::uuid, :'lead']) as c;
select pg_temp.answer(:'linked', jsonb_build_object('outcome', 'ok', 'leads',
  jsonb_build_array(pg_temp.shown('{"rent_min": null, "rent_max": 2000, "occupants": 2,
    "phone": null}'))));
select results_eq(format($$select row_id, conversation_id, resman_lead_id, outcome, pushes,
    pulls, conflicts, looked_at is not null
    from lead_sync.preview_integration(%L) order by outcome$$, :'property'),
  format($$values
    (%1$L::uuid, %1$L::uuid, 'R1', 'conflict', '{phone}'::text[], '{occupants}'::text[],
      '{rent}'::text[], true),
    (%2$L, %2$L, null, 'create',
      '{comment,email,move_in_date,name,occupants,phone,rent,status}', '{}', '{}', true),
    (%3$L, %3$L, null, 'skip', '{}', '{}', '{}', false)$$, :'linked', :'lead', :'waiting'),
  'what would be created, what differs, and what was not looked at');

-- leads that ResMan alone has
select lead_sync_private.apply_lead(:'property', pg_temp.shown(jsonb_build_object('lead_id', l,
  'email', l || '@example.org', 'phone', null)), clock_timestamp())
from unnest(array['R3', 'R2', 'R2', 'R4']) as l;
insert into public.lead_sync_mapping (resman_lead_id, property_id, mapping_status)
values ('R4', :'property', 'active');
select results_eq(format($$select conversation_id, resman_lead_id, outcome, why
    from lead_sync.preview_integration(%L) where conversation_id is null$$, :'property'),
  $$values (null::uuid, 'R2', 'create', 'in DomIQ, a lead of ResMan''s'),
    (null, 'R3', 'create', 'in DomIQ, a lead of ResMan''s')$$, 'each once, and no linked one');

-- pages
create function pg_temp.pages(p_property uuid, p_size integer) returns uuid[]
language plpgsql
as $$
declare
  v_ids uuid[] := '{}';
  v_page uuid[];
begin
  loop
    v_page := array(select p.row_id from lead_sync.preview_integration(p_property, p_size,
      v_ids[cardinality(v_ids)]) as p);
    exit when v_page = '{}';
    v_ids := v_ids || v_page;
  end loop;
  return v_ids;
end
$$;
select is(pg_temp.pages(:'property', n), array(select p.row_id
  from lead_sync.preview_integration(:'property', 10000) as p), 'in pages of ' || n)
from unnest(array[1, 2, 4]) as n;
select is(cardinality(pg_temp.pages(:'property', 3)), 5, 'nothing of another property');

-- how a conversation stands beside what shadow has seen
create function pg_temp.why(p_property uuid, p_lead uuid) returns text
language sql
as $$
  select p.outcome || ': ' || p.why || coalesce(' ' || nullif(p.conflicts, '{}')::text, '')
  from lead_sync.preview_integration(p_property) as p where p.conversation_id = p_lead
$$;
create function pg_temp.given_conflict(p_lead uuid, p_field text, p_status text) returns void
language sql
as $$
  insert into public.lead_sync_conflicts (conversation_id, conflict_type, conflict_field,
    conflict_severity, resolution_status)
  values (p_lead, 'data_conflict', p_field, 'high', p_status)
$$;
select pg_temp.given_conflict(:'lead', f, s), pg_temp.given_conflict(:'elsewhere', f, 'pending')
from (values ('rent', 'pending'), ('name', 'manual_review'), ('phone', 'resolved')) as v(f, s);
select is(pg_temp.why(:'property', :'lead'), 'conflict: open: name, rent {name,rent}',
  'conflicts that are open');
select is(pg_temp.why(:'property', :'waiting'), 'skip: not queued: a backfill would look at it',
  'of its own');
delete from public.lead_sync_conflicts where conversation_id = :'lead';
select pg_temp.given_item(:'elsewhere', '{"status": "failed"}'),
  pg_temp.given_item(:'waiting', '{"status": "failed", "sync_operation": "enrichment"}');
select is(pg_temp.why(:'property', :'waiting'), 'skip: not queued: a backfill would look at it',
  'items of its own, and pushes');
select pg_temp.given_item(:'waiting', jsonb_build_object('status', s, 'error_code', 'c_' || n))
from (values (1, 'failed'), (2, 'completed')) as v(n, s) order by n;
select is(pg_temp.why(:'property', :'waiting'), 'skip: failed: c_1', 'a push that has failed');
select pg_temp.given_item(:'waiting', '{"status": "pending"}');
select is(pg_temp.why(:'property', :'waiting'), 'skip: waits for a runner',
  'a later one waits');
update public.lead_sync_queue set status = 'processing'
where conversation_id = :'waiting' and status = 'pending';
select is(pg_temp.why(:'property', :'waiting'), 'skip: waits for a runner', 'or is in flight');

-- the last look counts
insert into public.lead_sync_log (conversation_id, sync_direction, sync_status, sync_type,
  sync_data, sync_operation, created_at)
select :'lead', 'from_resman', 'success', 'update', d, o, clock_timestamp() + n * interval '1 s'
from (values (1, '{"shadow": true, "would": "link"}'::jsonb, 'push'),
  (2, '{"shadow": true, "would": "create", "conflicts": []}', 'pull'),
  (3, '{"shadow": true, "would": "update"}', 'enrichment'),
  (4, '{"would": "update"}', 'pull')) as v(n, d, o);
select is(pg_temp.why(:'property', :'lead'), 'create: ResMan has no such lead',
  'the last look, by a push or a pull in shadow');

-- what is done since is no preview
select pg_temp.given_mapping(:'lead', '{"last_sync_at": "2099-01-01"}') \gset
select results_eq(format($$select outcome, why, resman_lead_id, looked_at
    from lead_sync.preview_integration(%L) where conversation_id = %L$$, :'property', :'lead'),
  format($$values ('skip', 'in step', 'L-%s', null::timestamptz)$$, left(:'lead', 8)),
  'a link that was synced since');

select * from finish();
rollback;
