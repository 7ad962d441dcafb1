-- keep_merge: what a merge came to: conflicts, bases, history and what is suppressed.
begin;
select plan(53);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.keep_merge'),
  'jsonb | volatile | enable_bitmapscan=off enable_hashjoin=off enable_mergejoin=off '
  'enable_seqscan=off jit=off | -',
  'no role may call it');

select pg_temp.given_lead() as lead, pg_temp.given_lead() as other \gset
select pg_temp.given_mapping(:'lead', '{"domiq_base": {"rent_max": 1, "email": "e"},
  "resman_base": {"rent_max": 2, "email": "e"}, "base_unconfirmed": true, "missing_reads": 2,
  "applied": {"xid": "1"}, "verified_at": "2026-01-01", "resman_read_at": "2026-01-02",
  "base_moved_at": "2026-01-01", "updated_at": "2026-01-01"}') as mapping,
  pg_temp.given_mapping(:'other') as another \gset
create temporary table untouched as
select m from public.lead_sync_mapping m where m.id = :'another';

-- A row of merge_lead, of a group of one field that is named like it.
create function pg_temp.row_of(p_action text, p_group text, p_domiq text, p_resman text,
  p_result text default null, p_more jsonb default '{}') returns jsonb
language sql
as $$
  select jsonb_build_object('field_group', p_group, 'action', p_action,
    'domiq', jsonb_build_object(p_group, p_domiq),
    'resman', jsonb_build_object(p_group, p_resman),
    'result', case when p_result is not null then jsonb_build_object(p_group, p_result) end,
    'base', jsonb_build_object('domiq', jsonb_build_object(p_group, 'd'),
      'resman', jsonb_build_object(p_group, 'r')), 'winner', null, 'policy', 'newest_wins',
    'conflict_type', 'data_conflict', 'severity', 'low', 'why', 'w') || p_more
$$;
-- Keep these rows of the lead's merge, as merge_groups does.
create function pg_temp.keep(p_mapping uuid, p_rows jsonb, p_more jsonb default '{}')
returns jsonb
language plpgsql
as $$
declare
  v_mapping public.lead_sync_mapping;
  v_item public.lead_sync_queue;
