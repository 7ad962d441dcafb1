"""What the catalogue says of the package, as plain rows in a fixed order.

Nothing here depends on PostgreSQL's version or locale: bodies of functions are taken as they
were written; those of views, which each version prints its own way, are left to their files.
"""

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import dict_row

Row = dict[str, Any]

SCHEMAS = ("public", "lead_sync", "lead_sync_private")

_OWNED = "pg_get_userbyid(c.relowner) = 'lead_sync_owner'"

# Grants on `x`, its owner's own left out; PUBLIC stands for everybody.
_GRANTS = """
(select string_agg(format('%%s to %%s', g.privileges, g.grantee), '; ' order by g.grantee)
 from (
   select string_agg(lower(a.privilege_type), ', ' order by a.privilege_type) as privileges,
     case a.grantee when 0 then 'public' else pg_get_userbyid(a.grantee)::text end as grantee
   from aclexplode(coalesce({acl}, acldefault('{kind}', {owner}))) a
   where a.grantee <> {owner}
   group by a.grantee) g)
"""

ROLES = """
select r.rolname as name, r.rolcanlogin or r.rolsuper or r.rolcreaterole as odd
from pg_roles r where r.rolname ~ '^lead_sync_(owner|runner|service|monitor)$' order by 1
"""

SCHEMATA = f"""
select n.nspname as name, obj_description(n.oid, 'pg_namespace') as comment,
  {_GRANTS.format(acl="n.nspacl", kind="n", owner="n.nspowner")} as grants
from pg_namespace n where n.nspname in ('lead_sync', 'lead_sync_private') order by 1
"""

RELATIONS = f"""
select c.oid, c.relnamespace::regnamespace::text collate "C" as schema,
  c.relname::text collate "C" as name,
  c.relkind::text as kind, c.relrowsecurity as secured,
  coalesce(obj_description(c.oid, 'pg_class'), obj_description(c.reltype, 'pg_type'))
    as comment,
  {_GRANTS.format(acl="c.relacl", kind="r", owner="c.relowner")} as grants
from pg_class c
where {_OWNED} and c.relkind in ('r', 'p', 'v', 'm', 'c')
order by 2, 3
"""

# Also the columns, constraints, indexes and triggers that were added to DomIQ's tables.
COLUMNS = f"""
select a.attrelid as relation, a.attrelid::regclass::text collate "C" as relation_name,
  a.attname as name,
  format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as not_null,
  a.attidentity::text as identity, a.attgenerated::text as generated,
  pg_get_expr(d.adbin, d.adrelid) as default_value,
  col_description(a.attrelid, a.attnum) as comment, {_OWNED} as owned
from pg_attribute a
join pg_class c on c.oid = a.attrelid
left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
left join lead_sync_private.added_column x on x.table_name = c.relname
  and x.column_name = a.attname and c.relnamespace = 'public'::regnamespace
where a.attnum > 0 and not a.attisdropped
  and ({_OWNED} and c.relkind in ('r', 'p', 'v', 'm', 'c') or x.column_name is not null)
order by 2, a.attnum
"""

CONSTRAINTS = f"""
select c.oid as relation, c.oid::regclass::text collate "C" as relation_name, k.conname as name,
  pg_get_constraintdef(k.oid) as definition,
  obj_description(k.oid, 'pg_constraint') as comment, {_OWNED} as owned
from pg_constraint k
join pg_class c on c.oid = k.conrelid
left join lead_sync_private.added_object x on x.table_name = c.relname
  and x.object_name = k.conname and x.kind = 'constraint'
  and c.relnamespace = 'public'::regnamespace
where k.contype in ('p', 'u', 'f', 'c', 'x') and ({_OWNED} or x.object_name is not null)
order by 2, array_position('{{p,u,x,f,c}}'::text[], k.contype::text), 3
"""

INDEXES = f"""
select c.oid as relation, c.oid::regclass::text collate "C" as relation_name, i.relname as name,
  i.oid::regclass::text as full_name, pg_get_indexdef(i.oid) as definition,
  obj_description(i.oid, 'pg_class') as comment, {_OWNED} as owned
from pg_index p
join pg_class i on i.oid = p.indexrelid
join pg_class c on c.oid = p.indrelid and c.relkind in ('r', 'p')
left join lead_sync_private.added_object x on x.table_name = c.relname
  and x.object_name = i.relname and x.kind = 'index'
  and c.relnamespace = 'public'::regnamespace
where not exists (select from pg_constraint k where k.conindid = i.oid and k.contype <> 'f')
  and ({_OWNED} or x.object_name is not null)
order by 2, 3
"""

TRIGGERS = """
select t.tgrelid as relation, t.tgrelid::regclass::text collate "C" as relation_name,
  t.tgname as name,
  pg_get_triggerdef(t.oid) as definition, obj_description(t.oid, 'pg_trigger') as comment
from pg_trigger t join pg_proc p on p.oid = t.tgfoid
where not t.tgisinternal and pg_get_userbyid(p.proowner) = 'lead_sync_owner'
order by 2, 3
"""

ROUTINES = f"""
select p.pronamespace::regnamespace::text collate "C" as schema,
  p.proname::text collate "C" as name,
  pg_get_function_arguments(p.oid) as arguments,
  pg_get_function_identity_arguments(p.oid) collate "C" as identity,
  pg_get_function_result(p.oid) as result,
  l.lanname as language, p.provolatile::text as volatility, p.prosecdef as definer,
  p.proconfig as settings, encode(sha256(convert_to(p.prosrc, 'UTF8')), 'hex') as hash,
  obj_description(p.oid, 'pg_proc') as comment,
  {_GRANTS.format(acl="p.proacl", kind="f", owner="p.proowner")} as grants
from pg_proc p join pg_language l on l.oid = p.prolang
where pg_get_userbyid(p.proowner) = 'lead_sync_owner'
order by 1, 2, 4
"""

SETTINGS = """
select s.* from lead_sync_private.setting_definition s order by s.name collate "C"
"""


@dataclass(frozen=True)
class Catalogue:
    """The package as one database holds it."""

    roles: list[Row]
    schemata: list[Row]
    relations: list[Row]
    columns: list[Row]
    constraints: list[Row]
    indexes: list[Row]
    triggers: list[Row]
    routines: list[Row]
    settings: list[Row]


def read(url: str) -> Catalogue:
    """Read the catalogue of a database that holds the package; raises psycopg.Error."""
    with psycopg.connect(url, row_factory=dict_row) as connection:
        # so that every name is printed with its schema
        connection.execute("set search_path = pg_catalog")
        queries = (
            ROLES,
            SCHEMATA,
            RELATIONS,
            COLUMNS,
            CONSTRAINTS,
            INDEXES,
            TRIGGERS,
            ROUTINES,
            SETTINGS,
        )
        # %% stands for a % of format()
        return Catalogue(*(connection.execute(q.encode(), ()).fetchall() for q in queries))


def of(rows: list[Row], relation: int) -> list[Row]:
    """Return those rows that belong to one relation."""
    return [row for row in rows if row["relation"] == relation]
