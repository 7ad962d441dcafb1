-- end_missing: a lead that an explicit read does not find, once and twice.
begin;
select plan(22);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.end_missing'),
  'text | volatile | enable_seqscan=off jit=off | -',
  'no role may call it');

create function pg_temp.end_missing(p_lead uuid, p_mapping uuid) returns text
language sql
as $$
  select lead_sync_private.end_missing(q, q.state, jsonb_build_object('code', 'lead_missing',
    'message', 'in words', 'mapping_id', p_mapping))
  from pg_temp.item(p_lead) q
$$;
create function pg_temp.waits(p_lead uuid) returns text
language sql
as $$
  select concat_ws(' ', q.status, q.error_code, q.error_message, q.retry_count,
    q.next_retry_at between now() + interval '100 s' and clock_timestamp() + interval '100 s')
  from pg_temp.item(p_lead) q
$$;

-- happy path: once
select pg_temp.given_lead() as lead, pg_temp.given_lead() as other \gset
select pg_temp.given_setting(pg_temp.property_of(l), 'settle_time', '100')
from unnest(array[:'lead', :'other']::uuid[]) as l;
select pg_temp.given_mapping(:'lead', '{"updated_at": "2020-01-01"}') as mapping,
  pg_temp.given_mapping(:'other') as other_mapping \gset
select pg_temp.claim(:'lead');
select is(pg_temp.end_missing(:'lead', :'mapping'), 'retry', 'once is a retry');
select is(pg_temp.waits(:'lead'), 'pending lead_missing in words 1 t',
  'counted, after the settle time');
select collect_tap(
  is(m.missing_reads, 1, 'the link has been missed once'),
  is(m.mapping_status, 'active', 'and stands'),
  ok(m.updated_at between now() and clock_timestamp(), 'the row says when it was written'))
from public.lead_sync_mapping m where m.id = :'mapping';

-- twice
select is(pg_temp.end_missing(:'lead', :'mapping'), 'failed', 'twice is a dead letter');
select results_eq(format('select status::text, error_code::text, error_message, retry_count '
  'from pg_temp.item(%L)', :'lead'),
  $$values ('failed', 'lead_missing', 'in words', 1)$$, 'whatever retries are left');
select collect_tap(
  is(m.missing_reads, 2, 'the link has been missed twice'),
  is(m.mapping_status, 'deleted', 'and is no more'))
from public.lead_sync_mapping m where m.id = :'mapping';
select is(pg_temp.logged(:'lead'), 'update retry lead_missing, update failed lead_missing',
  'the log has both');
select is(m.missing_reads || m.mapping_status, '0active', 'other links stand')
from public.lead_sync_mapping m where m.id = :'other_mapping';

-- edges: an acknowledged create that a read cannot see yet
select pg_temp.claim(:'other');
select is(pg_temp.end_missing(:'other', null), 'retry', 'a lead just created is looked for');
select is(pg_temp.waits(:'other'), 'pending lead_missing in words 1 t',
  'counted, after the settle time');
select is(pg_temp.end_missing(:'other', null), 'retry', 'again');
select is(pg_temp.end_missing(:'other', null), 'retry', 'and again');
select is(pg_temp.end_missing(:'other', null), 'failed', 'until no retry is left');

-- the last retry
select pg_temp.given_lead() as lead \gset
select pg_temp.given_mapping(:'lead') as mapping \gset
update public.lead_sync_queue set max_retries = 0 where conversation_id = :'lead';
select is(pg_temp.end_missing(:'lead', :'mapping'), 'failed',
  'without a retry once is a dead letter');
select is(m.mapping_status, 'active', 'but the link stands')
from public.lead_sync_mapping m where m.id = :'mapping';

-- a link that is gone
select pg_temp.given_lead() as lead \gset
select is(pg_temp.end_missing(:'lead', gen_random_uuid()), 'failed',
  'a link that is gone fails');

-- effects
select is(c.resman_sync_status, 'not_synced', 'a conversation not yet shown stays so')
from public.conversation c where c.id = :'lead';
select is(q.state, '{"owed": true}', 'and is marked later') from pg_temp.item(:'lead') q;

select * from finish();
rollback;
