"""The demo, and that its comparison can fail."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest

from runner.demo_compare import Comparison, compare, read_domiq, read_resman
from runner.demo_story import Lead, Office, open_offices
from runner.demo_world import Place, make_places, prepare_domiq, prepare_resman
from runner.postgres import LocalServer
from runner.simulator import Simulator
from runner.tests.conftest import Connect
from runner.tests.postgres_support import await_ends

NUMBER = 5  # has a phone, a size, rents, pets
STEPS = (
    "people begin to chat",
    "ResMan goes away",
    "ResMan is back",
    "the last edit is made",
    "the office reads its summary",
    "DomIQ has them",
    "one conflict",
    "$ leadsync conflicts list",
    "data_conflict  occupants",
    "$ leadsync conflicts resolve",
    "both sides hold 5 occupants",
    "Differences: none",
)
"""What the demo says, in this order."""


@dataclass
class Both:
    """One lead on both sides, put there by hand, in the forms that each side has."""

    url: str
    place: Place
    office: Office
    lead: Lead
    simulator: Simulator
    prospect_id: str

    def compare(self) -> Comparison:
        places = [self.place]
        return compare(read_domiq(self.url, places), read_resman(self.simulator.url, places))

    def edit(self, **fields: Any) -> None:
        self.simulator.edit_lead(self.prospect_id, **fields)


@pytest.fixture
def both(domiq_only_database: str) -> Iterator[Both]:
    url, place = domiq_only_database, make_places()[0]
    with psycopg.connect(url, autocommit=True) as connection, Simulator(port=0) as simulator:
        connection.execute(
            "alter table public.conversation add column resman_lead_id varchar(100)"
        )
        prepare_domiq(connection, place)
        prepare_resman(simulator, place)
        with open_offices(url, [place]) as (office,):
            lead = office.arrive(NUMBER)
            tour = datetime(2030, 7, 1, 10, 30)
            office.edit(lead, is_book_tour=True, tour_datetime=tour)
            person, wishes = office.person(NUMBER), office.wishes(NUMBER)
            agent = {"agent_id": str(place.id_of(" ".join(place.manager)))}
            typed = simulator.add_lead(
                place.resman_property_id,
                first_name=person["first_name"],
                last_name=person["last_name"],
                email=person["email"].lower(),
                phone=re.sub(r"\D", "", person["phone"]),
                type="prospect",
                move_in_date=wishes["move_in_date"] and str(wishes["move_in_date"]),
                rent_min=1475,
                rent_max=1876,
                bedrooms=0,
                occupants=2,
                pets=[{"type": "Dog", "count": 1}],
                comment=wishes["ai_intent_summary"],
                events=[
                    {
                        "type": "Contact",
                        "first_contact": True,
                        "source_id": str(place.id_of("Apartments.com")),
                        "comments": "Lead [ls:00000001]",
                        **agent,
                    },
                    {"type": "Appointment", "at": "2030-07-01T15:30:00Z", **agent},
                    {
                        "type": "Other",
                        "comments": "DomIQ notification: tour scheduled (pending)"
                        " [ls:00000002]",
                        **agent,
                    },
                ],
            )
            connection.execute(
                "update public.conversation set resman_lead_id = %s", (typed["prospect_id"],)
            )
            yield Both(url, place, office, lead, simulator, typed["prospect_id"])


def test_two_sides_that_agree(both: Both) -> None:
    result = both.compare()
    assert result.disagreements == []
    assert result.all_agree
    assert result.agreed == result.asked
    assert len(result.asked) == 19


@pytest.mark.parametrize(
    ("name", "value", "different"),
    [
        ("first_name", "Somebody", "first_name"),
        ("last_name", "Else", "last_name"),
        ("phone", "3125550199", "phone"),
        ("move_in_date", "2031-01-01", "move_in_date"),
        ("rent_min", 1476, "rent_min"),
        ("rent_max", "", "rent_max"),
        ("bedrooms", "", "bedrooms"),
        ("occupants", 9, "occupants"),
        ("pets", [], "pets"),
        ("comment", "Somebody else's words", "comment"),
        ("type", "lost", "status"),
        ("event", {"type": "Appointment", "at": "2030-07-01T15:31:00Z"}, "tour"),
    ],
)
def test_a_lead_that_was_tampered_with(
    both: Both, name: str, value: object, different: str
) -> None:
    both.edit(**{name: value})
    result = both.compare()
    assert not result.all_agree
    assert [text.split(": ")[1] for text in result.disagreements] == [different]
    assert result.asked[different] - result.agreed[different] == 1


@pytest.mark.parametrize(
    ("position", "change", "different"),
    [
        (0, {"source_id": ""}, "source"),
        (0, {"agent_id": ""}, "agent"),
        (2, {"comments": "another"}, "notifications"),
        (1, {"comments": "Lead [ls:00000001]"}, "repeated_events"),
    ],
)
def test_events_that_were_tampered_with(
    both: Both, position: int, change: dict[str, str], different: str
) -> None:
    events = both.simulator.lead(both.prospect_id)["events"]
    events[position] |= change
    both.edit(events=events)
    assert [text.split(": ")[1] for text in both.compare().disagreements] == [different]


def _remove(both: Both) -> None:
    both.simulator.remove_lead(both.prospect_id)


def _add(both: Both, email: str = "") -> None:
    both.simulator.add_lead(both.place.resman_property_id, email=email or both.lead.email)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_remove, ["1 in DomIQ, 0 in ResMan"]),
        (_add, ["1 in DomIQ, 2 in ResMan"]),
        (partial(_add, email="nobody@example.com"), ["0 in DomIQ, 1 in ResMan"]),
        (
            partial(Both.edit, email="other@example.com"),
            ["1 in DomIQ, 0 in ResMan", "0 in DomIQ, 1 in ResMan"],
        ),
    ],
)
def test_leads_that_are_not_there_once_on_each_side(
    both: Both, change: Callable[[Both], None], said: list[str]
) -> None:
    change(both)
    assert [t.split(": ")[1] for t in both.compare().disagreements] == said


def test_a_link_to_another_lead(both: Both) -> None:
    with psycopg.connect(both.url) as connection:
        connection.execute("update public.conversation set resman_lead_id = 'another'")
    assert [t.split(": ")[1] for t in both.compare().disagreements] == ["lead_id"]


def test_nothing_at_all_is_no_agreement() -> None:
    assert not compare({}, {}).all_agree


def _start(temporary_files: Path, database_url: str = "") -> "subprocess.Popen[str]":
    environment = {**os.environ, "TMPDIR": str(temporary_files), "PYTHONUNBUFFERED": "1"}
    environment["DATABASE_URL"] = database_url
    return subprocess.Popen(
        [sys.executable, "-m", "runner", "demo"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.fixture
def temporary_files() -> Iterator[Path]:
    """A directory for what the demo makes, short and open enough for the server's account."""
    with tempfile.TemporaryDirectory(prefix="ls-") as name:
        path = Path(name)
        path.chmod(0o711)
        yield path


