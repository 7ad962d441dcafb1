-- forbid_value: what forbids that both sides of a link are brought to a value.
begin;
select plan(13);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.forbid_value'), 'text | stable | - | -',
  'no role may call it');

select pg_temp.given_lead('{"status": "contacted"}') as lead,
  pg_temp.given_lead() as other \gset
select pg_temp.given_mapping(:'lead') as mapping \gset
update public.resman_integration set sync_direction = 'bidirectional';
create function pg_temp.forbidden(p_mapping uuid, p_group text, p_value jsonb,
  p_seen jsonb default null, p_base jsonb default '{}') returns text
language plpgsql
as $$
declare
  v_mapping public.lead_sync_mapping;
begin
  select m.* into v_mapping from public.lead_sync_mapping m where m.id = p_mapping;
  v_mapping.resman_seen := p_seen;
  v_mapping.resman_base := p_base;
  return lead_sync_private.forbid_value(v_mapping,
    lead_sync_private.weigh_link(v_mapping, p_group), p_value);
end
$$;

-- happy path
select is(pg_temp.forbidden(:'mapping', 'email', '{"email": "a@example.com"}',
  '{"email": "b@example.com", "status": "Prospect"}'), null, 'a prospect may be written');

-- a guard: of the lead as ResMan last showed it, else as it last agreed
select is(pg_temp.forbidden(:'mapping', 'email', '{"email": "a@example.com"}', seen, base),
  expected, format('seen %s, base %s', seen, base))
from (values
  ('{"email": "b@example.com", "status": " Applicant "}'::jsonb, '{}'::jsonb,
   'ResMan holds an applicant or resident'),
  ('{"email": "b@example.com"}', '{"status": "current_resident"}',
   'ResMan holds an applicant or resident'),
  (null, '{"email": "b@example.com", "status": "application"}',
   'ResMan holds an applicant or resident'),
  ('{"email": "b@example.com", "status": "prospect"}', '{"status": "applicant"}', null),
  ('{"email": "b@example.com"}', '{}', null)) as v(seen, base, expected);
select is(pg_temp.forbidden(:'mapping', 'email', '{"email": "b@example.com"}',
  '{"email": "b@example.com", "status": "applicant"}'), null,
  'an applicant''s contact may be taken');
update public.resman_integration set sync_direction = 'from_resman';
select is(pg_temp.forbidden(:'mapping', 'rent', '{"rent_max": 5}', '{"rent_max": 6}'),
  'direction from_resman', 'the direction');
update public.resman_integration set sync_direction = 'bidirectional';

-- the evidence
update public.conversation set status = 'odd' where id = :'lead';
select is(pg_temp.forbidden(:'mapping', 'status', '{"status": "lost"}', '{"status": "lost"}'),
  'DomIQ holds a value of its own', 'what DomIQ holds that nobody can read');

-- shadow mode
select pg_temp.given_setting(pg_temp.property_of(:'other'), 'write_mode', '"shadow"');
select is(pg_temp.forbidden(:'mapping', 'rent', '{"rent_max": 5}'), null,
  'another property''s mode is no matter');
select pg_temp.given_setting(pg_temp.property_of(:'lead'), 'write_mode', '"shadow"');
select is(pg_temp.forbidden(:'mapping', 'rent', '{"rent_max": 5}'),
  'the property is in shadow mode', 'in shadow mode nothing is written');
select is(pg_temp.forbidden(:'mapping', 'rent', '{"rent_max": 5}', '{"rent_max": 5}'),
  'the property is in shadow mode', 'to either side');

select * from finish();
rollback;
