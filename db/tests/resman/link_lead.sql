-- link_lead: what an acknowledged or converged push knows of a link.
begin;
select plan(40);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.link_lead'),
  'lead_sync_mapping | volatile | enable_seqscan=off jit=off | -',
  'no role may call it');

create function pg_temp.linked(p_lead uuid, p_lead_id text, p_outcome jsonb,
  p_saved boolean default true) returns public.lead_sync_mapping
language plpgsql
as $$
declare
  v_item public.lead_sync_queue := pg_temp.item(p_lead);
begin
  v_item.resman_lead_id := p_lead_id;
  return lead_sync_private.link_lead(v_item, p_outcome, p_saved);
end
$$;
create function pg_temp.is_now(p_at timestamptz) returns boolean
language sql
as $$
  select p_at between now() and clock_timestamp()
$$;
create view pg_temp.bases as
select id, domiq_base::text || ' / ' || resman_base::text as bases
from public.lead_sync_mapping;
create view pg_temp.ids as
select id, concat_ws(' ', resman_lead_id, contact_id, mapping_status, missing_reads) as ids
from public.lead_sync_mapping;

-- happy path: a create was acknowledged
select pg_temp.given_lead() as other, pg_temp.given_lead() as lead \gset
select (pg_temp.linked(:'lead', 'L1', '{"contact_id": "P1", "pushed": ["email", "name"],
  "domiq_base": {"email": "a@x", "first_name": "Ann"},
  "resman_base": {"email": "A@x", "first_name": "Ann"},
  "versions": {"conversation": 4, "user": 7}}')).id as mapping \gset
select is(ids, 'L1 P1 active 0', 'the conversation has its lead') from pg_temp.ids
where id = :'mapping';
select is(bases, '{"email": "a@x", "first_name": "Ann"} / '
  '{"email": "A@x", "first_name": "Ann"}',
  'what was sent is the base') from pg_temp.bases where id = :'mapping';
select is(concat_ws(' ', sync_version, user_sync_version), '4 7', 'with the versions sent')
from public.lead_sync_mapping where id = :'mapping';
select is(array[conversation_id, property_id], array[:'lead', pg_temp.property_of(:'lead')],
  'whose it is') from public.lead_sync_mapping where id = :'mapping';
select ok(pg_temp.is_now(base_moved_at) and pg_temp.is_now(created_at)
  and pg_temp.is_now(last_sync_at) and pg_temp.is_now(updated_at), 'now')
from public.lead_sync_mapping where id = :'mapping';
select is(concat_ws(' ', base_unconfirmed, resman_read_at is null, resman_seen is null),
  't t t', 'no read has confirmed it') from public.lead_sync_mapping where id = :'mapping';
select is(string_agg(field_group, ' ' order by field_group), 'email name', 'it is history')
from lead_sync_private.field_change where mapping_id = :'mapping' and kind = 'push';

-- happy path: an update was acknowledged
update public.lead_sync_mapping set base_unconfirmed = false, seen_hash = 'h',
  missing_reads = 1, base_moved_at = '2026-01-01',
  resman_seen = '{"email": "A@x", "comment": "c"}', resman_read_at = '2026-02-01',
  updated_at = '2026-01-01', last_sync_at = '2026-01-01';
select is((pg_temp.linked(:'lead', 'L1', '{"pushed": ["email"], "domiq_base": {"email": "b@x"},
  "resman_base": {"email": "B@x"}, "versions": {"conversation": 5, "user": null},
  "read_at": "2026-01-15T00:00:00Z"}')).id, :'mapping', 'it is the same link');
select is(bases, '{"email": "b@x", "first_name": "Ann"} / '
  '{"email": "B@x", "first_name": "Ann"}',
  'only what the save carried moves') from pg_temp.bases where id = :'mapping';
select is(ids, 'L1 P1 active 0', 'a contact that is not named stays; it was found')
from pg_temp.ids where id = :'mapping';
select is(concat_ws(' ', sync_version, user_sync_version), '5 7', 'so does a version')
from public.lead_sync_mapping where id = :'mapping';
select is(resman_seen, '{"email": "B@x", "comment": "c"}', 'ResMan shows what was sent')
from public.lead_sync_mapping where id = :'mapping';
select is(concat_ws(' ', pg_temp.is_now(base_moved_at), pg_temp.is_now(last_sync_at),
  pg_temp.is_now(updated_at), base_unconfirmed, seen_hash is null), 't t t t t',
  'to be confirmed by the next read') from public.lead_sync_mapping where id = :'mapping';
select is(resman_read_at, '2026-02-01', 'an older read does not put it back')
from public.lead_sync_mapping where id = :'mapping';
select is(count(*), 1::bigint, 'the history goes on') from lead_sync_private.field_change
where old_domiq = '{"email": "a@x"}' and new_domiq = '{"email": "b@x"}';

-- edges: a save that carried events alone
update public.lead_sync_mapping set base_unconfirmed = true, base_moved_at = '2026-01-01',
  seen_hash = 'h';
select pg_temp.linked(:'lead', 'L1', o) from unnest(array['{}', '{"domiq_base": {}}']::jsonb[])
  as o;
select is(concat_ws(' ', base_unconfirmed, pg_temp.is_now(base_moved_at), seen_hash is null),
  't t t', 'confirms nothing, but what was read before is stale') from public.lead_sync_mapping
where id = :'mapping';

-- happy path: both sides were equal
update public.lead_sync_mapping set base_moved_at = '2026-01-01', seen_hash = 'h';
select pg_temp.linked(:'lead', 'L1', '{"read_at": "2026-03-01T00:00:00Z", "domiq_base": {},
  "resman_base": {}, "pushed": []}', false);
select is(concat_ws(' ', base_unconfirmed, base_moved_at::date, seen_hash,
  resman_read_at::date), 't 2026-01-01 h 2026-03-01',
  'a read moves no base, and leaves it to the merge to confirm it')
from public.lead_sync_mapping where id = :'mapping';
select is(bases, '{"email": "b@x", "first_name": "Ann"} / '
  '{"email": "B@x", "first_name": "Ann"}',
  'it stays') from pg_temp.bases where id = :'mapping';
select pg_temp.linked(:'lead', 'L1', '{}', false);
select is(concat_ws(' ', base_unconfirmed, resman_read_at::date), 't 2026-03-01',
  'nor does what was not read') from public.lead_sync_mapping where id = :'mapping';
update public.lead_sync_mapping set base_unconfirmed = false where id = :'mapping';
select is((pg_temp.linked(:'lead', 'L1', '{}')).base_unconfirmed, false,
  'nor is it doubted for a save that carried events alone');

-- edges: the rules by which the base was written
select max(version) + 1 as newest from lead_sync_private.normaliser \gset
insert into lead_sync_private.normaliser (name, version, steps) values ('text', :newest, '{}');
select is((pg_temp.linked(:'lead', 'L1', '{"domiq_base": {"email": "b@x"}}')).rules_version,
  :newest - 1, 'a base that is only added to keeps them');
update public.lead_sync_mapping set domiq_base = '{}';
select is((pg_temp.linked(:'lead', 'L1', '{"domiq_base": {"email": "b@x"}}')).rules_version,
  :newest, 'a new one has the newest');

-- edges: the lead was created anew
select count(*) as before from lead_sync_private.field_change \gset
update public.lead_sync_mapping set mapping_status = 'deleted', missing_reads = 2,
  domiq_base = '{"email": "b@x", "comment": "c"}', resman_base = '{"comment": "c"}',
  resman_seen = '{"email": "b@x"}', rules_version = :newest - 1;
select is((pg_temp.linked(:'lead', 'L2', '{"contact_id": "P2", "pushed": ["email"],
  "domiq_base": {"email": "c@x"}, "resman_base": {"email": "C@x"}}')).id, :'mapping',
  'the link stays');
select is(ids, 'L2 P2 active 0', 'and leads to the new one') from pg_temp.ids
where id = :'mapping';
select is(bases, '{"email": "c@x"} / {"email": "C@x"}', 'the old one''s base is gone')
from pg_temp.bases where id = :'mapping';
select is(concat_ws(' ', resman_seen is null, rules_version), 't ' || :newest,
  'so is what was seen of it') from public.lead_sync_mapping where id = :'mapping';
select is(array[a.resman_lead_id, a.mapping_id::text, a.kind], array['L1', :'mapping',
  'recreated'], 'its id is an alias') from lead_sync_private.lead_alias a;
select is(count(*), :before::bigint, 'a create changes no values')
from lead_sync_private.field_change;
select pg_temp.linked(:'lead', l, '{}') from unnest(array['L1', 'L2', 'L1', 'L2']) as l;
select results_eq('select resman_lead_id from lead_sync_private.lead_alias order by 1',
  array['L1', 'L2'], 'an alias that is known is no obstacle');

-- edges: a later conversation of the same user
select pg_temp.given_conversation(c.user_id, pg_temp.property_of(c.id), '{"source": "Web"}')
  as later from public.conversation c where c.id = :'lead' \gset
select is((pg_temp.linked(:'later', 'L2', '{"versions": {"conversation": 9}}')).id, :'mapping',
  'it has no link of its own');
select pg_temp.linked(:'later', 'L2', '{}');
select is(array_agg(f.mapping_id), array[:'mapping']::uuid[], 'it follows the first one''s')
from lead_sync_private.follower f where f.conversation_id = :'later';
select is(count(*), 1::bigint, 'which is no follower') from lead_sync_private.follower;
select is(conversation_id, :'lead', 'and keeps the link') from public.lead_sync_mapping
where id = :'mapping';

-- edges: the lead is another's
select is((pg_temp.linked(:'other', 'L2', '{"domiq_base": {"email": "x@x"}}')).id, null,
  'it is not taken');
select is(count(*), 0::bigint, 'and no link is made') from public.lead_sync_mapping
where conversation_id = :'other';
select pg_temp.given_mapping(:'other', '{"resman_lead_id": "L5", "mapping_status": "deleted"}')
  as others \gset
select is((pg_temp.linked(:'other', 'L2', '{"domiq_base": {"email": "x@x"}}')).id, null,
  'nor by a link that there is');
select is(ids || ' ' || bases, 'L5 P1 deleted 0 {} / {}', 'which stays as it was')
from pg_temp.ids join pg_temp.bases using (id) where id = :'others';
select is(count(*), 0::bigint, 'without an alias') from lead_sync_private.lead_alias
where mapping_id = :'others';
select is(ids || ' ' || bases, 'L2 P2 active 0 {"email": "c@x"} / {"email": "C@x"}',
  'so does the other''s') from pg_temp.ids join pg_temp.bases using (id) where id = :'mapping';

select * from finish();
rollback;
