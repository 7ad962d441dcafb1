"""Waiting for work: woken by a notification, a flag, or the end of the time."""

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from runner import calls
from runner.calls import call_value
from runner.db import Connection, Database
from runner.listener import Listener, Wake
from runner.settings import Settings
from runner.tests.conftest import Connect
from runner.tests.daemon_support import PATIENCE, Office, eventually


@pytest.fixture
def wake() -> Iterator[Wake]:
    each = Wake()
    yield each
    each.close()


def listener_for(url: str, wake: Wake, listen_url: str = "") -> Listener:
    environ = {"DATABASE_URL": url, "LEADSYNC_LISTEN_URL": listen_url}
    return Listener(Database(Settings.load(environ), 1), wake)


def asleep(listener: Listener, wake: Wake) -> None:
    """Wait until it sleeps with the key; that it has connected raises the flag once."""
    eventually(listener.try_sleep)
    wake.clear()


@pytest.fixture
def listener(database: str, wake: Wake) -> Iterator[Listener]:
    each = listener_for(database, wake)
    yield each
    each.close()


def test_a_notification_wakes_a_sleeper(
    listener: Listener, wake: Wake, database: str, connect: Connect
) -> None:
    asleep(listener, wake)
    connect(database).execute("notify lead_sync_ready")
    assert listener.wait(PATIENCE)
    assert not listener.wait(0)
    listener.end_sleep()


def test_a_notification_that_came_before_is_not_missed(
    listener: Listener, wake: Wake, database: str, connect: Connect
) -> None:
    asleep(listener, wake)
    connect(database).execute("notify lead_sync_ready")
    listener.end_sleep()  # a round trip: the notification arrives with its answer
    assert listener.wait(PATIENCE)


def test_the_flag_wakes_but_is_no_notification(listener: Listener, wake: Wake) -> None:
    asleep(listener, wake)
    threading.Timer(0.05, wake.set).start()
    started = time.monotonic()
    assert not listener.wait(PATIENCE)
    assert time.monotonic() - started < PATIENCE


def test_one_sleeps_with_the_key_the_other_polls(
    listener: Listener, database: str, wake: Wake
) -> None:
    other = listener_for(database, wake)
    asleep(listener, wake)
    eventually(lambda: other._current() is not None)
    assert not other.try_sleep()
    listener.end_sleep()
    assert other.try_sleep()
    other.close()
    eventually(listener.try_sleep)


def test_a_lost_connection_is_opened_again(
    listener: Listener, wake: Wake, database: str, connect: Connect
) -> None:
    asleep(listener, wake)
    connect(database).execute(
        "select pg_terminate_backend(pid) from pg_stat_activity "
        "where query like '%try_sleep%' and pid <> pg_backend_pid() "
        "and datname = current_database()"
    )
    # to have a look; the server's parting message alone, before the end of the stream, is none
    eventually(lambda: listener.wait(PATIENCE))
    listener.end_sleep()
    eventually(listener.try_sleep)


def pid(connection: Connection) -> int:
    return int(call_value(connection, "select pg_backend_pid()"))


@pytest.fixture
def caller(listener: Listener) -> Iterator[Listener]:
    """A listener beside an open pool."""
    listener._database.open()
    yield listener
    listener._database.close()


def test_it_calls_on_its_connection_with_prepared_statements(
    caller: Listener, wake: Wake
) -> None:
    pooled = caller.call(pid)  # before there is another
    asleep(caller, wake)
    own = caller._connection
    assert own is not None
    assert caller.call(pid) == own.info.backend_pid != pooled
    prepared = "select count(*) from pg_prepared_statements where statement = %s"
    assert caller.call(call_value, prepared, "select pg_backend_pid()") == 1
    assert caller._database.call(call_value, prepared, "select pg_backend_pid()") == 0


def test_a_call_whose_connection_is_lost_is_made_on_a_pooled_one(
    caller: Listener, wake: Wake, database: str, connect: Connect
) -> None:
    asleep(caller, wake)
    own = caller.call(pid)
    connect(database).execute("select pg_terminate_backend(%s, 10000)", (own,))
    assert caller.call(pid) not in (own, 0)
    eventually(caller.try_sleep)  # opened again
    assert caller.call(pid) != own


