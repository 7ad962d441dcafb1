-- refuse_pulled: a lead of which nobody can tell who it is.
begin;
select plan(15);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.refuse_pulled'),
  'jsonb | volatile | enable_bitmapscan=off enable_hashjoin=off enable_mergejoin=off '
  'enable_seqscan=off jit=off | -',
  'no role may call it');

select pg_temp.given_pulling() as property, pg_temp.given_pulling() as elsewhere,
  pg_temp.given_user() as "user" \gset
select pg_temp.given_conversation(:'user', :'property', '{"created_at": "2026-01-02"}')
  as newer,
  pg_temp.given_conversation(:'user', :'property', '{"created_at": "2026-01-01"}') as older,
  pg_temp.given_conversation(:'user', :'elsewhere', '{"created_at": "2026-01-03"}')
  as away \gset
create function pg_temp.refuse(p_property uuid, p_found jsonb, p_values jsonb default '{}')
returns jsonb
language sql
as $$
  select lead_sync_private.refuse_pulled(p_property, '{"why": "because"}' || p_found,
    pg_temp.shown('{"events": []}' || p_values), null)
$$;

-- happy path
select pg_temp.refuse(:'property', jsonb_build_object('user_id', :'user')) as refused \gset
select :'refused'::jsonb #>> '{conflict_ids,0}' as conflict \gset
select is(:'refused'::jsonb, jsonb_build_object('outcome', 'conflict', 'conversation_id',
  :'newer', 'conflict_ids', jsonb_build_array(:'conflict')),
  'a conflict with the user''s newest conversation at the property');
select results_eq('select id, conversation_id, property_id, resman_lead_id::text,
    conflict_type::text, conflict_field::text, conflict_severity::text,
    resolution_status::text, domiq_value, resman_value, times_seen
    from public.lead_sync_conflicts',
  format('values (%L::uuid, %L::uuid, %L::uuid, ''R1'', ''duplicate_lead'', ''identity R1'',
    ''critical'', ''pending'', %L::jsonb, pg_temp.shown(), 1)', :'conflict', :'newer',
    :'property', jsonb_build_object('user_id', :'user')), 'it is critical and tells of both');
select is(pg_temp.logged(:'newer'), 'update conflict duplicate_lead', 'it is logged');

-- edges: seen again
select is(pg_temp.refuse(:'property', jsonb_build_object('user_id', :'user'),
  '{"first_name": "Anna"}') -> 'conflict_ids', jsonb_build_array(:'conflict'),
  'once for each lead');
select is(k.times_seen || ' ' || (k.resman_value ->> 'first_name') || ' '
  || (k.resman_value ? 'events'), '2 Anna false', 'as last seen')
from public.lead_sync_conflicts k;
select is(pg_temp.logged(:'newer'), 'update conflict duplicate_lead', 'and logged once');
update public.lead_sync_conflicts set resolution_status = 'manual_review',
  last_seen_at = '2026-01-01';
select is(pg_temp.refuse(:'property', jsonb_build_object('user_id', :'user'))
  #>> '{conflict_ids,0}', :'conflict', 'one that a person looks at too');
select is(last_seen_at > '2026-01-01', true, 'with the time') from public.lead_sync_conflicts;

-- edges: other questions
select isnt(pg_temp.refuse(:'property', jsonb_build_object('user_id', :'user'),
  '{"lead_id": "R2"}') #>> '{conflict_ids,0}', :'conflict', 'another lead is another');
select is(pg_temp.refuse(:'property', jsonb_build_object('user_id', :'user',
  'conversation_id', :'older'), '{"lead_id": "R3"}') ->> 'conversation_id', :'older',
  'a conversation that was found is kept');
select isnt(pg_temp.refuse(:'elsewhere', jsonb_build_object('user_id', :'user'))
  #>> '{conflict_ids,0}', :'conflict', 'and so is another property');
select is(k.conversation_id, :'away', 'with its own conversation')
from public.lead_sync_conflicts k where k.property_id = :'elsewhere';
update public.lead_sync_conflicts set resolution_status = 'resolved',
  resolved_at = now() where id = :'conflict';
select isnt(pg_temp.refuse(:'property', jsonb_build_object('user_id', :'user'))
  #>> '{conflict_ids,0}', :'conflict', 'one that was resolved is asked anew');
select is(count(*), 0::bigint, 'no link is made') from public.lead_sync_mapping;

select * from finish();
rollback;
