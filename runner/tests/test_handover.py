"""Answers that go together, that the database cannot take, and those that are given up."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TypeVar
from uuid import uuid4

import psycopg
import pytest

from runner import calls
from runner.calls import Claimed
from runner.db import Database
from runner.handover import ENOUGH, Handover, StoppedError
from runner.settings import Settings
from runner.tests.daemon_support import PATIENCE, Office, eventually

T = TypeVar("T")
OK = {"outcome": "ok", "leads": [], "elapsed_ms": 1}
UNSTORABLE = {"outcome": "ok", "leads": [{"first_name": "\x00"}], "elapsed_ms": 1}
"""PostgreSQL's jsonb has no NUL."""


@pytest.fixture
def handover(database: str) -> Iterator[Handover]:
    pool = Database(Settings.load({"DATABASE_URL": database}, {}), 2)
    pool.open()
    each = Handover(pool, 10, threads=1)
    yield each
    each.stop()
    pool.close()


def claim(office: Office) -> Claimed:
    office.given_lead()
    with psycopg.connect(office.url) as connection:
        [claimed] = calls.claim_items(connection, "test", 10, timedelta(minutes=1))
    return claimed


def test_an_answer_that_cannot_be_stored_holds_up_no_other(
    handover: Handover, office: Office
) -> None:
    claimed = claim(office)
    issued = {"issued_at": claimed.request["issued_at"]}
    good = handover.submit(uuid4(), uuid4(), OK)
    bad = handover.submit(claimed.item_id, claimed.lease_token, UNSTORABLE | issued)
    handover.start()  # both wait: they go together
    assert good.result(PATIENCE).result == {"stale": True}
    assert bad.result(PATIENCE).result == {"ended": "retry"}
    [item] = office.items()
    assert (item["status"], item["error_code"]) == ("pending", "database_error")
    assert item["error_message"] == "SQLSTATE 22P05"
    [entry] = office.connection.execute("select * from public.lead_sync_log").fetchall()
    assert entry["response_data"]["kind"] == "malformed"


def test_what_is_refused_twice_is_left_to_its_lease(handover: Handover, office: Office) -> None:
    claimed = claim(office)
    office.connection.execute(
        "create or replace function lead_sync_private.take_answer("
        "p_item_id uuid, p_lease_token uuid, p_response jsonb, out result jsonb,"
        " out property_id uuid)"
        " language plpgsql as $$ begin raise 'broken'; end $$"
    )
    taken = handover.submit(claimed.item_id, claimed.lease_token, OK)
    handover.start()
    assert taken.result(PATIENCE).result == {}
    [item] = office.items()
    assert (item["status"], item["lease_token"]) == ("processing", claimed.lease_token)


def test_what_the_database_holds_up_is_given_up_at_the_end(
    database: str, office: Office
) -> None:
    claimed = claim(office)
    pool = Database(Settings.load({"DATABASE_URL": database}, {}), 2)
    pool.open()
    handover = Handover(pool, 1, threads=1)
    with psycopg.connect(database) as other:
        other.execute("lock table public.lead_sync_queue")
        handover.start()
        held = handover.submit(claimed.item_id, claimed.lease_token, OK)
        eventually(lambda: waits_for_a_lock(office))
        waiting = handover.submit(uuid4(), uuid4(), OK)
        assert handover.stop() == 1
        for each in (held, waiting, handover.submit(uuid4(), uuid4(), OK)):
            with pytest.raises(StoppedError):
                each.result(PATIENCE)
    pool.close()
    [item] = office.items()
    assert (item["status"], item["lease_token"]) == ("processing", claimed.lease_token)


class Gate(Database):
    """A database whose first call waits until it is let through; `sizes`: of all calls."""

    def __init__(self, url: str) -> None:
        super().__init__(Settings.load({"DATABASE_URL": url}, {}), 2)
        self.sizes: list[int] = []
        self.reached, self.opened = threading.Event(), threading.Event()
        self.open()

    def call(self, function: Callable[..., T], *args: object) -> T:
        """Call, the first time not yet."""
        [answers] = args
        assert isinstance(answers, list)
        self.sizes.append(len(answers))
        if not self.reached.is_set():
            self.reached.set()
            assert self.opened.wait(PATIENCE)
        return super().call(function, *args)


@pytest.fixture
def gate(database: str) -> Iterator[Gate]:
    each = Gate(database)
    yield each
    each.close()


def test_what_arrives_during_a_call_goes_together_with_the_next(gate: Gate) -> None:
    handover = Handover(gate, 10, patience=PATIENCE)
    first = handover.submit(uuid4(), uuid4(), OK)
    handover.start()
    assert gate.reached.wait(PATIENCE)
    others = [handover.submit(uuid4(), uuid4(), OK) for _ in range(5)]
    gate.opened.set()
    for each in (first, *others):
        assert each.result(PATIENCE).result == {"stale": True}
    handover.stop()
    assert gate.sizes == [1, 5]


def test_a_call_that_is_held_up_does_not_hold_up_the_next_for_long(gate: Gate) -> None:
    handover = Handover(gate, 10)
    first = handover.submit(uuid4(), uuid4(), OK)
    handover.start()
    assert gate.reached.wait(PATIENCE)
    second = handover.submit(uuid4(), uuid4(), OK)
    assert second.result(PATIENCE).result == {"stale": True}
    assert not first.done()
    gate.opened.set()
    assert first.result(PATIENCE).result == {"stale": True}
    handover.stop()


def test_many_answers_do_not_wait_for_a_call_that_runs(gate: Gate) -> None:
    handover = Handover(gate, 100, patience=10 * PATIENCE)
    first = handover.submit(uuid4(), uuid4(), OK)
    handover.start()
    assert gate.reached.wait(PATIENCE)
    others = [handover.submit(uuid4(), uuid4(), OK) for _ in range(ENOUGH)]
    for each in others:
        assert each.result(PATIENCE).result == {"stale": True}
    assert not first.done()
    gate.opened.set()
    assert first.result(PATIENCE).result == {"stale": True}
    handover.stop()
    assert gate.sizes == [1, ENOUGH]


def waits_for_a_lock(office: Office) -> bool:
    found = office.one(
        "select exists (select from pg_locks where not granted"
        " and relation = 'public.lead_sync_queue'::regclass) as waits"
    )
    return bool(found["waits"])
