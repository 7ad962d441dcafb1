-- set_field_policy: what it takes, what comes of it, and the log of who changed what.
begin;
select plan(16);
\i db/tests/support/fixtures.psql

select pg_temp.given_property() as property \gset
select pg_temp.given_integration(:'property');
create function pg_temp.policy(p_group text, p_property uuid default null) returns text
language sql
as $$
  select concat_ws(' ', l.policy, l.allow_blank, l.set_for)
  from lead_sync.list_field_policies(p_property) l where l.field_group = p_group
$$;

select is(pg_temp.policy('rent'), 'newest_wins f all', 'there is a default');
select lead_sync.set_field_policy('rent_max', 'union', :'property');
select is(pg_temp.policy('rent', :'property'), 'union f property and field', 'a field''s group');
select is(pg_temp.policy('rent'), 'newest_wins f all', 'at that property alone');
select lead_sync.set_field_policy(null, 'domiq_wins', :'property');
select is(pg_temp.policy('rent', :'property'), 'union f property and field', 'the special wins');
select is(pg_temp.policy('email', :'property'), 'domiq_wins f property', 'the rest follows');
select lead_sync.set_field_policy('email', 'allow_blank', :'property');
select is(pg_temp.policy('email', :'property'), 'domiq_wins t property', 'blanks beside it');
select lead_sync.set_field_policy('rent', null, :'property');
select is(pg_temp.policy('rent', :'property'), 'domiq_wins f property', 'null removes it');

select throws_ok(format('select lead_sync.set_field_policy(%s)', a), c, m, 'refused: ' || m)
from (values ('''shoe_size'', ''union''', 'LS001', 'unknown field'),
  ('''rent'', ''best''', 'LS001', 'unknown policy'), ('null, null', 'LS001',
   'the last default cannot be removed'),
  ('''rent'', ''furthest_stage''', 'LS001', 'furthest_stage is for status alone'),
  ('null, ''furthest_stage''', 'LS001', 'furthest_stage is for status alone'),
  ('''source'', ''domiq_wins''', 'LS001', 'ResMan alone holds this field'),
  ('''rent'', ''union'', gen_random_uuid()', 'LS003', 'property has no integration'))
  as v(a, c, m);

-- the log
select is(string_agg(concat_ws(' ', old_value ->> 'policy', new_value ->> 'policy'), ', '
    order by id) filter (where what = 'field_policy' and (coalesce(old_value, new_value)
      ->> 'field_group') = 'rent'), 'union, union', 'set and removed')
from lead_sync_private.configuration_log where property_id = :'property';
update public.resman_integration set api_credentials = api_credentials || '{"kid": "other"}';
select is(format('%s %s', new_value -> 'credentials_changed',
    new_value::text || old_value::text like any (array['%nonce%', '%"ct"%'])), 'true f',
  'of credentials only that they changed')
from lead_sync_private.configuration_log where what = 'resman_integration'
order by id desc limit 1;

select * from finish();
rollback;
