"""What several real runners together send to ResMan: limits, breaker, pause, Retry-After."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

import psycopg
import pytest

from runner import calls_service
from runner.simulator import DEFAULT_PROPERTIES, Simulator
from runner.tests.daemon_support import Office, Row, eventually, rows, setting


@pytest.fixture
def other(database: str, simulator: Simulator) -> Iterator[Office]:
    """Another property, in the same database and ResMan, that has no trouble."""
    each = Office(database, simulator, resman_property_id=DEFAULT_PROPERTIES[1])
    yield each
    each.close()


@contextmanager
def runners(office: Office, number: int, **given: str) -> Iterator[None]:
    with ExitStack() as stack:
        for _ in range(number):
            stack.enter_context(office.running(**given))
        yield


def sent(office: Office) -> list[Row]:
    """The calls that arrived for the property, by the time they arrived."""
    calls = [
        {**call, "at": datetime.fromisoformat(call["at"])}
        for call in office.simulator.requests()
        if call["property_id"] == office.resman_property_id
    ]
    return sorted(calls, key=lambda call: call["at"])


def most_within(times: list[datetime], span: timedelta) -> int:
    """The greatest number of times that lie within a span."""
    return max(sum(start <= time < start + span for time in times) for start in times)


def all_synced(office: Office, leads: list[UUID]) -> None:
    eventually(lambda: all(office.synced(lead) for lead in leads), "all leads are synced")


def integration(office: Office) -> Row:
    [row] = rows(
        office,
        "select * from public.resman_integration where property_id = %s",
        office.property_id,
    )
    return row


def test_a_property_s_rate_holds_over_all_runners(office: Office) -> None:
    setting(office, "rate_limit", 10)
    setting(office, "in_flight_limit", 100)
    leads = [office.given_lead(number) for number in range(1, 13)]
    with runners(office, 4):
        all_synced(office, leads)
    times = [call["at"] for call in sent(office)]
    assert len(times) >= 2 * len(leads)
    assert most_within(times, timedelta(seconds=2)) <= 2 * 10


def test_a_partner_s_rate_holds_over_its_properties(office: Office, other: Office) -> None:
    for each in (office, other):
        setting(each, "partner", "p")
        setting(each, "partner_rate_limit", 10)
        setting(each, "rate_limit", 0)
    leads = [office.given_lead(number) for number in range(1, 7)]
    others = [other.given_lead(number) for number in range(11, 17)]
    with runners(office, 2):
        all_synced(office, leads)
        all_synced(other, others)
    times = sorted(call["at"] for call in sent(office) + sent(other))
    assert most_within(times, timedelta(seconds=2)) <= 2 * 10


def test_no_place_of_a_partner_is_given_twice(office: Office, other: Office) -> None:
    for each, rate in ((office, 5), (other, 0)):
        setting(each, "partner", "p")
        setting(each, "partner_rate_limit", 10)
        setting(each, "rate_limit", rate)
    each_takes, sessions, spacing = 20, 4, 1 / (10 * 0.9)

    def take(number: int) -> None:
        ids = [office.property_id, other.property_id]
        with psycopg.connect(office.url, autocommit=True) as connection:
            for _ in range(each_takes):
                connection.execute(
                    "select lead_sync_private.take_slots(%s)", [ids[:: 1 - 2 * (number % 2)]]
                )

    [begun] = rows(office, "select clock_timestamp() as at")
    with ThreadPoolExecutor(sessions) as pool:
        list(pool.map(take, range(sessions)))
    spans = {
        row["limited"]: (row["next_at"] - begun["at"]).total_seconds() + row["beyond"] * spacing
        for row in rows(
            office,
            "select r.limited, r.next_at, coalesce((select sum(upper(p) - lower(p))::int"
            " from unnest(r.beyond) as p), 0) as beyond from lead_sync_private.rate_slot r",
        )
    }
    takes = each_takes * sessions
    assert spans["partner:p"] > (2 * takes - 1) * spacing
    assert spans[str(office.property_id)] > (takes - 1) / (5 * 0.9)


def test_what_one_property_may_send_is_nothing_to_another(
    office: Office, other: Office
) -> None:
    setting(office, "rate_limit", 0.5)
    slow = [office.given_lead(number) for number in range(1, 9)]
    with runners(office, 2, grace="0"):  # nobody waits for the slow ones at the end
        eventually(lambda: sent(office))
        all_synced(other, [other.given_lead(number) for number in range(11, 19)])
        assert not all(office.synced(lead) for lead in slow)


def test_what_waits_for_its_place_takes_nobody_s_slot(office: Office, other: Office) -> None:
    setting(office, "rate_limit", 0.1)  # the second request waits for 11 s
    office.given_lead(1)
    with office.running(slots="1", grace="0"):
        eventually(lambda: sent(office))
        all_synced(other, [other.given_lead(number) for number in range(11, 15)])
    assert len(sent(office)) == 1


def test_what_is_in_flight_is_limited_over_all_runners(office: Office) -> None:
    setting(office, "in_flight_limit", 2)
    setting(office, "rate_limit", 0)
    office.simulator.fault("latency", ms=50, count=None)
    leads = [office.given_lead(number) for number in range(1, 13)]
    with runners(office, 3):
        all_synced(office, leads)
    assert max(call["in_flight"] for call in sent(office)) == 2


def test_an_outage_sends_one_probe_at_a_time_and_kills_no_lead(
    office: Office, other: Office
) -> None:
    setting(office, "breaker_failures", 3)
    setting(office, "breaker_pause", 0.2)
    setting(office, "breaker_longest", 0.4)
    setting(office, "rate_limit", 0)
    office.simulator.fault("unavailable", property_id=office.resman_property_id, count=None)
    leads = [office.given_lead(number) for number in range(1, 9)]

    def breaker() -> Row:
        found = rows(
            office,
            "select * from lead_sync_private.breaker where property_id = %s",
            office.property_id,
        )
        return found[0] if found else {"probes": 0}

    with runners(office, 3):
        eventually(lambda: breaker()["probes"] >= 3, "three probes have failed")
        # the others go on
        all_synced(other, [other.given_lead(number) for number in range(11, 15)])
        assert integration(office)["sync_status"] == "error"
        office.simulator.clear_faults()
        all_synced(office, leads)
    opened = 3 + 4  # the failures that opened it, and what was in flight then
    refused = [call for call in sent(office) if call["fault"]]
    assert len(refused) <= opened + breaker_probes(refused)
    # one after the other: no probe begins before the one before it was answered
    probes = refused[opened:]
    for earlier, later in pairwise(probes):
        assert later["at"] >= earlier["at"] + timedelta(milliseconds=earlier["elapsed_ms"])
    assert integration(office)["sync_status"] == "active"
    assert integration(office)["status_reason"] is None
    items = office.items(property_id=office.property_id)
    assert {item["status"] for item in items} == {"completed"}
    assert all(item["retry_count"] == 0 for item in items)


def breaker_probes(refused: list[Row]) -> int:
    """How many probes fit in the time of the outage: none sooner than the first pause."""
    span: timedelta = refused[-1]["at"] - refused[0]["at"]
    return int(span / timedelta(seconds=0.2)) + 1


def test_a_pause_takes_effect_with_the_next_claim(office: Office, other: Office) -> None:
    with runners(office, 2):
        all_synced(office, [office.given_lead(1)])
        before = len(sent(office))
        with psycopg.connect(office.url) as connection:
            calls_service.pause_property(connection, office.property_id, "a test")
        waiting = office.given_lead(2)
        all_synced(other, [other.given_lead(11), other.given_lead(12)])
        assert len(sent(office)) == before
        with psycopg.connect(office.url) as connection:
            calls_service.resume_property(connection, office.property_id)
        all_synced(office, [waiting])


def test_retry_after_holds_for_all_runners(office: Office) -> None:
    setting(office, "in_flight_limit", 1)
    office.simulator.fault("rate_limited", count=1, retry_after=2, skip=2)
    leads = [office.given_lead(number) for number in range(1, 5)]
    with runners(office, 3):
        all_synced(office, leads)
    calls = sent(office)
    [refused] = [n for n, call in enumerate(calls) if call["status"] == 429]
    assert calls[refused + 1]["at"] - calls[refused]["at"] >= timedelta(seconds=2)


def test_an_hourly_property_waits_for_the_hour(office: Office, other: Office) -> None:
    rows(
        office,
        "update public.resman_integration set sync_frequency = 'hourly' where property_id = %s",
        office.property_id,
    )
    waiting = office.given_lead(1)
    rows(
        office,  # as if the hour had just begun: the test may not run across one
        "update public.lead_sync_queue set created_at = date_trunc('hour', now()) + '1 hour'"
        " where property_id = %s",
        office.property_id,
    )
    with runners(office, 2):
        all_synced(other, [other.given_lead(number) for number in (11, 12, 13)])
        assert not sent(office)
        rows(
            office,
            "update public.lead_sync_queue set created_at = created_at - interval '2 hours'"
            " where property_id = %s",
            office.property_id,
        )
        all_synced(office, [waiting])


def test_several_runners_pull_a_property_once_an_interval(
    database: str, simulator: Simulator
) -> None:
    office = Office(database, simulator, direction="bidirectional")
    setting(office, "pull_interval", 5)

    def pulls() -> list[datetime]:
        return [call["at"] for call in sent(office) if call["method"] == "SearchProspects"]

    try:
        with runners(office, 3):
            eventually(lambda: len(pulls()) >= 3, "three pulls")
    finally:
        office.close()
    # The first comes at once, the others at the property's own place in the interval; the
    # schedule looks every second.
    _, second, third = pulls()[:3]
    assert third - second >= timedelta(seconds=3.5)
