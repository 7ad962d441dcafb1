-- is_creating: whether a push may be making a lead with one of these contacts.
begin;
select plan(13);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.is_creating'),
  'boolean | stable | enable_seqscan=off | -', 'no role may call it');

select pg_temp.given_lead() as lead, pg_temp.given_lead() as other \gset
select pg_temp.property_of(:'lead') as property, pg_temp.property_of(:'other') as elsewhere \gset
create function pg_temp.creating(p_property uuid, p_contacts text, p_but uuid default null)
returns boolean
language sql
as $$ select lead_sync_private.is_creating(p_property, p_contacts::text[], p_but) $$;

-- nobody
select is(pg_temp.creating(:'property', '{email:a@example.com}'), false, 'nothing is reserved');

-- happy path
insert into lead_sync_private.create_intent (property_id, contact, conversation_id)
values (:'property', 'email:a@example.com', :'lead');
select is(pg_temp.creating(:'property', '{email:a@example.com}'), true, 'one that is reserved');
select is(pg_temp.creating(:'property', '{email:b@example.com,email:a@example.com}'), true,
  'one of several');
select is(pg_temp.creating(:'property', '{email:b@example.com,NULL}'), false, 'not another one');
select is(pg_temp.creating(:'elsewhere', '{email:a@example.com}'), false,
  'nor at another property');
select is(pg_temp.creating(:'property', '{email:a@example.com}', :'lead'), false,
  'nor the holder''s own');
select is(pg_temp.creating(:'property', '{email:a@example.com}', :'other'), true,
  'for anybody else it is');

-- edges: a holder that is heard of no more
update lead_sync_private.create_intent set created_at = clock_timestamp() - interval '61 min';
create function pg_temp.creating_when(p_lead uuid, p_status text) returns boolean
language plpgsql
as $$
begin
  update public.lead_sync_queue set status = p_status where conversation_id = p_lead;
  return pg_temp.creating(pg_temp.property_of(p_lead), '{email:a@example.com}');
end
$$;
select is(pg_temp.creating_when(:'lead', s), true, 'as long as its item is ' || s)
from unnest(array['pending', 'processing']) as s;
select is(pg_temp.creating_when(:'lead', s), false, 'not an hour after it was ' || s)
from unnest(array['cancelled', 'failed']) as s;
update lead_sync_private.create_intent set created_at = clock_timestamp();
select is(pg_temp.creating_when(:'lead', 'failed'), true, 'until then it is');

select * from finish();
rollback;
