"""A clock that the tests can step: the package's own code, with another clock_timestamp().

A step cannot be simulated on stored times: a real one leaves them as they are. So the functions
and defaults of a database are rewritten once to ask `test_clock.now()`, which is the time plus
an offset that each session sets for itself.
"""

from datetime import timedelta
from typing import Any

import psycopg

_CLOCK = """
create schema if not exists test_clock;
grant usage on schema test_clock to public;
create or replace function test_clock.now() returns timestamptz language sql volatile as $$
  select pg_catalog.clock_timestamp() + coalesce(
    nullif(current_setting('test_clock.step', true), ''), '0')::interval $$;
"""
_FUNCTIONS = """
select regexp_replace(pg_get_functiondef(p.oid),
  '\\m(pg_catalog\\.)?(clock_timestamp|now)\\(\\)', 'test_clock.now()', 'g')
from pg_proc p join pg_namespace n on n.oid = p.pronamespace
where n.nspname in ('lead_sync', 'lead_sync_private', 'public') and p.prokind = 'f'
  and p.prosrc ~ '\\m(clock_timestamp|now)\\(\\)'
  and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
"""
_DEFAULTS = """
select format('alter table %s alter column %I set default test_clock.now()',
  a.attrelid::regclass, a.attname)
from pg_attrdef d
join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
join pg_class c on c.oid = a.attrelid
join pg_namespace n on n.oid = c.relnamespace
where n.nspname in ('lead_sync_private', 'public') and c.relkind in ('r', 'p')
  and pg_get_expr(d.adbin, d.adrelid) in ('now()', 'clock_timestamp()')
"""


def give_clock(url: str) -> int:
    """Let a database's code ask the clock of the tests; how many functions do."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_CLOCK.encode())
        changes = {
            kind: [row[0] for row in connection.execute(query.encode()).fetchall()]
            for kind, query in (("functions", _FUNCTIONS), ("defaults", _DEFAULTS))
        }
        for statement in (*changes["functions"], *changes["defaults"]):
            connection.execute(str(statement).encode())
        return len(changes["functions"])


class Clock:
    """The clock of one session."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        self.step = timedelta(0)

    def set(self, step: timedelta) -> None:
        """Let it show the time plus `step` from now on."""
        self.step = step
        self.connection.execute(
            "select set_config('test_clock.step', %s, false)",
            (f"{int(step.total_seconds())} seconds",),
        )
