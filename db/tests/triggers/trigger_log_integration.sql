-- trigger_log_integration: every change of an integration's configuration is kept.
begin;
select plan(13);
\i db/tests/support/fixtures.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.trigger_of('public.resman_integration', 'trigger_log_integration'),
  'after insert delete update | row | - | lead_sync_private.log_configuration',
  'when it fires, and what it calls');

select pg_temp.given_property() as property \gset
select pg_temp.given_integration(:'property', '{"resman_property_id": "RM1",
  "webhook_url": "https://example.com/hook"}');
-- What was kept since the last look: the old and the new value of what changed.
create temporary table looked as select 0::bigint as id;
create function pg_temp.kept(p_property uuid) returns text
language plpgsql
as $$
declare
  v_said text;
begin
  select coalesce(string_agg(coalesce((select string_agg(concat_ws(' ', k, l.old_value ->> k, '>',
      l.new_value ->> k), ', ' order by k)
      from jsonb_object_keys(coalesce(l.new_value, l.old_value)) as k
      where l.old_value -> k is distinct from l.new_value -> k
        and (k not like '%changed' or l.new_value -> k = 'true')), 'nothing changed'),
    '; ' order by l.id),
    'none') into v_said
  from lead_sync_private.configuration_log l
  where l.what = 'resman_integration' and l.property_id = p_property
    and l.id > (select k.id from looked k);
  update looked set id = (select max(l.id) from lead_sync_private.configuration_log l);
  return v_said;
end
$$;

-- happy path
select is(pg_temp.kept(:'property'), 'credentials_changed > true, resman_property_id > RM1, '
  'sync_direction > bidirectional, sync_enabled > true, sync_frequency > realtime, '
  'sync_status > active', 'a new one');
create function pg_temp.kept_after(p_property uuid, p_set text) returns text
language plpgsql
as $$
begin
  execute format('update public.resman_integration set %s where property_id = %L', p_set,
    p_property);
  return pg_temp.kept(p_property);
end
$$;
select is(pg_temp.kept_after(:'property', s), said, s)
from (values
  ('resman_property_id = ''RM2''', 'resman_property_id RM1 > RM2'),
  ('sync_status = ''paused''', 'sync_status active > paused'),
  ('sync_enabled = false', 'sync_enabled true > false'),
  ('sync_direction = ''to_resman''', 'sync_direction bidirectional > to_resman'),
  ('sync_frequency = ''hourly''', 'sync_frequency realtime > hourly'),
  ('api_credentials = api_credentials || ''{"kid": "k2"}''', 'credentials_changed > true'),
  ('webhook_url = ''https://example.com/other?key=secret''', 'webhook_changed > true'),
  ('webhook_url = null', 'webhook_changed > true'),
  -- edges: what items write
  ('last_sync_at = now(), status_reason = ''r''', 'none')) as v(s, said);
delete from public.resman_integration where property_id = :'property';
select ok(new_value is null and old_value ->> 'resman_property_id' = 'RM2', 'deleted')
from lead_sync_private.configuration_log
where property_id = :'property' order by id desc limit 1;

-- effects: neither credentials nor an address that may hold a key
select is_empty(format('select * from lead_sync_private.configuration_log l where property_id = %L
    and concat(l.old_value, l.new_value) ~ ''nonce|kid|"ct"|example.com|secret''', :'property'),
  'neither credentials nor addresses are kept');

select * from finish();
rollback;
