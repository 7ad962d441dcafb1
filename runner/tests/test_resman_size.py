"""How much of an answer the adapter reads, as it comes and as it unpacks."""

import gzip
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from runner.resman_http import ANSWER_LIMIT_BYTES
from runner.tests import fake_resman as fake
from runner.tests.fake_resman import EMPTY, FakeResMan, Said, failure


@pytest.fixture
def server() -> Iterator[FakeResMan]:
    with FakeResMan() as each:
        yield each


def padded(size: int) -> bytes:
    return EMPTY.encode() + b" " * (size - len(EMPTY))


def gzipped(body: bytes) -> Said:
    return Said(gzip.compress(body), headers={"Content-Encoding": "gzip"})


def test_an_answer_of_the_limit_is_read_and_one_byte_more_is_not(server: FakeResMan) -> None:
    shapes: list[Callable[[bytes], Said]] = [Said, gzipped]
    for shape in shapes:
        server.say(shape(padded(20_000)))
        assert server.call(fake.SEARCH, limit_bytes=20_000)["outcome"] == "ok"
        server.say(shape(padded(20_001)))
        response = server.call(fake.SEARCH, limit_bytes=20_000)
        assert failure(response) == ("malformed", "answer_too_large")
        response = server.call(fake.SAVE, limit_bytes=20_000)
        assert failure(response) == ("ambiguous", "answer_too_large")


def test_the_limit_by_default(server: FakeResMan) -> None:
    server.say(padded(ANSWER_LIMIT_BYTES))
    assert server.call(fake.SEARCH)["outcome"] == "ok"
    server.say(padded(ANSWER_LIMIT_BYTES + 1))
    assert failure(server.call(fake.SEARCH)) == ("malformed", "answer_too_large")


def test_an_endless_answer_ends_at_the_limit(server: FakeResMan) -> None:
    def act(handler: Any) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<ResMan>")
        while not handler.fake.closing.is_set():
            handler.wfile.write(b" " * 65_536)

    server.say(Said(act=act))
    assert failure(server.call(fake.SEARCH, 30)) == ("malformed", "answer_too_large")


def test_compressed_answers(server: FakeResMan) -> None:
    server.say(gzipped(EMPTY.encode()))
    assert server.call(fake.SEARCH)["outcome"] == "ok"
    assert server.heard[-1].headers["Accept-Encoding"] == "gzip"


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", b"not gzip"),
        ("gzip", gzip.compress(EMPTY.encode())[:-9]),
        ("gzip", gzip.compress(EMPTY.encode()) + b"more"),
        ("br", b"anything"),
        ("gzip, gzip", gzip.compress(gzip.compress(EMPTY.encode()))),
        ("deflate", zlib.compress(EMPTY.encode())),
    ],
)
def test_encodings_that_were_not_asked_for(
    server: FakeResMan, encoding: str, body: bytes
) -> None:
    server.say(Said(body, headers={"Content-Encoding": encoding}))
    assert failure(server.call(fake.SEARCH)) == ("malformed", "bad_encoding")
    assert failure(server.call(fake.SAVE)) == ("ambiguous", "bad_encoding")
