-- weigh_link: how one group of a link stands now.
begin;
select plan(16);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.weigh_link'), 'jsonb | stable | - | -',
  'no role may call it');

select pg_temp.given_lead('{"price_range_max": 1500}') as lead \gset
select pg_temp.given_mapping(:'lead', '{"domiq_base": {"rent_min": null, "rent_max": 1000,
    "email": "A@b"}, "resman_base": {"rent_max": 1100, "email": "B@b"},
  "resman_seen": {"rent_max": "2000.0", "email": " C@b"}}') as mapping \gset
create function pg_temp.weighed(p_mapping uuid, p_group text) returns jsonb
language sql
as $$
  select lead_sync_private.weigh_link(m, p_group) from public.lead_sync_mapping m
  where m.id = p_mapping
$$;

-- happy path
select pg_temp.weighed(:'mapping', 'rent') as now \gset
select is(:'now'::jsonb - array['group', 'lead'], '{"country": "1", "direction": "to_resman",
  "domiq": {"rent_min": null, "rent_max": 1500}, "resman": {"rent_max": 2000},
  "base": {"domiq": {"rent_min": null, "rent_max": 1000}, "resman": {"rent_max": 1100}}}',
  'both sides, and the base');
select is(:'now'::jsonb #>> '{group,name}', 'rent', 'the group');
select is(:'now'::jsonb -> 'lead', lead_sync_private.build_lead(:'lead', :'mapping'),
  'and DomIQ''s document');
select is(pg_temp.weighed(:'mapping', 'email') -> 'resman', '{"email": "c@b"}', 'normalised');

select pg_temp.given_setting(pg_temp.property_of(:'lead'), 'country_code', '"44"');
update public.lead_sync_mapping set resman_seen = '{"phone": "020 7946 0018"}'
where id = :'mapping';
select is(pg_temp.weighed(:'mapping', 'phone') #>> '{resman,phone}', '+442079460018',
  'a telephone number as the country''s');

-- edges: what was not observed is as it was
update public.lead_sync_mapping set resman_seen = '{"rent_min": 900}' where id = :'mapping';
select is(pg_temp.weighed(:'mapping', 'rent') -> 'resman', '{"rent_min": 900, "rent_max": 1100}',
  'a field that ResMan did not show');
update public.lead_sync_mapping set resman_seen = null where id = :'mapping';
select is(pg_temp.weighed(:'mapping', 'rent') -> 'resman', '{"rent_max": 1100}', 'or never did');
update public.lead_sync_mapping set domiq_base = '{"bedrooms": 2}' where id = :'mapping';
select is(pg_temp.weighed(:'mapping', 'bedrooms') -> 'domiq', '{"bedrooms": 2}',
  'one that DomIQ says nothing of');
select is(pg_temp.weighed(:'mapping', 'rent') -> 'base', '{"domiq": {}, "resman":
  {"rent_max": 1100}}', 'half a base');

-- edges: a rule that changed moves the base
update public.lead_sync_mapping set domiq_base = '{"email": "x@b"}', resman_base =
  '{"email": "c@b"}', resman_seen = '{"email": "C@b"}', rules_version = 1 where id = :'mapping';
insert into lead_sync_private.normaliser (name, version, steps) values ('email', 2, '{trim}');
select is(pg_temp.weighed(:'mapping', 'email') #> '{base,resman}', '{"email": "C@b"}',
  'of a value that did not');
select is(pg_temp.weighed(:'mapping', 'email') #> '{base,domiq}', '{"email": "x@b"}',
  'not of one that was edited');

-- edges: a follower feeds it
select pg_temp.given_conversation(c.user_id, pg_temp.property_of(c.id),
  '{"price_range_max": 1700, "created_at": "2099-01-01"}') as later
from public.conversation c where c.id = :'lead' \gset
insert into lead_sync_private.follower (conversation_id, mapping_id) values (:'later', :'mapping');
select is(pg_temp.weighed(:'mapping', 'rent') #> '{domiq,rent_max}', '1700',
  'the newest conversation of the link');

-- edges: what is no more
select is(pg_temp.weighed(:'mapping', 'shoe_size'), null, 'the group');
select is(pg_temp.weighed(:'mapping', 'source'), null, 'or one that ResMan alone holds');
update public.conversation set user_id = null where id = :'lead';
select is(pg_temp.weighed(:'mapping', 'rent'), null, 'the lead');

select * from finish();
rollback;
