-- describe_objects: what the package consists of, as the catalogue has it.
begin;
select plan(31);
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.describe_objects'),
  'TABLE(kind text, name text, belongs_to text, definition text) | stable | - | -',
  'no role may call it');

create function pg_temp.described(p_kind text, p_name text) returns text
language sql
as $$
  select coalesce(string_agg(concat_ws(' | ', d.belongs_to, d.definition), ', '), 'nothing')
  from lead_sync_private.describe_objects() d where d.kind = p_kind and d.name = p_name
$$;

-- happy path
select is(pg_temp.described(kind, name), said, format('%s %s', kind, name))
from (values
  ('table', 'public.lead_sync_queue', 'table'), ('table', 'lead_sync_private.follower', 'table'),
  ('table', 'public.conversation', 'nothing'),
  ('column', 'public.lead_sync_conflicts.times_seen',
   'public.lead_sync_conflicts | integer default 1 not null'),
  ('column', 'lead_sync_private.follower.mapping_id', 'lead_sync_private.follower | uuid not null'),
  ('column', 'public.conversation.resman_lead_id', 'public.conversation | character varying(100)'),
  ('column', 'public.conversation.status', 'nothing'),
  ('column', 'public.lead_sync_queue.ctid', 'nothing'),
  ('index', 'lead_sync_private.idx_follower_mapping', 'lead_sync_private.follower | CREATE INDEX '
   'idx_follower_mapping ON lead_sync_private.follower USING btree (mapping_id)'),
  ('index', 'lead_sync_private.pk_follower', 'nothing'),
  ('index', 'public.idx_conversation_resman_lead_id', 'public.conversation | CREATE INDEX '
   'idx_conversation_resman_lead_id ON public.conversation USING btree (resman_lead_id)'),
  ('index', 'public.idx_conversation_user', 'nothing'),
  ('constraint', 'pk_follower on lead_sync_private.follower',
   'lead_sync_private.follower | PRIMARY KEY (conversation_id)'),
  ('constraint', 'chk_resman_sync_version on public.conversation',
   'public.conversation | CHECK ((resman_sync_version >= 0))'),
  ('constraint', 'conversation_pkey on public.conversation', 'nothing'),
  ('trigger', 'trigger_log_field_policy on lead_sync_private.field_policy',
   'lead_sync_private.field_policy | CREATE TRIGGER trigger_log_field_policy AFTER INSERT OR '
   'DELETE OR UPDATE ON lead_sync_private.field_policy FOR EACH ROW EXECUTE FUNCTION '
   'lead_sync_private.log_configuration()'),
  ('grant', 'execute on function lead_sync.next_wakeup() to lead_sync_runner',
   'lead_sync.next_wakeup() | execute')) as v(kind, name, said);
select is(pg_temp.described('routine', 'lead_sync.next_wakeup()'),
  encode(sha256(convert_to(pg_get_functiondef('lead_sync.next_wakeup()'::regprocedure), 'UTF8')),
    'hex'), 'of a routine the hash of its definition');
set local search_path = pg_catalog;
select encode(sha256(convert_to(pg_get_viewdef('lead_sync.dead_letters'::regclass), 'UTF8')),
  'hex') as view_hash \gset
set local search_path = public, tap;
select is(pg_temp.described('view', 'lead_sync.dead_letters'), :'view_hash', 'and of a view');
select is_empty($$select kind, name, count(*) from lead_sync_private.describe_objects()
  group by kind, name having count(*) > 1$$, 'each is named once');
select set_eq($$select kind, name, belongs_to, definition
    from lead_sync_private.describe_objects()$$,
  $$select kind, name, belongs_to, definition from lead_sync_private.installed_object$$,
  'what there is is what is on record');

-- edges: what others make
create role chk_person;
create function public.theirs() returns int language sql as 'select 1';
create view public.their_view as select 1 as x;
create index of_the_dba on public.conversation (source);
alter table public.conversation add column theirs int, add constraint chk_theirs check (theirs > 0);
grant select on lead_sync.dead_letters to chk_person;
select is(pg_temp.described(kind, name), 'nothing', format('not ours: %s %s', kind, name))
from (values ('routine', 'public.theirs()'), ('view', 'public.their_view'),
  ('index', 'public.of_the_dba'), ('column', 'public.conversation.theirs'),
  ('constraint', 'chk_theirs on public.conversation'),
  ('grant', 'select on table lead_sync.dead_letters to chk_person')) as v(kind, name);
create index of_the_dba_too on public.lead_sync_log (item_id);
select is(pg_temp.described('index', 'public.of_the_dba_too'), 'public.lead_sync_log | CREATE '
  'INDEX of_the_dba_too ON public.lead_sync_log USING btree (item_id)', 'on a table of ours all count');
alter function public.archive_old_sync_logs owner to chk_person;
select ok(exists (select from lead_sync_private.describe_objects()
  where kind = 'routine' and name like '%archive_old_sync_logs(%'),
  'one of ours whose owner was changed in this transaction');
alter table public.lead_sync_queue drop column error_code cascade;
select is_empty($$select * from lead_sync_private.describe_objects()
  where kind = 'column' and name like 'public.lead_sync_queue.%dropped%'$$,
  'a column that was dropped');

select * from finish();
rollback;
