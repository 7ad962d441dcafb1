-- keep_custom_fields: what ResMan alone knows of a lead is kept on its conversation.
begin;
select plan(12);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.keep_custom_fields'),
  'void | volatile | enable_bitmapscan=off enable_hashjoin=off enable_mergejoin=off '
  'enable_seqscan=off jit=off | -',
  'no role may call it');

select pg_temp.given_lead() as lead, pg_temp.given_lead() as other \gset
create function pg_temp.kept(p_lead uuid, p_read jsonb) returns jsonb
language plpgsql
as $$
begin
  perform lead_sync_private.keep_custom_fields(p_lead, p_read);
  return (select c.resman_custom_fields from public.conversation c where c.id = p_lead);
end
$$;
-- How often the conversation was written.
create temporary table written (id uuid);
create function pg_temp.note_write() returns trigger
language plpgsql
as $$
begin
  insert into written values (new.id);
  return null;
end
$$;
create trigger note_write after update on public.conversation
  for each row execute function pg_temp.note_write();

-- edges: nothing to keep
select is(pg_temp.kept(:'lead', pg_temp.shown('{"events": [], "tour_at": null}')), null,
  'what DomIQ knows too, and what names the lead, is not kept');
select is(count(*), 0::bigint, 'and nothing is written') from written;

-- happy path
select is(pg_temp.kept(:'lead', pg_temp.shown('{"events": [], "source": {"id": "S1"},
    "agent": {"id": "A1"}, "parking": "two cars"}')),
  '{"source": {"id": "S1"}, "agent": {"id": "A1"}, "parking": "two cars"}',
  'what ResMan alone knows is');
select is(count(*), 1::bigint, 'it is written once') from written;
select is(pg_temp.kept(:'lead', pg_temp.shown('{"source": {"id": "S1"}, "agent": {"id": "A1"},
  "parking": "two cars"}')) ->> 'parking', 'two cars', 'the same again');
select is(count(*), 1::bigint, 'is not written') from written;

-- edges: absent says nothing, null says blank
select is(pg_temp.kept(:'lead', '{"lead_id": "R1", "source": {"id": "S2"}, "agent": null}'),
  '{"source": {"id": "S2"}, "parking": "two cars"}',
  'what was not observed stays, what is blank goes');
select is(pg_temp.kept(:'lead', '{"source": null, "parking": null}'), '{}', 'all of it');
update public.conversation set resman_custom_fields = '"text"' where id = :'lead';
select is(pg_temp.kept(:'lead', '{"source": {"id": "S1"}}'), '{"source": {"id": "S1"}}',
  'what is no object is replaced');
select is(c.resman_custom_fields, null, 'no other conversation is written')
from public.conversation c where c.id = :'other';
select lives_ok($$select lead_sync_private.keep_custom_fields(gen_random_uuid(),
  '{"source": {"id": "S1"}}')$$, 'a conversation that is gone is no error');

select * from finish();
rollback;
