-- create_pulled: a conversation, and a user where none is known, for a lead of ResMan's.
begin;
select plan(16);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.create_pulled'), 'jsonb | volatile | - | -',
  'no role may call it');

select pg_temp.given_pulling() as property, pg_temp.given_pulling() as shadowed,
  pg_temp.given_property() as bare, pg_temp.given_user() as "user" \gset
create function pg_temp.make(p_property uuid, p_user uuid, p_values jsonb default '{}')
returns jsonb
language sql
as $$
  select lead_sync_private.create_pulled(p_property, p_user,
    pg_temp.shown('{"email": " ANN@example.com", "phone": "303-555-0177"}' || p_values),
    clock_timestamp(), null)
$$;

-- edges: where nothing is made
select pg_temp.given_setting(:'shadowed', 'write_mode', '"shadow"');
select is(pg_temp.make(:'shadowed', null), '{"outcome": "unchanged", "why": "shadow"}',
  'shadow writes nothing');
select results_eq('select sync_direction::text, sync_type::text, resman_lead_id::text,
    sync_data - ''conversation_id'' from public.lead_sync_log',
  $$values ('from_resman', 'create', 'R1', lead_sync_private.shadow_data('create', null))$$,
  'but its log');
select is(pg_temp.make(:'bare', null), '{"outcome": "suppressed", "why": "no chatbot"}',
  'a property without a chatbot');
select is(q.error_code, 'no_chatbot', 'leaves a dead letter') from public.lead_sync_queue q
where q.property_id = :'bare' and q.status = 'failed' and q.resman_lead_id = 'R1';
select is(pg_temp.make(:'property', null, '{"move_in_date": "nonsense"}') ->> 'outcome',
  'suppressed', 'a lead that DomIQ does not take');
select is(current_setting('lead_sync.applying', true), '', 'is no longer being applied');
select is(q.error_code, 'field_mismatch', 'leaves one too') from public.lead_sync_queue q
where q.property_id = :'property' and q.status = 'failed' and q.resman_lead_id = 'R1';
select is(count(*), 0::bigint, 'and no user') from public."user"
where email = 'ann@example.com';

-- happy path
select pg_temp.make(:'property', null) as made \gset
select is(:'made'::jsonb ->> 'outcome', 'created', 'a stranger is made');
select is(current_setting('lead_sync.applying', true), '', 'and that is over');
select results_eq('select c.id, u.email::text, u.phone::text, m.property_id
    from public.lead_sync_mapping m join public.conversation c on c.id = m.conversation_id
    join public."user" u on u.id = c.user_id',
  format('values (%L::uuid, ''ann@example.com'', ''+13035550177'', %L::uuid)',
    :'made'::jsonb ->> 'conversation_id', :'property'), 'with contacts in their normal form');
select is(count(*), 0::bigint, 'complete, so that nothing is left to pull')
from lead_sync_private.field_change;
select is(count(*), 0::bigint, 'and is not pushed back') from public.lead_sync_queue
where sync_operation = 'push' and status = 'pending';

select pg_temp.make(:'property', null, '{"lead_id": "R3", "email": "c@example.com",
  "phone": "3035550178", "comment": "called us"}') ->> 'conversation_id' as called \gset
select is(count(*), 1::bigint, 'ResMan''s comment is no summary to be told there')
from lead_sync_private.lead_event e where e.conversation_id = :'called'
  and e.key = lead_sync_private.hash_key('summary', :'called', 'called us');

-- edges: the user is known
select pg_temp.make(:'property', :'user', '{"lead_id": "R2"}') as known \gset
select is(c.user_id, :'user', 'the conversation is the user''s') from public.conversation c
where c.id = (:'known'::jsonb ->> 'conversation_id')::uuid;

select * from finish();
rollback;
