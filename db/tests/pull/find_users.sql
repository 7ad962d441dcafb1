-- find_users: who has this e-mail, or this telephone number.
begin;
select plan(9);
\i db/tests/support/fixtures.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.find_users'),
  'SETOF uuid | stable | enable_seqscan=off jit=off | -', 'no role may call it');

select pg_temp.given_user('Ann', 'Lee', ' Ann@Example.com ', '(303) 555-0177') as ann,
  pg_temp.given_user('Bob', 'Lee', 'bob@example.com', '020 7946 0018') as bob,
  pg_temp.given_user('Nil', 'Lee', null, null) as nil \gset
create function pg_temp.found(p_email text, p_phone text, p_country text default '1')
returns text
language sql
as $$
  select coalesce(string_agg(u.first_name, ' ' order by u.first_name), '')
  from public."user" u
  where u.id in (select lead_sync_private.find_users(p_email, p_phone, p_country))
$$;

-- happy path
select is(pg_temp.found('ann@example.com', null), 'Ann', 'whatever the case of the e-mail');
select is(pg_temp.found(null, '+13035550177'), 'Ann', 'however the number is written');
select is(pg_temp.found(null, '+442079460018', '44'), 'Bob', 'with the country');
select is(pg_temp.found('bob@example.com', '+13035550177'), 'Ann Bob', 'either will do');
select is(array(select lead_sync_private.find_users('ann@example.com', '+13035550177', '1')),
  array[:'ann'::uuid], 'each once');

-- edges
select is(pg_temp.found(null, null), '', 'null looks for none, not for blanks');
select is(pg_temp.found(null, '+12125550177'), '', 'the last digits alone are not enough');
select is(pg_temp.found('ann@example.co', null), '', 'nor is a part of the e-mail');

select * from finish();
rollback;
