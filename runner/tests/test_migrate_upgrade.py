"""Code of an earlier version, brought up to date, ends as a fresh installation does."""

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from runner.migrate import Result, SqlFileError, migrate
from runner.tests.conftest import Connect
from runner.tests.migrate_support import Copy, catalogue, yoyo

RETRY_DELAY = "functions/queue/retry_delay.sql"


def add(tree: Copy, text: str) -> None:
    """Give the earlier version a code file that today's has no more."""
    tree.write("functions/gone.sql", text)
    tree.append("code.manifest", "functions/gone.sql\n")


def a_private_function(tree: Copy) -> None:
    add(
        tree,
        "create or replace function lead_sync_private.gone(a int) returns int\n"
        "language sql as 'select a';\n",
    )


def a_function_in_public(tree: Copy) -> None:
    add(
        tree,
        "create or replace function public.gone() returns int language sql as 'select 1';\n",
    )


def a_procedure(tree: Copy) -> None:
    add(
        tree,
        "create or replace procedure lead_sync.gone() language plpgsql as 'begin end';\n",
    )


def views_on_each_other(tree: Copy) -> None:
    add(
        tree,
        "create or replace function lead_sync_private.gone() returns int\n"
        "language sql as 'select 1';\n"
        "create or replace view lead_sync.a_gone as select lead_sync_private.gone() as a;\n"
        "create or replace view lead_sync.b_gone as select a from lead_sync.a_gone;\n"
        "create or replace view lead_sync.c_gone as select a from lead_sync.b_gone;\n",
    )


def a_trigger_with_its_function(tree: Copy) -> None:
    add(
        tree,
        "create or replace function lead_sync_private.gone() returns trigger\n"
        "language plpgsql as 'begin return null; end';\n"
        "create or replace trigger gone after update on public.conversation\n"
        "for each statement execute function lead_sync_private.gone();\n",
    )


def a_trigger(tree: Copy) -> None:
    add(
        tree,
        'create or replace trigger gone after truncate on public."user"\n'
        "for each statement execute function lead_sync_private.fill_queue_item();\n",
    )


def an_overload(tree: Copy) -> None:
    """Beside today's function a call of it is ambiguous, and a view holds one."""
    name = "functions/ops/get_setting.sql"
    tree.replace(name, "p_name text)", "p_name text, p_more int default 0)")
    tree.replace(name, "(uuid, text)", "(uuid, text, int)")


def another_parameter_name(tree: Copy) -> None:
    text = (tree.path / RETRY_DELAY).read_text()
    parameter = text.split("(", 1)[1].split(None, 1)[0]
    tree.write(RETRY_DELAY, text.replace(parameter, "p_other"))


def another_return_type(tree: Copy) -> None:
    tree.write(
        "functions/queue/sleep_key.sql",
        "create or replace function lead_sync_private.sleep_key() returns text\n"
        "language sql as $$ select '1' $$;\n",
    )
    tree.replace("code.manifest", "functions/queue/try_sleep.sql\n", "")
    tree.replace("code.manifest", "functions/queue/end_sleep.sql\n", "")


def another_column_of_a_view(tree: Copy) -> None:
    tree.write(
        "views/open_conflicts.sql",
        "create or replace view lead_sync.open_conflicts as select 1 as conflict;\n",
    )


def a_right_and_an_option(tree: Copy) -> None:
    tree.append(
        RETRY_DELAY,
        "grant execute on all functions in schema lead_sync_private to lead_sync_service;\n",
    )
    tree.append(
        "views/dead_letters.sql",
        "alter view lead_sync.dead_letters set (security_barrier = true);\n"
        "grant select on lead_sync.dead_letters to lead_sync_runner;\n",
    )


CHANGES = [
    a_private_function,
    a_function_in_public,
    a_procedure,
    views_on_each_other,
    a_trigger_with_its_function,
    a_trigger,
    an_overload,
    another_parameter_name,
    another_return_type,
    another_column_of_a_view,
    a_right_and_an_option,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: str(change.__name__))
def test_an_upgrade_ends_as_a_fresh_installation(
    database: str, connect: Connect, tmp_path: Path, change: Callable[[Copy], None]
) -> None:
    connection = connect(database)
    fresh = catalogue(connection)
    earlier = Copy(tmp_path / "db")
    change(earlier)
    assert migrate(database, earlier.path) == Result([], True)
    assert catalogue(connection) != fresh, "the earlier version is another"
    assert migrate(database) == Result([], True)
    assert catalogue(connection) == fresh


def test_an_upgrade_by_plain_yoyo_does_too(
    database: str, connect: Connect, tmp_path: Path
) -> None:
    connection = connect(database)
    earlier = Copy(tmp_path / "earlier")
    views_on_each_other(earlier)
    another_parameter_name(earlier)
    migrate(database, earlier.path)
    later = Copy(tmp_path / "later")
    newest = sorted((later.path / "migrations").glob("[0-9]*.sql"))[-1].stem
    newest = newest.removesuffix(".rollback")
    later.write("migrations/9999.do-nothing.sql", f"-- depends: {newest}\nselect 1;\n")
    done = yoyo(database, later, "apply")
    assert done.returncode == 0, done.stderr
    assert connection.execute("select to_regclass('lead_sync.c_gone')").fetchone() == (None,)
    assert migrate(database, later.path) == Result([], False)


def test_what_can_be_replaced_in_place_is(
    database: str, connect: Connect, tmp_path: Path
) -> None:
    """Nobody who is calling a function meanwhile finds it gone, and what others built stays."""
    connection = connect(database)
    connection.execute("create schema report")
    connection.execute("create view report.dead as select * from lead_sync.dead_letters")
    connection.execute("grant select on lead_sync.dead_letters to app_readonly")
    oids = "select oid from pg_proc where pronamespace = 'lead_sync'::regnamespace order by 1"
    before = connection.execute(oids).fetchall()
    mine = catalogue(connection)
    later = Copy(tmp_path / "db")
    later.append(RETRY_DELAY, "-- another text\n")
    assert migrate(database, later.path) == Result([], True)
    assert connection.execute(oids).fetchall() == before
    assert catalogue(connection) == mine


def test_what_others_built_on_a_view_is_never_dropped(
    database: str, connect: Connect, tmp_path: Path
) -> None:
    connection = connect(database)
    connection.execute("create schema report")
    connection.execute("create view report.open as select * from lead_sync.open_conflicts")
    before = catalogue(connection)
    later = Copy(tmp_path / "db")
    another_column_of_a_view(later)
    with pytest.raises(SqlFileError, match=r"views/open_conflicts\.sql"):
        migrate(database, later.path)
    assert catalogue(connection) == before
    later.write("views/open_conflicts.sql", "select 1;\n")
    with pytest.raises(SqlFileError, match=r"view report\.open depends on"):
        migrate(database, later.path)
    assert catalogue(connection) == before
    assert connection.info.transaction_status is psycopg.pq.TransactionStatus.IDLE
