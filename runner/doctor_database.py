"""Looks at the database: versions, migrations, clock, and what the database finds itself."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import psycopg

from runner import calls_service, loader, migrate_hashes, migrate_yoyo
from runner.calls import Json, call_value
from runner.db import Connection
from runner.doctor_finding import FAILED, OK, WARNING, Finding
from runner.migrate_locks import MigrationError
from runner.paths import db_dir

OLDEST, NEWEST = 14, 18
"""Major versions of PostgreSQL that the package is made for."""
SKEW_S = 5.0
"""Difference of two clocks, in seconds, from which on it is a finding."""

_AS_WHO = "run doctor as the role that migrates, or as a superuser"


def examine(connection: Connection) -> Iterator[Finding]:
    """Yield what is found; raises psycopg.Error when the look cannot go on."""
    yield check_version(connection.info.server_version)
    yield check_clock(connection)
    if not is_installed(connection):
        yield Finding(
            "installation",
            FAILED,
            "lead-sync is not installed in this database",
            "leadsync migrate",
        )
        return
    yield from check_migrations(connection, db_dir())
    yield from _found_there(connection, _check_installation, "check_installation")
    yield from _found_there(connection, calls_service.check_server, "check_server")


def is_installed(connection: Connection) -> bool:
    """Whether there is anything of the package."""
    return bool(call_value(connection, "select to_regnamespace('lead_sync') is not null"))


def check_version(server_version: int) -> Finding:
    """Judge the server's version, as a number of the form 150012."""
    major, minor = divmod(server_version, 10000)
    text = f"server: PostgreSQL {major}.{minor}"
    if OLDEST <= major <= NEWEST:
        return Finding("versions", OK, text)
    return Finding(
        "versions",
        FAILED,
        f"{text}, and {OLDEST} to {NEWEST} are supported",
        "upgrade the server" if major < OLDEST else "upgrade lead-sync",
    )


def check_clock(connection: Connection, now: Callable[[], float] = time.time) -> Finding:
    """Compare the database's clock with this machine's, `now` in seconds since 1970."""
    before = now()
    there: datetime = call_value(connection, "select clock_timestamp()")
    after = now()
    ahead = there.timestamp() - (before + after) / 2
    if abs(ahead) - (after - before) / 2 < SKEW_S:
        return Finding("clock", OK, "the clocks of the database and of this machine agree")
    return Finding(
        "clock",
        WARNING,
        f"the database's clock is {abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} "
        "this machine's",
        "let both follow the same time: timedatectl set-ntp true",
    )


def check_migrations(connection: Connection, db: Path) -> Iterator[Finding]:
    """Find migrations that wait, were edited, or are of a newer version."""
    if not _may_read_record(connection):
        yield Finding(
            "migrations",
            WARNING,
            f"role {connection.info.user} may not read which migrations were applied",
            _AS_WHO,
        )
        return
    try:
        applied = migrate_yoyo.applied_ids(connection, db)
        pending = [each.id for each in migrate_yoyo.read(db) if each.id not in applied]
        edited = migrate_hashes.edited_migrations(connection, db)
        unknown = migrate_hashes.unknown_migrations(connection, db)
    except MigrationError as error:
        yield Finding("migrations", FAILED, str(error).partition("\n")[0], str(error))
        return
    except psycopg.errors.InsufficientPrivilege:
        yield Finding(
            "migrations",
            WARNING,
            f"role {connection.info.user} may not read how the migrations read when applied",
            _AS_WHO,
        )
        return
    if pending:
        yield Finding(
            "migrations", FAILED, f"not applied yet: {', '.join(pending)}", "leadsync migrate"
        )
    if edited:
        yield Finding(
            "migrations",
            FAILED,
            f"edited after they were applied: {', '.join(edited)}",
            "install the version of lead-sync whose files were applied; a further migration "
            "changes what an applied one made",
        )
    if unknown:
        yield Finding(
            "migrations",
            FAILED,
            f"applied by a newer version: {', '.join(unknown)}",
            "install that version here: pip install --upgrade lead-sync",
        )
    if not (pending or edited or unknown):
        yield Finding("migrations", OK, "all are applied, and read as they did then")


def _may_read_record(connection: Connection) -> bool:
    """Whether the role sees the rows of yoyo's table, or there is none to see."""
    return bool(
        call_value(
            connection,
            "select t is null or has_table_privilege(t, 'select')"
            " and not row_security_active(t) from to_regclass(%s) as t",
            f"{migrate_yoyo.SCHEMA}.{migrate_yoyo.TABLES[0]}",
        )
    )


def _check_installation(connection: Connection) -> list[Json]:
    return calls_service.check_installation(connection, loader.code_hash(db_dir()))


def _found_there(
    connection: Connection, function: Callable[[Connection], list[Json]], name: str
) -> Iterator[Finding]:
    try:
        rows = function(connection)
    except psycopg.errors.InsufficientPrivilege:
        yield Finding(
            name,
            WARNING,
            f"role {connection.info.user} may not call lead_sync.{name}: what it looks at was "
            "not looked at",
            f"grant lead_sync_service to {connection.info.user}; or {_AS_WHO}",
        )
        return
    except (
        psycopg.errors.UndefinedFunction,
        psycopg.errors.UndefinedTable,
        psycopg.errors.InvalidSchemaName,
    ):
        yield Finding(
            name,
            FAILED,
            f"lead_sync.{name} is not there: what it looks at was not looked at",
            "leadsync migrate; if that says `up to date`, first: "
            "delete from lead_sync_private.code_version",
        )
        return
    yield from (Finding(**row) for row in rows)