def test_a_function_that_returns_something_else_now_can_be_called(
    caller: Listener, wake: Wake, database: str, connect: Connect
) -> None:
    asleep(caller, wake)
    connection = connect(database)
    connection.execute("create function public.told(out a integer) return 1")
    assert caller.call(call_value, "select t.* from public.told() as t") == 1
    connection.execute("drop function public.told()")
    connection.execute("create function public.told(out a text) return 'one'")
    assert caller.call(call_value, "select t.* from public.told() as t") == "one"


def test_a_call_that_is_refused_says_so_and_keeps_the_connection(
    caller: Listener, wake: Wake
) -> None:
    asleep(caller, wake)
    own = caller.call(pid)
    with pytest.raises(psycopg.errors.DivisionByZero):
        caller.call(call_value, "select 1 / 0")
    assert caller.call(pid) == own


@pytest.mark.parametrize(("limit", "wakes"), [(1, True), (2, False)])
def test_what_a_sleeper_leaves_wakes_the_others(
    office: Office, wake: Wake, connect: Connect, limit: int, wakes: bool
) -> None:
    other = connect(office.url)
    other.execute("listen lead_sync_ready")
    other.execute("listen marker")
    with closing(listener_for(office.url, wake)) as sleeper:
        asleep(sleeper, wake)
        office.given_lead()
        sleeper.call(calls.claim_items, "sleeper", limit, timedelta(minutes=1))
        other.execute("notify marker")
    heard = [told.channel for told in other.notifies(timeout=PATIENCE, stop_after=2 + wakes)]
    assert heard == ["lead_sync_ready"] * (1 + wakes) + ["marker"]  # the first by the writer


class Pooler:
    """What matters of a pooler: the client is told another process id than its server's."""

    def __init__(self, url: str) -> None:
        known = psycopg.connect(url)
        self._path = f"{known.info.host}/.s.PGSQL.{known.info.port}"
        known.close()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = make_conninfo(
            url,
            host="127.0.0.1",
            port=str(self._server.getsockname()[1]),
            sslmode="disable",
            gssencmode="disable",
        )
        assert conninfo_to_dict(self.url)["host"] == "127.0.0.1"
        self._sockets: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(self._path)
            self._sockets += [client, server]
            for source, target, alter in ((client, server, False), (server, client, True)):
                threading.Thread(
                    target=self._pass, args=(source, target, alter), daemon=True
                ).start()

    def _pass(self, source: socket.socket, target: socket.socket, alter: bool) -> None:
        try:
            while data := source.recv(65536):
                # BackendKeyData: 'K', length 12, process id, secret
                at = data.find(b"K" + struct.pack("!i", 12)) if alter else -1
                if at >= 0:
                    data = data[: at + 5] + struct.pack("!i", 99) + data[at + 9 :]
                    alter = False
                target.sendall(data)
        except OSError:
            return

    def close(self) -> None:
        for each in (self._server, *self._sockets):
            each.close()


@pytest.fixture
def pooler(database: str) -> Iterator[Pooler]:
    each = Pooler(database)
    yield each
    each.close()


def test_behind_a_pooler_it_polls(
    pooler: Pooler, wake: Wake, caplog: pytest.LogCaptureFixture
) -> None:
    """Session locks taken there would stay with a connection that is somebody else's next."""
    listener = listener_for(pooler.url, wake)
    eventually(lambda: listener.try_sleep() or "pooler" in caplog.text)
    assert "LEADSYNC_LISTEN_URL" in caplog.text
    assert not listener.try_sleep()
    assert not listener.wait(0.01)
    listener.close()


def test_a_direct_url_for_listen_is_used(pooler: Pooler, database: str, wake: Wake) -> None:
    listener = listener_for(pooler.url, wake, listen_url=database)
    eventually(listener.try_sleep)
    listener.close()


def test_a_connection_that_comes_as_it_is_closed_is_closed_too(
    database: str, wake: Wake
) -> None:
    listener = listener_for(database, wake)
    listener.try_sleep()  # opens one in the background
    eventually(lambda: listener._opened is not None)
    arrived = listener._opened
    assert arrived is not None
    listener.close()
    assert arrived.closed
