"""What takes a slot of the runner, what does not, and when its call may be made."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest

from runner import calls
from runner.calls import Claimed, Json
from runner.clock import boottime
from runner.db import Database
from runner.flights import LATE, Flight, Flights
from runner.handover import Handover
from runner.places import SHORT
from runner.tests.daemon_support import (
    PATIENCE,
    Office,
    eventually,
    rows,
    setting,
    settings_for,
)
from runner.worker import Workers


def test_while_an_answer_is_handed_over_its_slot_makes_another_call(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runner.flights.AHEAD", 0.0)  # nothing is claimed for slots to come
    setting(office, "in_flight_limit", 100)
    for number in range(1, 8):
        office.given_lead(number)
    called, calling, finish = threading.Semaphore(0), threading.Lock(), threading.Event()
    with psycopg.connect(office.url) as other:

        def call(_request: Json, _connection: Json) -> Json:
            called.release()
            if calling.acquire(
                blocking=False
            ):  # the first: the database cannot take its answer
                eventually(lambda: len(office.items(status="processing")) == 3)
                other.execute(
                    "select from public.lead_sync_queue where status = 'processing' for update"
                )
            else:
                assert finish.wait(PATIENCE)
            return {"outcome": "failed", "kind": "rejected", "code": "no", "elapsed_ms": 1}

        with office.running(call, slots="3"):
            for _ in range(4):
                assert called.acquire(timeout=PATIENCE)
            assert len(office.items(status="processing")) == 4
            finish.set()
            other.rollback()
            eventually(lambda: all(item["error_code"] == "no" for item in office.items()))


def test_how_many_more_items_there_may_be() -> None:
    changed: list[int] = []
    flights = Flights(8, lambda: changed.append(flights.free()))
    held = [flight() for _ in range(18)]
    for each in held[:8]:
        flights.begin(each)
    assert flights.free() == 0
    flights.answered(held[0], 5.0)
    flights.answered(held[1], 5.0)
    assert (flights.free(), changed) == (2, [1])
    flights.begin(held[8])
    flights.begin(held[9])
    assert flights.free() == 0
    flights.wants_slot(held[0])  # its save takes the slot of none, and waits for a thread
    assert flights.free() == -1
    flights.end(held[1], "completed")
    assert (flights.free(), changed) == (-1, [1, -1])
    flights.end(held[0], "completed")
    assert (flights.free(), changed) == (0, [1, -1, 0])
    flights.end(held[2], "completed")
    assert (flights.free(), changed) == (1, [1, -1, 0, 1])
    assert (len(flights.all()), flights.outcomes) == (7, {"completed": 3})
    flights.begin(held[10])
    for each in held[3:10]:
        flights.answered(each, 5.0)
    for each in held[11:18]:
        flights.begin(each)
    assert flights.free() == 0
    flights.answered(held[10], 5.0)
    assert flights.free() == 1
    flights.begin(flight())
    flights.answered(held[11], 5.0)
    assert flights.free() == 0  # twice the slots, however many answers wait


def test_items_are_claimed_ahead_for_what_calls_take() -> None:
    def free(*calls_s: float) -> int:
        flights = Flights(32, lambda: None)
        for call_s in calls_s:
            begun = flight()
            flights.begin(begun)
            flights.answered(begun, call_s)
            flights.end(begun, "completed")
        return flights.free()

    assert free() == 32  # nothing is known of ResMan yet
    assert free(0.001) == free(0.06) == 48  # half at most
    assert free(0.1) == 41  # of 32 calls of 100 ms, 9.6 end in 30 ms
    assert free(1.0) == 32  # and of slow ones none
    assert free(*[2.0] * 9, 0.05) == 32  # one is no measure
    assert free(1.0, *[0.05] * 99) == 48


def test_an_answer_that_shows_calls_to_be_short_tells_of_the_room_it_makes() -> None:
    changed: list[int] = []
    flights = Flights(2, lambda: changed.append(flights.free()))
    held = [flight(), flight()]
    for each in held:
        flights.begin(each)
    assert flights.free() == 0
    flights.answered(held[0], 0.001)
    assert changed == [2]


def flight() -> Flight:
    item = Claimed(uuid4(), uuid4(), uuid4(), None, "create", 1, {}, {})
    return Flight(item, {}, 0.0, 0.0)


def test_with_every_slot_calling_nothing_more_is_claimed(office: Office) -> None:
    for number in range(1, 5):
        office.given_lead(number)
    called, finish = threading.Semaphore(0), threading.Event()

    def slow(_request: Json, _connection: Json) -> Json:
        called.release()
        assert finish.wait(PATIENCE)
        return {"outcome": "failed", "kind": "rejected", "code": "no", "elapsed_ms": 1}

    with office.running(slow, slots="2"):
        assert called.acquire(timeout=PATIENCE)
        assert called.acquire(timeout=PATIENCE)
        assert len(office.items(status="processing")) == 2
        finish.set()
        eventually(lambda: all(item["error_code"] == "no" for item in office.items()))


@contextmanager
def workers(
    office: Office, threads: int, sent: list[Json]
) -> Iterator[tuple[Workers, Flights]]:
    """Workers that note what is sent, and have every request rejected."""

    def call(request: Json, _connection: Json) -> Json:
        sent.append(request)
        return {"outcome": "failed", "kind": "rejected", "code": "no", "elapsed_ms": 1}

    database = Database(settings_for(office.url, office.simulator), 4)
    flights = Flights(threads, lambda: None)
    handover = Handover(database, 10)
    pool = Workers(database, handover, flights, call, threads)
    database.open()
    handover.start()
    pool.start()
    try:
        yield pool, flights
    finally:
        pool.abandon()
        handover.stop()
        pool.stop()
        database.close()


def claimed(office: Office, number: int) -> list[Claimed]:
    for each in range(1, number + 1):
        office.given_lead(each)
    with psycopg.connect(office.url, autocommit=True) as connection:
        items = calls.claim_items(connection, "by hand", number, timedelta(seconds=60))
    assert len(items) == number
    return items


def next_place(office: Office) -> float:
    [row] = rows(
        office,
        "select extract(epoch from next_at)::float8 as at from lead_sync_private.rate_slot",
    )
    at: float = row["at"]
    return at


def test_what_was_kept_from_its_place_asks_for_another(office: Office) -> None:
    setting(office, "rate_limit", 20)
    sent: list[Json] = []
    items = claimed(office, 3)
    assert [item.request["wait_s"] > 0 for item in items] == [False, True, True]
    before = next_place(office)
    with workers(office, 3, sent) as (pool, flights):
        pool.take(items[0], boottime())
        assert flights.wait_until_none(PATIENCE)
        assert next_place(office) == before
        for item in items[1:]:
            pool.take(item, boottime() - item.request["wait_s"] - LATE)
        assert flights.wait_until_none(PATIENCE)
    assert len(sent) == 3
    assert next_place(office) >= before + 2 / (20 * 0.9) - 0.001
    assert {item["error_code"] for item in office.items()} == {"no"}


def test_a_long_wait_for_a_place_takes_no_slot_and_a_short_one_does(office: Office) -> None:
    sent: list[Json] = []
    long, short = (
        replace(item, request={**item.request, "wait_s": wait_s})
        for item, wait_s in zip(claimed(office, 2), (20, SHORT), strict=True)
    )
    with workers(office, 1, sent) as (pool, flights):
        pool.take(long, boottime())
        assert flights.free() == 1
        pool.take(short, boottime())
        assert flights.free() == 0
        eventually(lambda: len(flights.all()) == 1)
        assert [request["issued_at"] for request in sent] == [short.request["issued_at"]]
    assert len(sent) == 1  # what still waited was given back
    assert sorted(item["status"] for item in office.items()) == ["failed", "pending"]


def test_without_a_limit_nothing_is_ever_late(office: Office) -> None:
    setting(office, "rate_limit", 0)
    sent: list[Json] = []
    [item] = claimed(office, 1)
    with workers(office, 1, sent) as (pool, flights):
        pool.take(item, boottime() - 10)
        assert flights.wait_until_none(PATIENCE)
    assert sent
    assert not rows(office, "select limited from lead_sync_private.rate_slot")


def test_what_has_lost_its_lease_gets_no_other_place(office: Office) -> None:
    sent: list[Json] = []
    [item] = claimed(office, 1)
    with psycopg.connect(office.url, autocommit=True) as connection:
        calls.release_items(connection, [item.lease_token])
    with workers(office, 1, sent) as (pool, flights):
        pool.take(item, boottime() - 10)
        assert flights.wait_until_none(PATIENCE)
    assert not sent
    assert flights.outcomes == {"stale": 1}


def test_without_a_database_nothing_is_sent_late(office: Office) -> None:
    sent: list[Json] = []
    [item] = claimed(office, 1)
    with workers(office, 1, sent) as (pool, flights), psycopg.connect(office.url) as holder:
        holder.execute("lock table lead_sync_private.rate_slot")
        pool.take(item, boottime() - 10)
        waiting = (
            "pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
        )
        asking = f"select pid from {waiting}"
        eventually(lambda: rows(office, asking))
        assert not sent
        rows(office, f"select pg_terminate_backend(pid) from {waiting}")
        eventually(lambda: not rows(office, asking))
        eventually(lambda: rows(office, asking), "it asks again")
        assert not sent
        holder.rollback()
        assert flights.wait_until_none(PATIENCE)
    assert len(sent) == 1
