-- The specification's keys default to uuid_generate_v4(), which needs an extension.
begin;
select plan(11);

select col_default_is('public', t, 'id', 'gen_random_uuid()',
  format('%s.id comes from the built-in generator', t))
from unnest(array['resman_integration', 'lead_sync_log', 'lead_sync_queue',
                  'lead_sync_conflicts', 'lead_sync_mapping']) as t;
select col_type_is('public', t, 'id', 'uuid', format('%s.id is a uuid', t))
from unnest(array['resman_integration', 'lead_sync_log', 'lead_sync_queue',
                  'lead_sync_conflicts', 'lead_sync_mapping']) as t;
select is_empty(
  $$select c.relname
    from pg_attrdef d join pg_class c on c.oid = d.adrelid
    where pg_get_expr(d.adbin, d.adrelid) ~ 'uuid_generate'
      and (c.relname ~ '^(lead_sync_|resman_)'
           or c.relnamespace = to_regnamespace('lead_sync_private'))$$,
  'no table of the package needs uuid_generate_v4()');

select * from finish();
rollback;
