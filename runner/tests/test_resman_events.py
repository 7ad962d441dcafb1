"""Events as the adapter reads them."""

from collections.abc import Iterator
from typing import Any

import pytest

from runner.tests.fake_resman import (
    FakeResMan,
    lead_of,
)


@pytest.fixture
def server() -> Iterator[FakeResMan]:
    with FakeResMan() as each:
        yield each


def event_of(server: FakeResMan, attributes: str, inner: str = "") -> dict[str, Any]:
    lead = lead_of(server, rest=f"<Events><Event {attributes}>{inner}</Event></Events>")
    event: dict[str, Any] = lead["events"][0]
    return event


@pytest.mark.parametrize(
    ("shown", "at"),
    [
        ("2024-05-01T07:29:52.000000", "2024-05-01T07:29:52Z"),
        ("2024-05-01T07:29:52Z", "2024-05-01T07:29:52Z"),
        ("2024-05-01T07:29:52+00:00", "2024-05-01T07:29:52Z"),
        ("2024-05-01T07:29:52-05:00", "2024-05-01T12:29:52Z"),
        ("2024-05-01T07:29:52.1234567", "2024-05-01T07:29:52.123456Z"),
        ("2024-05-01", "2024-05-01T00:00:00Z"),
        ("", None),
        ("yesterday", "absent"),
        ("0001-01-01T00:00:00+14:00", "absent"),
    ],
)
def test_event_dates(server: FakeResMan, shown: str, at: str | None) -> None:
    assert event_of(server, f'EventDate="{shown}"').get("at", "absent") == at


@pytest.mark.parametrize(
    ("comments", "expected"),
    [
        ("<Comments>hello [ls:0123abcd]</Comments>", {"comment": "hello", "key": "0123abcd"}),
        ("<Comments>[ls:0123abcd] \n</Comments>", {"comment": None, "key": "0123abcd"}),
        ("<Comments>[ls:0123abcd] hello</Comments>", {"comment": "[ls:0123abcd] hello"}),
        ("<Comments>hello [ls:0123ABCD]</Comments>", {"comment": "hello [ls:0123ABCD]"}),
        ("<Comments>hello [ls:0123abc]</Comments>", {"comment": "hello [ls:0123abc]"}),
        (
            "<Comments>a [ls:00000000] [ls:0123abcd]</Comments>",
            {"comment": "a [ls:00000000]", "key": "0123abcd"},
        ),
        ("<Comments><![CDATA[1 < 2 [ls:0123abcd]]]></Comments>", {"comment": "1 < 2"}),
        ("<Comments/>", {"comment": None}),
        ("", {}),
    ],
)
def test_the_mark_is_taken_off_the_end(
    server: FakeResMan, comments: str, expected: dict[str, Any]
) -> None:
    if "CDATA" in comments:
        expected = expected | {"key": "0123abcd"}
    assert event_of(server, "", comments) == expected


def test_events_agents(server: FakeResMan) -> None:
    assert event_of(server, "", "<Agent/>") == {"agent": None}
    assert event_of(server, "", "<Agent><AgentName>A</AgentName></Agent>") == {
        "agent": {"name": "A"}
    }
    assert event_of(server, "", "<FirstContact>perhaps</FirstContact>") == {}


def test_source_and_agent_come_from_the_first_contact_only(server: FakeResMan) -> None:
    event = "<Event><FirstContact>{}</FirstContact><TransactionSource>{}</TransactionSource>"
    later = event.format("false", "not-this") + "</Event>"
    first = event.format("true", "this") + "</Event>"
    lead = lead_of(server, rest=f"<Events>{later}{first}</Events>")
    assert lead["source"] == {"id": "this"}
    assert "agent" not in lead
    assert "source" not in lead_of(server, rest=f"<Events>{later}</Events>")
    blank = event.format("true", "") + "</Event>"
    assert lead_of(server, rest=f"<Events>{blank}</Events>")["source"] is None
