-- open_link: a conversation is linked with the lead that was found for it.
begin;
select plan(22);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.open_link'),
  'lead_sync_mapping | volatile | enable_seqscan=off jit=off | -',
  'no role may call it');

-- What comes of it; the conversation's own mapping is handed in, if it has one.
create function pg_temp.opened(p_lead uuid, p_read jsonb) returns public.lead_sync_mapping
language plpgsql
as $$
declare
  v_mapping public.lead_sync_mapping;
begin
  select m.* into v_mapping
  from public.lead_sync_mapping m where m.conversation_id = p_lead;
  return (select lead_sync_private.open_link(q, v_mapping, p_read) from pg_temp.item(p_lead) q);
end
$$;

-- happy path
select pg_temp.given_lead() as lead, pg_temp.given_lead() as other \gset
select user_id as "user" from public.conversation where id = :'lead' \gset
select user_id as stranger from public.conversation where id = :'other' \gset
insert into lead_sync_private.identity_decision (user_id, resman_lead_id, same)
values (:'user', 'L1', true), (:'stranger', 'L1', false), (:'user', 'L2', true);
select (pg_temp.opened(:'lead', '{"lead_id": "L1", "contact_id": "P1",
  "first_name": "Ann"}')).id as mapping \gset
select is(concat_ws(' ', resman_lead_id, contact_id, mapping_status, sync_version, domiq_base,
  resman_base, base_moved_at is null, property_id = pg_temp.property_of(:'lead'),
  conversation_id = :'lead', created_at between now() and clock_timestamp()),
  'L1 P1 active 0 {} {} t t t t', 'a link with no base') from public.lead_sync_mapping
where id = :'mapping';
select set_eq('select resman_lead_id, same from lead_sync_private.identity_decision',
  $$values ('L1', false), ('L2', true)$$,
  'what a person decided is carried out: that it is somebody else''s still holds');

-- edges: the lead is another's
create function pg_temp.links() returns bigint
language sql
as $$
  select count(*) from public.lead_sync_mapping
$$;
insert into lead_sync_private.identity_decision (user_id, resman_lead_id, same)
values (:'stranger', 'L9', true);
select is((pg_temp.opened(:'other', '{"lead_id": "L1"}')).id, null, 'it is not taken');
select is((m.link).id, null, 'nor is a second made of a conversation')
from (select lead_sync_private.open_link(q, null, '{"lead_id": "L9"}') as link
      from pg_temp.item(:'lead') q) as m;
select is(pg_temp.links(), 1::bigint, 'no link is made');
select is(count(*), 1::bigint, 'and the decision stays')
from lead_sync_private.identity_decision where resman_lead_id = 'L9';

-- edges: the lead had vanished, and there is another
update public.lead_sync_mapping set mapping_status = 'deleted', missing_reads = 2,
  domiq_base = '{"email": "a@x"}', resman_base = '{"email": "a@x"}', base_moved_at = now(),
  resman_read_at = now(), resman_seen = '{"email": "a@x"}', seen_hash = 'h',
  suppressed = '{"rent": {}}', updated_at = '2026-01-01';
select is((pg_temp.opened(:'lead', '{"lead_id": "L3", "contact_id": "P3"}')).id, :'mapping',
  'the link stays');
select is(concat_ws(' ', resman_lead_id, contact_id, mapping_status, missing_reads),
  'L3 P3 active 0', 'and leads to the new one') from public.lead_sync_mapping
where id = :'mapping';
select is(m, jsonb_build_object('domiq_base', '{}'::jsonb, 'resman_base', '{}'::jsonb,
  'suppressed', '{}'::jsonb, 'base_moved_at', null, 'resman_read_at', null,
  'resman_seen', null, 'seen_hash', null), 'of which nothing was seen yet')
from (select jsonb_object_agg(e.key, e.value) as m
      from public.lead_sync_mapping x, jsonb_each(to_jsonb(x)) as e
      where x.id = :'mapping' and e.key in ('domiq_base', 'resman_base', 'suppressed',
        'base_moved_at', 'resman_read_at', 'resman_seen', 'seen_hash')) as s;
select ok(updated_at >= now(), 'now') from public.lead_sync_mapping where id = :'mapping';
select is(array[a.resman_lead_id, a.mapping_id::text, a.kind], array['L1', :'mapping',
  'recreated'], 'the old id is an alias') from lead_sync_private.lead_alias a;

-- edges: it was there after all
update public.lead_sync_mapping set mapping_status = 'deleted', domiq_base = '{"email": "a@x"}';
select is((m.link).mapping_status || ' ' || (m.link).domiq_base, 'active {}',
  'the same lead is linked anew')
from (select pg_temp.opened(:'lead', '{"lead_id": "L3"}') as link) as m;
select is((m.link).contact_id, null, 'as it is shown')
from (select pg_temp.opened(:'lead', '{"lead_id": "L3"}') as link) as m;
select is(count(*), 1::bigint, 'it is no alias of itself') from lead_sync_private.lead_alias;

-- edges: back to an id that was an alias already, and away again
select (pg_temp.opened(:'lead', '{"lead_id": "L4"}')).resman_lead_id as now,
  (pg_temp.opened(:'lead', '{"lead_id": "L3"}')).resman_lead_id as back,
  (pg_temp.opened(:'lead', '{"lead_id": "L4"}')).resman_lead_id as again \gset
select is(:'again'::text, 'L4', 'an alias that is known is no obstacle');
select results_eq('select resman_lead_id from lead_sync_private.lead_alias order by 1',
  array['L1', 'L3', 'L4'], 'each id once');

-- edges: the lead that is there now is somebody else's
select pg_temp.given_mapping(:'other', '{"resman_lead_id": "L5", "mapping_status": "deleted"}')
  as others \gset
select is((pg_temp.opened(:'other', '{"lead_id": "L4"}')).id, null, 'it is not taken');
select is(concat_ws(' ', resman_lead_id, mapping_status), 'L5 deleted', 'the link is as it was')
from public.lead_sync_mapping where id = :'others';
select is(count(*), 0::bigint, 'and its own id is no alias') from lead_sync_private.lead_alias
where mapping_id = :'others';
select is(concat_ws(' ', resman_lead_id, mapping_status), 'L4 active', 'so is the other''s')
from public.lead_sync_mapping where id = :'mapping';

-- effects
select is(count(*), 0::bigint, 'DomIQ''s rows are not written') from public.conversation
where resman_lead_id is not null;

select * from finish();
rollback;