begin
  select m.* into v_mapping from public.lead_sync_mapping m where m.id = p_mapping;
  v_item.id := '00000000-0000-0000-0000-00000000000a';
  v_item.conversation_id := v_mapping.conversation_id;
  v_item.property_id := v_mapping.property_id;
  v_item.sync_operation := coalesce(p_more ->> 'operation', 'push');
  return lead_sync_private.keep_merge(v_item, v_mapping, p_rows,
    lead_sync_private.sort_groups(p_rows, coalesce(p_more -> 'failed', '{}'),
      coalesce(p_more -> 'rules', '{}'))
      || '{"versions": {"conversation": 7, "user": 8}}' || coalesce(p_more -> 'sorted', '{}'),
    jsonb_build_object('domiq', v_mapping.domiq_base, 'resman', v_mapping.resman_base),
    coalesce(p_more -> 'read', '{"lead_id": "L1", "status": "prospect", "events": []}'),
    coalesce(p_more ->> 'issued_at', '2026-01-03')::timestamptz,
    coalesce(p_more -> 'evidence', '{"resman_after": "t1", "resman_before": "t2",
      "open": true}'));
end
$$;
create function pg_temp.link(p_mapping uuid) returns public.lead_sync_mapping
language sql
as $$ select m from public.lead_sync_mapping m where m.id = p_mapping $$;
-- The history that came since, then none.
create function pg_temp.history() returns text
language sql
as $$
  with gone as (delete from lead_sync_private.field_change returning *)
  select coalesce(string_agg(concat_ws(' ', g.kind, g.field_group, g.old_domiq, g.new_domiq,
    g.old_resman, g.new_resman), ', ' order by g.id), 'none') from gone g
$$;
-- The lead's conflicts, 'group status'.
create function pg_temp.conflicts(p_lead uuid) returns text
language sql
as $$
  select coalesce(string_agg(concat_ws(' ', c.conflict_field, c.resolution_status), ', '
    order by c.conflict_field, c.resolution_status), 'none')
  from public.lead_sync_conflicts c where c.conversation_id = p_lead
$$;

-- happy path: a pull
select is(pg_temp.keep(:'mapping', jsonb_build_array(
  pg_temp.row_of('pull', 'phone', 'd', 'x', 'x'))), '{"conflict_ids": []}', 'a pull');
select is(array[m.domiq_base, m.resman_base], array[
    '{"rent_max": 1, "email": "e", "phone": "x"}',
    '{"rent_max": 2, "email": "e", "phone": "x"}']::jsonb[], 'moves its group''s bases alone')
from pg_temp.link(:'mapping') m;
select ok(m.base_moved_at between now() and clock_timestamp()
  and m.verified_at = m.base_moved_at and m.updated_at = m.base_moved_at,
  'now, and the link is in step') from pg_temp.link(:'mapping') m;
select is(format('%s %s %s', m.base_unconfirmed, m.missing_reads, m.applied), 'f 0 ',
  'the lead is there, and the pull is over') from pg_temp.link(:'mapping') m;
select is(m.resman_seen, '{"lead_id": "L1", "status": "prospect"}', 'without its events')
from pg_temp.link(:'mapping') m;
select is(m.seen_hash, md5('{"events": [], "status": "prospect",
    "lead_id": "L1"}'::jsonb::text), 'with them it is told apart')
from pg_temp.link(:'mapping') m;
select is(m.resman_read_at, '2026-01-03'::timestamptz, 'when it was read')
from pg_temp.link(:'mapping') m;
select results_eq('select mapping_id, conversation_id, property_id, policy, conflict_id, item_id
    from lead_sync_private.field_change',
  format('values (%L::uuid, %L::uuid, %L::uuid, ''newest_wins'', null::uuid, %L::uuid)',
    :'mapping', :'lead', pg_temp.property_of(:'lead'), '00000000-0000-0000-0000-00000000000a'),
  'the history says of what and why');
select is(pg_temp.history(),
  'pull phone {"phone": "d"} {"phone": "x"} {"phone": "r"} {"phone": "x"}',
  'from what to what');

-- edges: nothing moved
update public.lead_sync_mapping set base_moved_at = '2026-01-01', verified_at = '2026-01-01'
where id = :'mapping';
select pg_temp.keep(:'mapping', jsonb_build_array(
  pg_temp.row_of('in_sync', 'phone', 'x', 'x', 'x', '{"base": {"domiq": {"phone": "x"},
    "resman": {"phone": "x"}}}')), '{"issued_at": "2026-01-01", "rules": {"version": 7}}');
select is(m.base_moved_at, '2026-01-01'::timestamptz, 'a base that stays has not moved')
from pg_temp.link(:'mapping') m;
select ok(m.verified_at >= now(), 'but is verified') from pg_temp.link(:'mapping') m;
select is(m.resman_read_at, '2026-01-03'::timestamptz, 'an earlier read moves no time')
from pg_temp.link(:'mapping') m;
select is(m.rules_version, 7, 'the bases are under the rules of now')
from pg_temp.link(:'mapping') m;
select pg_temp.keep(:'mapping', '[]');
select is(m.rules_version, 7, 'where none are named they stay') from pg_temp.link(:'mapping') m;
select is(pg_temp.history(), 'none', 'what stays has no history');

-- happy path: a pull that leaves nothing to be pushed is in step
update public.lead_sync_mapping set sync_version = 3, user_sync_version = 4,
  last_sync_at = '2026-01-01' where id = :'mapping';
create function pg_temp.stamps(p_mapping uuid) returns text
language sql
as $$
  select concat_ws(' ', m.sync_version, m.user_sync_version, m.last_sync_at >= now())
  from pg_temp.link(p_mapping) m
$$;
select pg_temp.keep(:'mapping', '[]');
select is(pg_temp.stamps(:'mapping'), '3 4 f', 'a push says itself how it ended');
select pg_temp.keep(:'mapping', jsonb_build_array(
  pg_temp.row_of('push', 'rent_max', '9', '2', '9')), '{"operation": "pull"}');
select is(pg_temp.stamps(:'mapping'), '3 4 f', 'so does the one that follows a pull');
select pg_temp.keep(:'mapping', '[]', '{"operation": "pull"}');
select is(pg_temp.stamps(:'mapping'), '7 8 t', 'as of these versions, and since now');
select is(count(*), 0::bigint, 'of this link alone') from public.lead_sync_mapping
where id <> :'mapping' and sync_version = 7;

-- happy path: a push is still to come
update public.lead_sync_mapping set verified_at = '2026-01-01' where id = :'mapping';
select pg_temp.keep(:'mapping', jsonb_build_array(
  pg_temp.row_of('push', 'rent_max', '9', '2', '9')));
select is(format('%s %s', m.domiq_base -> 'rent_max', m.resman_base -> 'rent_max'), '1 2',
  'a push moves no base yet') from pg_temp.link(:'mapping') m;
select is(m.verified_at, '2026-01-01'::timestamptz, 'nor is the link in step')
from pg_temp.link(:'mapping') m;
select is(pg_temp.history(), 'none', 'nor is there history');

-- happy path: what became equal
select pg_temp.keep(:'mapping', jsonb_build_array(
  pg_temp.row_of('converged', 'tour', 'x', 'x', 'x'),
  pg_temp.row_of('converged', 'pets', 'x', 'x', 'x', '{"base": null}')));
select is(pg_temp.history(), 'converged tour {"tour": "d"} {"tour": "x"} {"tour": "r"} '
  '{"tour": "x"}', 'has history, unless it was so before there was a base');
select is(format('%s %s', m.domiq_base -> 'tour', m.resman_base -> 'pets'), '"x" "x"',
  'the bases of both move') from pg_temp.link(:'mapping') m;

-- happy path: conflicts
select pg_temp.keep(:'mapping', jsonb_build_array(
  pg_temp.row_of('conflict', 'email', 'a', 'b'), pg_temp.row_of('conflict', 'name', 'a', 'b'),
  pg_temp.row_of('decided', 'comment', 'a', 'b', 'b', '{"winner": "resman"}'),
  pg_temp.row_of('decided', 'phone', 'a', 'b', 'a', '{"winner": "domiq"}'))) as kept \gset
select is(pg_temp.conflicts(:'lead'),
  'comment auto_resolved, email pending, name pending, phone auto_resolved',
  'those for a person, and those that a policy decided');
select bag_eq(format('select jsonb_array_elements_text(%L)::uuid',
    :'kept'::jsonb -> 'conflict_ids'),
  'select c.id from public.lead_sync_conflicts c', 'it names them');
select is(pg_temp.history(), 'pull comment {"comment": "a"} {"comment": "b"} {"comment": "r"} '
  '{"comment": "b"}', 'what was decided for ResMan is pulled, the others wait');
select is(format('%s %s %s', c.mapping_id = :'mapping', c.resman_lead_id,
    c.explanation #> '{evidence}'), 't L1 {"status": "prospect", "domiq_times": {}, '
    '"resman_seen": {}, "resman_after": "t1", "resman_before": "t2"}', 'with the evidence')
from public.lead_sync_conflicts c where c.conflict_field = 'email';
select pg_temp.keep(:'mapping', jsonb_build_array(
    pg_temp.row_of('conflict', 'email', 'a', 'b')), '{"read": {"lead_id": "L1"}}');
select is(format('%s %s', c.times_seen, c.explanation #> '{evidence,status}'), '2 ',
  'seen again it stays the one') from public.lead_sync_conflicts c
where c.conflict_field = 'email';
update public.lead_sync_mapping set resman_base = resman_base || '{"status": "lost"}'
where id = :'mapping';
select pg_temp.keep(:'mapping', jsonb_build_array(
    pg_temp.row_of('conflict', 'email', 'a', 'b')), '{"read": {"lead_id": "L1"}}');
select is(c.explanation #> '{evidence,status}', '"lost"',
  'a status that was not read is as it was') from public.lead_sync_conflicts c
where c.conflict_field = 'email';

-- edges: since when ResMan has shown a value
select pg_temp.keep(:'mapping', jsonb_build_array(
  pg_temp.row_of('conflict', 'occupants', 'a', 'b')), '{"evidence": {}}'),
  pg_temp.keep(:'mapping', jsonb_build_array(
  pg_temp.row_of('conflict', 'occupants', 'a', 'b')));
select is(c.explanation -> 'resman_after', null, 'a later read does not say after which it came')
from public.lead_sync_conflicts c where c.conflict_field = 'occupants';
select pg_temp.keep(:'mapping', jsonb_build_array(
  pg_temp.row_of('conflict', 'occupants', 'a', 'c')));
select is(c.explanation -> 'resman_after', '"t1"', 'of another value it does')
from public.lead_sync_conflicts c where c.conflict_field = 'occupants';
delete from public.lead_sync_conflicts where conflict_field = 'occupants';

-- happy path: conflicts that are none any more
select pg_temp.given_row('lead_sync_conflicts', jsonb_build_object('conversation_id', c,
  'conflict_type', 'duplicate_lead', 'conflict_field', 'identity'))
from unnest(array[:'lead', :'other']::uuid[]) as c;
select pg_temp.keep(:'mapping', jsonb_build_array(
  pg_temp.row_of('skip', 'email', 'a', 'b'), pg_temp.row_of('conflict', 'name', 'a', 'b')));
select is(pg_temp.conflicts(:'lead'), 'comment auto_resolved, email pending, '
  'identity auto_resolved, name pending, phone auto_resolved',
  'a group that says nothing closes none, and that lead is found');
select pg_temp.keep(:'mapping', jsonb_build_array(
  pg_temp.row_of('in_sync', 'email', 'a', 'a', 'a')), '{"evidence": {}}');
select alike(pg_temp.conflicts(:'lead'), '%email pending%', 'none was open: none is looked for');
select pg_temp.keep(:'mapping', jsonb_build_array(
  pg_temp.row_of('in_sync', 'email', 'a', 'a', 'a'),
  pg_temp.row_of('suppressed', 'name', 'a', 'b', 'a', '{"winner": "domiq"}')));
select is(pg_temp.conflicts(:'lead'), 'comment auto_resolved, email auto_resolved, '
  'identity auto_resolved, name auto_resolved, phone auto_resolved',
  'a group that differs no longer does');
select is(c.notes, 'the two sides differ no longer', 'it says why')
from public.lead_sync_conflicts c where c.conversation_id = :'lead'
  and c.conflict_field = 'email';
select is(pg_temp.conflicts(:'other'), 'identity pending', 'another lead''s stays');
select pg_temp.keep(:'mapping', '[]');
select is(m.suppressed, '{"name": {"side": "domiq", "domiq": {"name": "a"}, "resman": {"name":
    "b"}, "why": "w", "after": "t1"}}', 'what was not merged stays suppressed')
from (select jsonb_set(m.suppressed, '{name}', (m.suppressed -> 'name') - 'at') as suppressed
  from pg_temp.link(:'mapping') m) as m;

-- edges: what was not to be merged
select pg_temp.keep(:'mapping', '[]', '{"sorted": {"agreed": ["pets"], "silent": ["rent"]}}');
select ok(m.suppressed ? 'name', 'another group''s word stays') from pg_temp.link(:'mapping') m;
savepoint before;
select pg_temp.keep(:'mapping', '[]', '{"sorted": {"agreed": ["name"]}}');
select is(m.suppressed, '{}', 'of a group that agrees it goes') from pg_temp.link(:'mapping') m;
rollback to before;
select pg_temp.keep(:'mapping', '[]', '{"sorted": {"silent": ["name"]}}');
select is(m.suppressed, '{}', 'of one of which nothing is said, too')
from pg_temp.link(:'mapping') m;
rollback to before;

-- happy path: what is suppressed
create function pg_temp.suppressed_since(p_mapping uuid, p_domiq text, p_resman text)
returns text
language plpgsql
as $$
begin
  update public.lead_sync_mapping m
  set suppressed = jsonb_set(m.suppressed, '{name,at}', '"then"') where m.id = p_mapping;
  perform pg_temp.keep(p_mapping, jsonb_build_array(
    pg_temp.row_of('suppressed', 'name', p_domiq, p_resman, 'a', '{"winner": "domiq"}')));
  return case when (pg_temp.link(p_mapping)).suppressed #>> '{name,at}' = 'then' then 'then'
    else 'now' end;
end
$$;
select is(pg_temp.suppressed_since(:'mapping', d, r), since,
  format('%s and %s, since %s', d, r, since))
from (values ('a', 'b', 'then'), ('c', 'b', 'now'), ('c', 'b', 'then'), ('c', 'd', 'now'))
  as v(d, r, since);
select is(pg_temp.history(), 'none', 'it has no history');
select pg_temp.keep(:'mapping', jsonb_build_array(
  pg_temp.row_of('in_sync', 'name', 'a', 'a', 'a'),
  pg_temp.row_of('suppressed', 'rent_max', 'a', 'b', 'b', '{"winner": "resman"}')));
select is(array(select jsonb_object_keys(m.suppressed)), array['rent_max'],
  'it goes once it no longer stands') from pg_temp.link(:'mapping') m;

-- errors: what DomIQ would not take
select pg_temp.keep(:'mapping', jsonb_build_array(
    pg_temp.row_of('pull', 'bedrooms', 'a', 'b', 'b'),
    pg_temp.row_of('pull', 'pets', 'a', 'b', 'b')),
  '{"failed": {"bedrooms": {"type": "field_mismatch", "severity": "low", "why": "refused"}}}');
select is(format('%s %s %s', c.resolution_status, c.conflict_type, c.explanation ->> 'why'),
  'pending field_mismatch refused', 'is a conflict') from public.lead_sync_conflicts c
where c.conversation_id = :'lead' and c.conflict_field = 'bedrooms';
select is(format('%s %s', m.resman_base -> 'bedrooms', m.resman_base -> 'pets'), ' "b"',
  'whose base stays') from pg_temp.link(:'mapping') m;
select is(f.conflict_id, null, 'another group is pulled without one')
from lead_sync_private.field_change f;
select is(pg_temp.history(),
  'pull pets {"pets": "a"} {"pets": "b"} {"pets": "r"} {"pets": "b"}',
  'and that has no history');

-- effects
select is(pg_temp.link(:'another'), u.m, 'no other link is touched') from untouched u;

select * from finish();
rollback;
