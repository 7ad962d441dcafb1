"""Databases of our own on a server that somebody else runs.

Every database we make there is called `leadsync_tmp_RUN_NAME`, RUN being eight random hex
digits. While a run lives, one of its sessions holds the advisory lock (`_LOCK_CLASS`, RUN); the
view pg_locks shows it in every database. Databases of a run whose lock nobody holds, and in
which nobody works, are left over from a killed one and dropped by the next start.

Roles belong to the whole server. Those that were there before the first run that is not yet
cleaned up are left alone; the others are dropped at the end unless a database still uses them.
Which those are is noted in a comment on each database that we make.
"""

import contextlib
import json
import re
import secrets
from typing import Any, Self

import psycopg
from psycopg import sql

from runner.postgres_binaries import NEWEST, OLDEST
from runner.postgres_names import other_database

PREFIX = "leadsync_tmp_"
_LOCK_CLASS = 0x4C53  # "LS"
_NAME = re.compile(PREFIX + r"([0-9a-f]{8})_")
_OUR_ROLES = r"""
select rolname from pg_roles
where rolname like 'lead\_sync\_%'
   or rolname in ('app_owner', 'app_admin', 'app_property_manager', 'app_readonly')
"""


class GivenServerError(RuntimeError):
    """The server that was given cannot be used; the message says why."""


class GivenServer:
    """The server that DATABASE_URL names, and the databases that we make on it.

    The URL must lead to the server itself, not to a pooler that shares sessions out.

    Raises:
        psycopg.OperationalError: it cannot be reached.
        GivenServerError: its version is not supported, or the role may not create databases
            and roles, or is no superuser where it must be one.
    """

    def __init__(self, database_url: str, *, superuser: bool = False) -> None:
        self._given = database_url
        self._run = secrets.token_hex(4)
        self._admin = psycopg.connect(
            database_url, autocommit=True, application_name=f"lead-sync {self._run}"
        )
        try:
            self._check(superuser)
            self._admin.execute(
                "select pg_advisory_lock(%s, %s)", (_LOCK_CLASS, _lock_key(self._run))
            )
            self._roles_before = self._known_roles()
            self._drop_leftovers()
        except BaseException:
            self._admin.close()
            raise

    def __enter__(self) -> Self:
        """Return the server itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Drop what was made."""
        self.close()

    def url(self, dbname: str = "postgres") -> str:
        """Return the libpq URL of a database of ours; of the one given for 'postgres'."""
        if dbname == "postgres":
            return self._given
        return other_database(self._given, self._actual(dbname))

    def create_database(self, name: str, template: str | None = None) -> str:
        """Create a database, as a copy of one of ours if named, and return its URL."""
        actual = sql.Identifier(self._actual(name))
        if template:
            source = sql.Identifier(self._actual(template))
            self._admin.execute(
                sql.SQL("create database {} template {}").format(actual, source)
            )
        else:
            fresh = sql.SQL("create database {} template template0 encoding 'UTF8'").format(
                actual
            )
            try:
                self._admin.execute(fresh)
            except psycopg.errors.InvalidParameterValue:  # the server's locale is not UTF-8
                self._admin.execute(fresh + sql.SQL(" lc_collate 'C' lc_ctype 'C'"))
        note = json.dumps({"roles_before": sorted(self._roles_before)})
        self._admin.execute(
            sql.SQL("comment on database {} is {}").format(actual, sql.Literal(note))
        )
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Drop a database, ending the sessions in it. One that is not there is none."""
        self._drop(self._actual(name))

    def close(self) -> None:
        """Drop our databases, and our roles if nobody else has them. Then disconnect."""
        if self._admin.closed:
            return
        for database in self._databases():
            if database.startswith(f"{PREFIX}{self._run}_"):
                self._drop(database)
        self._drop_roles(self._roles_before)
        self._admin.close()

    def _actual(self, name: str) -> str:
        return f"{PREFIX}{self._run}_{name}"

    def _check(self, superuser: bool) -> None:
        major = self._admin.info.server_version // 10000
        if not OLDEST <= major <= NEWEST:
            raise GivenServerError(
                f"its version {major} is not supported ({OLDEST} to {NEWEST} are)"
            )
        role, is_super, createdb, createrole = self._rows(
            "select rolname, rolsuper, rolcreatedb, rolcreaterole from pg_roles"
            " where rolname = current_user"
        )[0]
        if superuser and not is_super:
            raise GivenServerError(f"the role {role} is no superuser")
        lacks = {"databases": createdb, "roles": createrole}
        if not is_super and not all(lacks.values()):
            what = " and no ".join(name for name, may in lacks.items() if not may)
            raise GivenServerError(f"the role {role} may create no {what}")

    def _known_roles(self) -> set[str]:
        """Return the roles that were there before any run that is not yet cleaned up."""
        roles = {row[0] for row in self._rows(_OUR_ROLES)}
        notes = self._rows(
            "select shobj_description(oid, 'pg_database') from pg_database"
            " where starts_with(datname, %s)",
            PREFIX,
        )
        for (note,) in notes:
            with contextlib.suppress(ValueError, KeyError, TypeError):
                roles &= set(json.loads(note)["roles_before"])
        return roles

    def _drop_leftovers(self) -> None:
        """Drop the databases of killed runs, and their roles."""
        dropped = False
        for database in self._databases():
            match = _NAME.match(database)
            if match and not self._is_alive(match.group(1)):
                dropped = self._drop(database, force=False) or dropped
        if dropped:
            self._drop_roles(self._roles_before)

    def _is_alive(self, run: str) -> bool:
        return bool(
            self._rows(
                "select from pg_locks where locktype = 'advisory' and granted"
                " and classid = %s and objid = %s and objsubid = 2"
                " union all select from pg_stat_activity where starts_with(datname, %s)",
                _LOCK_CLASS,
                int(run, 16),
                f"{PREFIX}{run}_",
            )
        )

    def _databases(self) -> list[str]:
        rows = self._rows(
            "select datname from pg_database where starts_with(datname, %s) order by 1", PREFIX
        )
        return [row[0] for row in rows]

    def _drop(self, database: str, force: bool = True) -> bool:
        query = sql.SQL("drop database if exists {}" + (" with (force)" if force else ""))
        try:
            self._admin.execute(query.format(sql.Identifier(database)))
        except (psycopg.errors.ObjectInUse, psycopg.errors.InsufficientPrivilege):
            if force:
                raise
            return False
        return True

    def _drop_roles(self, keep: set[str]) -> None:
        """Drop the roles of ours that nothing in any database refers to."""
        for (role,) in self._rows(_OUR_ROLES):
            if role not in keep:
                with contextlib.suppress(
                    psycopg.errors.DependentObjectsStillExist,
                    psycopg.errors.InsufficientPrivilege,
                    psycopg.errors.ObjectInUse,
                    psycopg.errors.UndefinedObject,
                ):
                    self._admin.execute(sql.SQL("drop role {}").format(sql.Identifier(role)))

    def _rows(self, query: str, *arguments: object) -> list[tuple[Any, ...]]:
        return self._admin.execute(query.encode(), arguments or None).fetchall()


def _lock_key(run: str) -> int:
    """Return the run's number as the signed integer that pg_advisory_lock takes."""
    number = int(run, 16)
    return number - (1 << 32) if number >= 1 << 31 else number
