-- list_field_policies: the policy of every group, and how it was set.
begin;
select plan(15);
\i db/tests/support/fixtures.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync.list_field_policies'), 'TABLE(field_group text, '
  'fields text[], policy text, allow_blank boolean, set_for text) | stable definer | - | '
  'lead_sync_service', 'who may call it');

select pg_temp.given_property() as property, pg_temp.given_property() as other \gset
create function pg_temp.policy(p_group text, p_property uuid default null) returns text
language sql
as $$
  select concat_ws(' ', l.policy, l.allow_blank, l.set_for)
  from lead_sync.list_field_policies(p_property) l where l.field_group = p_group
$$;
create function pg_temp.given_policy(p_property uuid, p_group text, p_policy text,
  p_blank boolean default null) returns void
language sql
as $$
  insert into lead_sync_private.field_policy (property_id, field_group, policy, allow_blank)
  values (p_property, p_group, p_policy, p_blank)
$$;

-- happy path: every group once, in order, with its fields
select is(array_agg(concat_ws(' ', l.field_group, array_to_string(l.fields, ',')) order by n),
  array['name first_name,last_name', 'email email', 'phone phone', 'status status',
    'move_in_date move_in_date', 'rent rent_min,rent_max', 'bedrooms bedrooms',
    'occupants occupants', 'pets pets', 'comment comment', 'tour tour_at', 'source source',
    'agent agent', 'lost_reason lost_reason'], 'the groups')
from lead_sync.list_field_policies() with ordinality
  as l(field_group, fields, policy, allow_blank, set_for, n);
select is(pg_temp.policy('email'), 'newest_wins f all', 'the default');
select is(pg_temp.policy('status'), 'furthest_stage f field', 'a group''s own');

-- happy path: at a property
select pg_temp.given_policy(:'property', null, 'domiq_wins');
select is(pg_temp.policy(g, :'property'), 'domiq_wins f property', g || ': the property''s')
from unnest(array['email', 'status']) as g;
select pg_temp.given_policy(:'property', 'status', 'resman_wins');
select is(pg_temp.policy('status', :'property'), 'resman_wins f property and field',
  'that group''s there');
select is(pg_temp.policy('email', :'property'), 'domiq_wins f property', 'of that group alone');
select is(pg_temp.policy('status', :'other'), 'furthest_stage f field', 'there alone');
select is(pg_temp.policy('status'), 'furthest_stage f field', 'not for all');

-- edges: a row that says of blanks only is not how the policy was set
select pg_temp.given_policy(:'property', 'email', null, true);
select is(pg_temp.policy('email', :'property'), 'domiq_wins t property', 'blanks apart');
select pg_temp.given_policy(:'other', null, null, true);
select is(pg_temp.policy('email', :'other'), 'newest_wins t all', 'for a property too');
select pg_temp.given_policy(null, 'phone', null, true);
select is(pg_temp.policy('phone', :'property'), 'domiq_wins t property',
  'where a property says nothing of blanks the group''s counts');

-- edges
select is(count(*), 14::bigint, 'a property that is not there has the defaults')
from lead_sync.list_field_policies(gen_random_uuid());
delete from lead_sync_private.field_policy;
select is(pg_temp.policy('email'), '', 'without any policy the groups are listed still');

select * from finish();
rollback;
