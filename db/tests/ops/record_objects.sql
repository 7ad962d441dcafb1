-- record_objects: what the code's files have just made goes on record; what they left alone stays.
begin;
select plan(20);
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.record_objects'), 'void | volatile | - | -',
  'no role may call it');

-- How the record differs from what is there, by kind and name.
create function pg_temp.differs() returns text
language sql
as $$
  select coalesce(string_agg(concat_ws(' ', case when d.kind is null then 'gone'
      when i.kind is null then 'new' else 'changed' end, coalesce(d.kind, i.kind),
      coalesce(d.name, i.name)), ', ' order by coalesce(d.kind, i.kind), coalesce(d.name, i.name)),
    'nothing')
  from lead_sync_private.describe_objects() d
  full join lead_sync_private.installed_object i on i.kind = d.kind and i.name = d.name
  where (d.definition, d.belongs_to) is distinct from (i.definition, i.belongs_to)
$$;
-- The same, once code was loaded of which these views and triggers were left alone.
create function pg_temp.differs_after(p_kept text default '[]') returns text
language plpgsql
as $$
begin
  perform set_config('lead_sync.code_kept', p_kept, true);
  perform lead_sync_private.record_objects();
  return pg_temp.differs();
end
$$;

-- happy path
select is(pg_temp.differs(), 'nothing', 'what was loaded is on record');
create temporary table before as
select i.*, i.ctid::text as place from lead_sync_private.installed_object i;
select is(pg_temp.differs_after(), 'nothing', 'again');
select is_empty($$select * from lead_sync_private.installed_object i
  where not exists (select from before b where b.kind = i.kind and b.name = i.name
    and b.place = i.ctid::text)$$, 'and nothing is written');
select is(min(server_major), current_setting('server_version_num')::integer / 10000,
  'under the version of now') from lead_sync_private.installed_object;

-- code that was loaded: what it made anew, made, and dropped
create or replace function lead_sync_private.retry_delay(p_failures integer) returns interval
language sql as 'select interval ''1 s''';
create function lead_sync_private.newly() returns int language sql as 'select 1';
drop function lead_sync.purge_archive(timestamptz);
drop trigger trigger_log_field_policy on lead_sync_private.field_policy;
select isnt(pg_temp.differs(), 'nothing', 'changed code differs');
select is(pg_temp.differs_after(''), 'nothing', 'and is on record once it was loaded');
select ok(not exists (select from lead_sync_private.installed_object
  where name like 'lead\_sync.purge\_archive(%' or name like 'trigger\_log\_field%'),
  'what is no more of the code is off it');

-- a new version of the server
update lead_sync_private.installed_object set server_major = 13, definition = definition || '!'
where kind = 'index';
select is(pg_temp.differs_after(), 'nothing', 'definitions of an older version are written anew');
select is(min(server_major), current_setting('server_version_num')::integer / 10000, 'with theirs')
from lead_sync_private.installed_object;

-- tables: nothing is forgotten
drop index public.idx_lead_sync_queue_ready;
alter table public.lead_sync_queue drop constraint chk_retry_count;
drop table public.lead_sync_queue_archive cascade;
create table lead_sync_private.newly_too (id int);
select matches(pg_temp.differs_after(), 'gone index public.idx_lead_sync_queue_ready',
  'an index that somebody dropped must not go unnoticed');
select matches(pg_temp.differs(), 'gone constraint chk_retry_count on public.lead_sync_queue',
  'nor a constraint');
select matches(pg_temp.differs(), 'gone table public.lead_sync_queue_archive', 'nor a table');
select unalike(pg_temp.differs(), '%new %', 'one that is new goes on record');
delete from lead_sync_private.installed_object i where not exists (
  select from lead_sync_private.describe_objects() d where d.kind = i.kind and d.name = i.name);
select is(pg_temp.differs(), 'nothing', 'until its row is taken out');

-- what the loader left alone may have been changed by hand: the record stays
create or replace trigger trigger_log_integration after insert on public.resman_integration
  for each row execute function lead_sync_private.log_configuration();
do $$ begin
  execute 'create or replace view lead_sync.dead_letters as '
    || rtrim(pg_get_viewdef('lead_sync.dead_letters'::regclass), ';') || ' limit 0';
end $$;
revoke select on lead_sync.dead_letters from lead_sync_monitor;
grant select on lead_sync.dead_letters to lead_sync_service;
select pg_temp.differs() as by_hand \gset
select is(:'by_hand'::text, 'gone grant select on table lead_sync.dead_letters to '
  'lead_sync_monitor, '
  'new grant select on table lead_sync.dead_letters to lead_sync_service, '
  'changed trigger trigger_log_integration on public.resman_integration, '
  'changed view lead_sync.dead_letters', 'changed by hand');
select is(pg_temp.differs_after('["dead_letters", "trigger_log_integration"]'), :'by_hand'::text,
  'what the loader left alone is not taken as loaded');
select is(pg_temp.differs_after('["log_integration", "letters", "drift"]'), 'nothing',
  'what it loaded is, whatever else was left alone');
drop trigger trigger_log_integration on public.resman_integration;
select is(pg_temp.differs_after('["trigger_log_integration"]'),
  'gone trigger trigger_log_integration on public.resman_integration',
  'one that was dropped by hand is missed');
create trigger trigger_log_property after insert on lead_sync_private.property_setting
  for each row execute function lead_sync_private.log_configuration();
select is(pg_temp.differs_after('["trigger_log_integration", "trigger_log_property"]'),
  'gone trigger trigger_log_integration on public.resman_integration',
  'and a new one is on record, as its file has just made it');

select * from finish();
rollback;
