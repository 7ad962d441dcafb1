-- keep_pushes: what an acknowledged save has changed of a link.
begin;
select plan(9);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.keep_pushes'),
  'void | volatile | enable_bitmapscan=off enable_hashjoin=off enable_mergejoin=off '
  'enable_seqscan=off jit=off | -',
  'no role may call it');

select pg_temp.given_lead() as lead \gset
select pg_temp.given_mapping(:'lead', '{"domiq_base": {"first_name": "Ann", "email": "a@x"},
  "resman_seen": {"first_name": "ANN", "last_name": "LEE", "rent_min": 900}}') as mapping \gset
create function pg_temp.keep(p_lead uuid, p_outcome jsonb) returns void
language sql
as $$
  select lead_sync_private.keep_pushes(q, m, p_outcome)
  from pg_temp.item(p_lead) q, public.lead_sync_mapping m where m.conversation_id = p_lead
$$;
create view pg_temp.kept as
select field_group, jsonb_build_array(old_domiq, new_domiq, old_resman, new_resman) as moved
from lead_sync_private.field_change;

-- edges: nothing to keep
select pg_temp.keep(:'lead', o)
from unnest(array['{}', '{"pushed": []}', '{"pushed": ["name"]}',
  '{"domiq_base": {"email": "b@x"}}', '{"pushed": ["name"], "domiq_base": {"email": "b@x"}}'
  ]::jsonb[]) as o;
select is(count(*), 0::bigint, 'no group that is both pushed and named') from pg_temp.kept;

-- happy path
select pg_temp.keep(:'lead', '{"pushed": ["name", "rent", "comment"],
  "domiq_base": {"first_name": "Eve", "last_name": "Lee", "rent_min": null, "comment": "asks",
    "email": "b@x"},
  "resman_base": {"first_name": "EVE", "last_name": "LEE", "rent_min": null, "email": "b@x"}}');
select is(count(*), 3::bigint, 'a row a group') from pg_temp.kept;
select is(moved, '[{"first_name": "Ann"}, {"first_name": "Eve", "last_name": "Lee"},
  {"first_name": "ANN", "last_name": "LEE"}, {"first_name": "EVE", "last_name": "LEE"}]',
  'before and after, on either side') from pg_temp.kept where field_group = 'name';
select is(moved, '[null, {"rent_min": null}, {"rent_min": 900}, {"rent_min": null}]',
  'a blank that was pushed') from pg_temp.kept where field_group = 'rent';
select is(moved, '[null, {"comment": "asks"}, null, {"comment": null}]',
  'a value that neither side had') from pg_temp.kept where field_group = 'comment';
select is(count(*), 3::bigint, 'whose it was, and by which item')
from lead_sync_private.field_change f, pg_temp.item(:'lead') q
where f.mapping_id = :'mapping' and f.conversation_id = :'lead' and f.item_id = q.id
  and f.property_id = q.property_id and f.kind = 'push';

-- edges: a link that has seen nothing
update public.lead_sync_mapping set resman_seen = null, domiq_base = '{}';
select pg_temp.keep(:'lead', '{"pushed": ["email"], "domiq_base": {"email": "c@x"},
  "resman_base": {"email": "C@x"}}');
select is(moved, '[null, {"email": "c@x"}, null, {"email": "C@x"}]', 'has no values before')
from pg_temp.kept where field_group = 'email';

-- effects
select is(domiq_base, '{}', 'the base is not its to move') from public.lead_sync_mapping
where id = :'mapping';

select * from finish();
rollback;
