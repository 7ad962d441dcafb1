-- find_policy: the most specific policy of a group, and of blanks.
begin;
select plan(16);
\i db/tests/support/fixtures.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.find_policy'), 'record | stable | - | -',
  'no role may call it');

select pg_temp.given_property() as property, pg_temp.given_property() as other \gset
delete from lead_sync_private.field_policy;
create function pg_temp.found(p_group text, p_property uuid) returns text
language sql
as $$
  select concat_ws(' ', p.policy, p.allow_blank)
  from lead_sync_private.find_policy(p_group, p_property) as p
$$;
create function pg_temp.given_policy(p_property uuid, p_group text, p_policy text,
  p_blank boolean) returns void
language sql
as $$
  insert into lead_sync_private.field_policy (property_id, field_group, policy, allow_blank)
  values (p_property, p_group, p_policy, p_blank)
$$;

select is(pg_temp.found('rent', :'property'), '', 'none is set');
select pg_temp.given_policy(null, null, 'newest_wins', false);
select is(pg_temp.found('rent', :'property'), 'newest_wins f', 'the default');
select pg_temp.given_policy(null, 'rent', 'union', null);
select is(pg_temp.found('rent', :'property'), 'union f', 'the group''s, and the default''s');
select is(pg_temp.found('email', :'property'), 'newest_wins f', 'of that group alone');
select pg_temp.given_policy(:'property', null, 'domiq_wins', null);
select is(pg_temp.found('rent', :'property'), 'domiq_wins f', 'the property''s goes before');
select is(pg_temp.found('email', :'property'), 'domiq_wins f', 'for every group');
select is(pg_temp.found('rent', :'other'), 'union f', 'at that property alone');
select is(pg_temp.found('rent', null), 'union f', 'for all it is no matter');
select pg_temp.given_policy(:'property', 'rent', null, true);
select is(pg_temp.found('rent', :'property'), 'domiq_wins t', 'each of the two by itself');
select is(pg_temp.found('email', :'property'), 'domiq_wins f', 'of that group alone, again');
select pg_temp.given_policy(:'property', 'email', 'manual_review', false);
select is(pg_temp.found('email', :'property'), 'manual_review f', 'property and group first');
select is(pg_temp.found('email', :'other'), 'newest_wins f', 'not elsewhere');
update lead_sync_private.field_policy set allow_blank = true where property_id = :'property';
select is(pg_temp.found('email', :'property'), 'manual_review t', 'a blank may be allowed');
select is(pg_temp.found('email', null), 'newest_wins f', 'the default stays');
select is(pg_temp.found('no_such', :'other'), 'newest_wins f', 'also for a group nobody knows');

select * from finish();
rollback;
