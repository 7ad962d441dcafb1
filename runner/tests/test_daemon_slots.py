"""What takes a slot of the runner, and what does not."""

import threading
from uuid import uuid4

import psycopg

from runner import calls_service
from runner.calls import Claimed, Json
from runner.flights import Flight, Flights
from runner.tests.daemon_support import PATIENCE, Office, eventually


def test_while_an_answer_is_handed_over_its_slot_makes_another_call(office: Office) -> None:
    with psycopg.connect(office.url) as connection:
        calls_service.set_property_setting(
            connection, office.property_id, "in_flight_limit", 100
        )
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

        # of three slots a quarter is none to be claimed ahead
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
    flights.asked(held[0])  # its save takes the slot of none, and waits for a thread
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
    assert free(0.001) == free(0.06) == 40  # a quarter at most
    assert free(0.1) == 36  # of 32 calls of 100 ms, 4.8 end in 15 ms
    assert free(1.0) == 32  # and of slow ones none
    assert free(*[1.0] * 9, 0.05) == 32  # one is no measure
    assert free(1.0, *[0.05] * 99) == 40


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
