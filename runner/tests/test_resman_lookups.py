"""Look-ups as the adapter reads them, from JSON and from XML."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from runner.tests.fake_resman import (
    FakeResMan,
    answer,
)


@pytest.fixture
def server() -> Iterator[FakeResMan]:
    with FakeResMan() as each:
        yield each


def wrapper(**lists: Any) -> str:
    return json.dumps(
        {"MethodName": "M", "Status": "Success", "ErrorDescription": None, **lists}
    )


SOURCES = [
    {"ID": "s-1", "Name": "Web", "AvailableForOnlineMarketing": True, "IsActive": True},
    {"ID": "s-2", "Name": "Old", "AvailableForOnlineMarketing": False, "IsActive": False},
]
SOURCE_ITEMS = [
    {"id": "s-1", "name": "Web", "email": None, "active": True, "online": True},
    {"id": "s-2", "name": "Old", "email": None, "active": False, "online": False},
]


def items(server: FakeResMan, call: str, text: str) -> list[dict[str, Any]]:
    server.say(text)
    response = server.call({"call": call})
    assert response["outcome"] == "ok", response
    found: list[dict[str, Any]] = response["items"]
    return found


def test_sources(server: FakeResMan) -> None:
    assert items(server, "list_sources", wrapper(ProspectSources=SOURCES)) == SOURCE_ITEMS


def test_agents(server: FakeResMan) -> None:
    row = {"ID": 7, "Name": "A\x00gent", "Email": "a@example.com", "SecurityGroup": "x"}
    assert items(server, "list_agents", wrapper(Employees=[row, {"Name": "nobody"}])) == [
        {"id": "7", "name": "Agent", "email": "a@example.com", "active": True}
    ]


def test_lost_reasons(server: FakeResMan) -> None:
    text = wrapper(LostProspectReasons=[{"ID": "r-1", "Name": ""}])
    assert items(server, "list_lost_reasons", text) == [
        {"id": "r-1", "name": None, "email": None, "active": True}
    ]


@pytest.mark.parametrize("value", [None, []])
def test_an_empty_lookup(server: FakeResMan, value: Any) -> None:
    assert items(server, "list_agents", wrapper(Employees=value)) == []


def test_one_object_instead_of_a_list(server: FakeResMan) -> None:
    text = wrapper(ProspectSources=SOURCES[0])
    assert items(server, "list_sources", text) == SOURCE_ITEMS[:1]


def test_lookups_in_xml(server: FakeResMan) -> None:
    def rows(tag: str) -> str:
        return "".join(
            f"<{tag}>" + "".join(f"<{k}>{v}</{k}>" for k, v in row.items()) + f"</{tag}>"
            for row in SOURCES
        )

    text = answer(extra=f"<ProspectSources>{rows('ProspectSource')}</ProspectSources>")
    assert items(server, "list_sources", text) == SOURCE_ITEMS
    assert items(server, "list_sources", answer(extra=rows("ProspectSources"))) == SOURCE_ITEMS