def _processes(temporary_files: Path) -> set[int]:
    """The processes that have the directory in their environment."""
    mark = f"TMPDIR={temporary_files}\0".encode()
    found = set()
    for path in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if mark in path.read_bytes():
                found.add(int(path.parent.name))
    return found


def _left_behind(temporary_files: Path) -> list[str]:
    """Files, and the processes that have the directory in their environment."""
    return [*map(str, temporary_files.iterdir()), *map(str, _processes(temporary_files))]


def _agree(demos: list["subprocess.Popen[str]"]) -> None:
    """Wait for the demos' ends; each must have ended well."""
    said = [demo.communicate(timeout=100)[0] for demo in demos]
    for demo, output in zip(demos, said, strict=True):
        assert demo.returncode == 0, output
        assert "DATABASE_URL" not in output
        assert "DomIQ and ResMan agree: 36 leads" in output
        assert "public.property_sync_status" in output
        steps = [output.find(text) for text in STEPS]
        assert -1 not in steps, output
        assert steps == sorted(steps), output


@pytest.mark.timeout(110)
def test_two_demos_at_once(temporary_files: Path) -> None:
    with _start(temporary_files) as first, _start(temporary_files) as second:
        _agree([first, second])
    assert _left_behind(temporary_files) == []


@pytest.mark.timeout(110)
def test_two_demos_at_once_on_a_server_that_is_given(
    temporary_files: Path, own_server: LocalServer, connect: Connect
) -> None:
    admin = connect(own_server.url())
    admin.execute("create role plain login createdb createrole")
    before = _databases_and_roles(admin)
    url = own_server.url().replace("postgres@", "plain@")
    with _start(temporary_files, url) as first, _start(temporary_files, url) as second:
        _agree([first, second])
    assert _left_behind(temporary_files) == []
    assert _databases_and_roles(admin) == before


def _databases_and_roles(connection: psycopg.Connection[Any]) -> list[Any]:
    query = "select datname from pg_database union all select rolname from pg_roles order by 1"
    return connection.execute(query).fetchall()


@pytest.mark.timeout(60)
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 1), (signal.SIGTERM, 143)])
def test_nothing_is_left_of_a_demo_that_is_stopped(
    temporary_files: Path, number: signal.Signals, code: int
) -> None:
    with _start(temporary_files) as demo:
        assert demo.stdout is not None
        try:
            said = ""
            for line in demo.stdout:
                said += line
                if "people chat" in line:
                    demo.send_signal(number)
            assert demo.wait(30) == code, said
        finally:
            demo.kill()
    assert _left_behind(temporary_files) == []


@pytest.mark.timeout(60)
def test_nothing_is_left_of_a_demo_that_is_killed(temporary_files: Path) -> None:
    with _start(temporary_files) as demo:
        assert demo.stdout is not None
        for line in demo.stdout:
            if "people chat" in line:
                break
        others = _processes(temporary_files) - {demo.pid}
        names = {(Path("/proc") / str(pid) / "cmdline").read_text() for pid in others}
        for name in ("postgres_leftovers", "-m\0runner\0run", "data\0"):
            assert any(name in each for each in names), names
        with await_ends(*others):
            demo.kill()
    assert _left_behind(temporary_files) == []
