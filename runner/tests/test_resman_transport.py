"""Connections of the adapter: their time, their reuse, and whether a request was sent."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from runner.resman import ResMan
from runner.tests import fake_resman as fake
from runner.tests.fake_resman import CREDENTIALS, EMPTY, SAVED, FakeResMan, Said, failure

LOOKUP = {"call": "list_sources"}
READS = [fake.SEARCH, LOOKUP]

SHORT_S = 0.3
"""Of a call that is meant to run out of time."""
MARGIN_S = 0.5
"""How much later it may end on a busy machine."""


@pytest.fixture
def server() -> Iterator[FakeResMan]:
    with FakeResMan() as each:
        yield each


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n"


@pytest.mark.parametrize(
    "act",
    [
        fake.silent,
        fake.drip(b"HTTP/1.1 200 OK\r\nX: ", b"x"),
        fake.drip(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        fake.drip(HEAD + b"\r\n", b"<"),
        fake.drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n<\r\n"),
        fake.drip(HEAD + b"Content-Encoding: gzip\r\n\r\n", b"\x1f"),
        fake.drip(b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["silent", "header", "headers", "body", "chunks", "gzip", "continue"],
)
def test_the_timeout_is_for_the_whole_call(server: FakeResMan, act: Any) -> None:
    server.say(Said(act=act))
    for request, kind in ((fake.SEARCH, "transient"), (fake.SAVE, "ambiguous")):
        started = time.monotonic()
        response = server.call(request, SHORT_S)
        elapsed_s = time.monotonic() - started
        assert failure(response) == (kind, "timeout")
        assert elapsed_s < SHORT_S + MARGIN_S
        assert response["elapsed_ms"] <= elapsed_s * 1000 + 1


def test_an_error_status_counts_even_if_its_body_never_ends(server: FakeResMan) -> None:
    head = b"HTTP/1.1 429 Slow\r\nContent-Length: 1000\r\nRetry-After: 9\r\n\r\n"
    server.say(Said(act=fake.drip(head, b"x")))
    response = server.call(fake.SAVE, SHORT_S)
    assert failure(response) == ("rate_limited", "http_429")
    assert response["retry_after_s"] == 9


def test_a_reset_after_sending(server: FakeResMan) -> None:
    server.say(Said(act=fake.reset))
    for request in READS:
        assert failure(server.call(request)) == ("transient", "connection_lost")
    assert failure(server.call(fake.SAVE)) == ("ambiguous", "connection_lost")
    assert len(server.heard) == 3  # nothing was repeated


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"not http at all\r\n\r\n",
        HEAD + b"\r\n<ResMan>",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n",
    ],
    ids=["closed", "not http", "cut", "bad chunk", "long header"],
)
def test_an_answer_that_is_cut_or_broken(server: FakeResMan, raw: bytes) -> None:
    def act(handler: Any) -> None:
        handler.wfile.write(raw)

    server.say(Said(act=act))
    assert failure(server.call(fake.SEARCH)) == ("transient", "connection_lost")
    assert failure(server.call(fake.SAVE)) == ("ambiguous", "connection_lost")


def test_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        resman = ResMan(f"http://127.0.0.1:{taken.getsockname()[1]}")
        for request in (*READS, fake.SAVE):
            response = resman.call(request, fake.connection(), CREDENTIALS)
            assert failure(response) == ("transient", "connect")
            assert "refused" in response["message"]
        resman.close()


def test_no_such_host() -> None:
    resman = ResMan("https://nowhere.invalid")
    response = resman.call(fake.SAVE, fake.connection(1), CREDENTIALS)
    assert failure(response)[0] == "transient"
    resman.close()


def test_a_connection_that_is_never_accepted_is_a_save_not_sent() -> None:
    with contextlib.ExitStack() as stack:
        full = stack.enter_context(socket.socket())
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(4):  # fill the backlog: further SYNs are dropped
            other = stack.enter_context(socket.socket())
            other.setblocking(False)
            other.connect_ex(full.getsockname())
        resman = ResMan(f"http://127.0.0.1:{full.getsockname()[1]}")
        response = resman.call(fake.SAVE, fake.connection(SHORT_S), CREDENTIALS)
        assert failure(response) == ("transient", "timeout")
        resman.close()


@pytest.mark.parametrize("timeout_s", [-1, "soon", float("nan")])
def test_a_timeout_that_is_none(server: FakeResMan, timeout_s: Any) -> None:
    assert failure(server.call(fake.SEARCH, timeout_s)) == ("rejected", "bad_request")
    assert server.heard == []


def test_one_connection_a_thread(server: FakeResMan) -> None:
    server.say(SAVED)
    resman = ResMan(server.url)

    def calls() -> None:
        for request in (fake.SAVE, fake.SEARCH, fake.SAVE):
            resman.call(request, fake.connection(), CREDENTIALS)

    threads = [threading.Thread(target=calls) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(server.heard) == 9
    assert server.connections == 3
    resman.close()


def test_a_connection_that_was_closed_while_idle_is_replaced(server: FakeResMan) -> None:
    def then_close(handler: Any) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(SAVED)}\r\n\r\n"
        handler.wfile.write((head + SAVED).encode())

    server.say(Said(act=then_close), SAVED)
    resman = ResMan(server.url)
    first = resman.call(fake.SAVE, fake.connection(), CREDENTIALS)
    assert server.hung_up.wait(5)
    second = resman.call(fake.SAVE, fake.connection(), CREDENTIALS)
    assert (first["outcome"], second["outcome"]) == ("ok", "ok")
    assert server.connections == 2
    resman.close()


def test_a_call_after_a_failed_one(server: FakeResMan) -> None:
    """What is left of a broken answer is never taken for the next one."""
    server.say(Said(act=fake.silent), EMPTY)
    resman = ResMan(server.url)
    first = resman.call(fake.SEARCH, fake.connection(0.1), CREDENTIALS)
    assert failure(first) == ("transient", "timeout")
    second = resman.call(fake.SEARCH, fake.connection(), CREDENTIALS)
    assert second["outcome"] == "ok"
    resman.close()


def test_cookies_are_not_kept(server: FakeResMan) -> None:
    server.say(Said(EMPTY.encode(), headers={"Set-Cookie": "who=property-1; Path=/"}))
    resman = ResMan(server.url)
    for _ in range(2):
        resman.call(fake.SEARCH, fake.connection(), CREDENTIALS)
    assert "Cookie" not in server.heard[-1].headers
    resman.close()


def test_a_call_costs_little(server: FakeResMan) -> None:
    """CPU of client and fake server together; a connection for each call costs far more."""
    server.say(SAVED)
    resman = ResMan(server.url)
    resman.call(fake.SAVE, fake.connection(), CREDENTIALS)
    started, count = time.process_time(), 200
    for _ in range(count):
        resman.call(fake.SAVE, fake.connection(), CREDENTIALS)
    each_ms = (time.process_time() - started) / count * 1000
    assert server.connections == 1
    assert each_ms < 10, f"{each_ms:.2f} ms of CPU a call"
    resman.close()
