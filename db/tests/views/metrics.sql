-- lead_sync.metrics
begin;
select plan(31);
\i db/tests/support/catalogue.psql
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql

-- surface
select results_eq(
  $$select name, type from pg_temp.columns_of('lead_sync.metrics')$$,
  $$values ('metric', 'text'), ('labels', 'jsonb'), ('value', 'double precision'),
    ('kind', 'text'), ('help', 'text')$$, 'its columns');
select view_owner_is('lead_sync', 'metrics', 'lead_sync_owner', 'it belongs to the package');
select table_privs_are('lead_sync', 'metrics', 'lead_sync_monitor', array['SELECT'],
  'lead_sync_monitor may read it');
select table_privs_are('lead_sync', 'metrics', 'public', array[]::text[], 'PUBLIC may not');
select is_empty($$select pg_temp.columns_without_comment('lead_sync.metrics')$$,
  'every column has a comment');

-- What a metric says, whatever its labels, in order.
create function pg_temp.said(p_metric text) returns text
language sql
as $$
  select coalesce(string_agg(trim(concat_ws(' ', (
    select string_agg(l.value, '/' order by l.key) from jsonb_each_text(m.labels) as l),
    round(m.value))), ', ' order by m.labels::text), '')
  from lead_sync.metrics m where m.metric = p_metric
$$;

-- nothing
select is(pg_temp.said('leadsync_items'), '', 'an empty queue has no groups');
select is(pg_temp.said(m), '0', 'none is said: ' || m)
from unnest(array['leadsync_expired_leases', 'leadsync_busy_runners',
  'leadsync_pull_lag_seconds', 'leadsync_pulled_leads_waiting']) as m;

-- the queue
select pg_temp.given_lead() as one, pg_temp.given_lead() as two, pg_temp.given_lead() as three
\gset
update public.lead_sync_queue set created_at = now() - interval '90 s'
where conversation_id = :'one';
select is(pg_temp.said('leadsync_items'), 'push/pending 3', 'what waits');
select is(pg_temp.said('leadsync_items_oldest_seconds'), 'push/pending 90', 'and how long');
update public.lead_sync_queue set status = 'processing', runner_id = 'r1',
  lease_until = clock_timestamp() - interval '1 s' where conversation_id = :'one';
update public.lead_sync_queue set status = 'processing', runner_id = 'r2',
  sync_operation = 'enrichment', lease_until = clock_timestamp() + interval '1 min'
where conversation_id = :'two';
update public.lead_sync_queue set status = 'failed' where conversation_id = :'three';
select is(pg_temp.said('leadsync_items'), 'push/failed 1, enrichment/processing 1, '
  'push/processing 1', 'what is in flight or dead');
select is(pg_temp.said('leadsync_items_oldest_seconds'), 'push/failed 0, enrichment/processing 0, '
  'push/processing 90', 'and since when');
select is(pg_temp.said('leadsync_expired_leases'), '1', 'whose lease has run out');
select is(pg_temp.said('leadsync_busy_runners'), '2', 'who holds them');
update public.lead_sync_queue set status = 'completed';
select is(pg_temp.said('leadsync_items'), '', 'what has ended is not told');

-- counters
select value as queued from lead_sync.metrics where metric = 'leadsync_items_queued_total' \gset
select value as claims from lead_sync.metrics where metric = 'leadsync_claims_total' \gset
select pg_temp.given_lead() as four \gset
select is(value - :queued, 1::double precision, 'an item more')
from lead_sync.metrics where metric = 'leadsync_items_queued_total';
select count(*) from lead_sync.claim_items('r', 1, '60 s');
select is(value - :claims, 1::double precision, 'a claim more')
from lead_sync.metrics where metric = 'leadsync_claims_total';
delete from public.lead_sync_queue;
select is(value - :queued, 1::double precision, 'neither falls')
from lead_sync.metrics where metric = 'leadsync_items_queued_total';
select set_eq('select metric from lead_sync.metrics where kind = ''counter''',
  array['leadsync_items_queued_total', 'leadsync_claims_total'], 'nothing else is a counter');

-- the log, conflicts, properties
delete from public.lead_sync_log;
insert into public.lead_sync_log (sync_direction, sync_status, sync_type, sync_data, created_at)
select 'to_resman', s, 'update', '{}', now() - a
from (values ('success', interval '59 min'), ('success', interval '0'), ('retry', interval '0'),
  ('failed', interval '61 min')) as v(s, a);
select is(pg_temp.said('leadsync_attempts_last_hour'), 'to_resman/retry 1, to_resman/success 2',
  'attempts of the last hour');
insert into public.lead_sync_conflicts (conversation_id, conflict_type, conflict_field,
  conflict_severity, resolution_status)
values (:'one', 'data_conflict', 'name', 'high', 'pending'),
  (:'one', 'data_conflict', 'rent', 'high', 'manual_review'),
  (:'one', 'data_conflict', 'pets', 'low', 'resolved');
select is(pg_temp.said('leadsync_open_conflicts'), 'high 2', 'conflicts that wait');
update public.resman_integration set sync_status = 'paused'
where property_id = pg_temp.property_of(:'two');
update public.resman_integration set sync_enabled = false
where property_id = pg_temp.property_of(:'three');
select is(pg_temp.said('leadsync_properties'), 'active 2, off 1, paused 1', 'integrations');

-- pulls
update public.resman_integration set sync_direction = 'bidirectional';
insert into lead_sync_private.pull_state (property_id, read_until)
select property_id, now() - interval '1 s' * case sync_status when 'active' then 300 else 900 end
from public.resman_integration
on conflict on constraint pk_pull_state do update set read_until = excluded.read_until;
select is(pg_temp.said('leadsync_pull_lag_seconds'), '300',
  'the pull that is furthest behind of those that go on');
insert into lead_sync_private.pulled_lead (property_id, resman_lead_id, lead, issued_at)
values (pg_temp.property_of(:'one'), 'L1', '{}', now());
select is(pg_temp.said('leadsync_pulled_leads_waiting'), '1', 'leads that were read');

-- tables
select set_eq(
  $$select m.labels ->> 'table', m.value from lead_sync.metrics m
    where m.metric = 'leadsync_table_bytes'$$,
  $$select t.relation, (t.table_bytes + t.index_bytes)::double precision
    from lead_sync.table_health t
    where t.relation ~ '^public\.' or t.relation in ('lead_sync_private.field_change',
      'lead_sync_private.lead_event')$$, 'tables that grow');
select is(count(*), 1::bigint, 'what is held back is told once')
from lead_sync.metrics where metric = 'leadsync_held_transactions';

-- for a collector
select is_empty($$select 1 from lead_sync.metrics group by metric, labels having count(*) > 1$$,
  'no figure twice');
select is_empty($$select metric from lead_sync.metrics group by metric
  having count(distinct (kind, help)) > 1$$, 'a metric is of one kind, and says one thing');

-- who may read it
set local role lead_sync_monitor;
select isnt_empty('select * from lead_sync.metrics', 'lead_sync_monitor reads it');
reset role;

select * from finish();
rollback;
