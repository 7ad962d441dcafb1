"""Whose ids and details the adapter takes, from searches and from answers to saves."""

from collections.abc import Iterator
from typing import Any

import pytest

from runner.tests import fake_resman as fake
from runner.tests.fake_resman import (
    LEAD,
    PERSON,
    FakeResMan,
    answer,
    identification,
    lead_of,
    leads,
)

OTHER = "33333333-0000-4000-8000-000000000003"


@pytest.fixture
def server() -> Iterator[FakeResMan]:
    with FakeResMan() as each:
        yield each


def test_ids_go_by_type_and_resmans_own_come_first(server: FakeResMan) -> None:
    customer = (
        '<Identification IDType="ProspectID" IDValue="ils-7" OrganizationName="An ILS"/>'
        '<Identification IDType="Other" IDValue="x" OrganizationName="ResMan"/>'
        '<Identification IDType="prospectid" IDValue=" p-1 " OrganizationName="ResMan"/>'
        '<Identification IDType="PersonID" IDValue=""/>'
        '<Identification IDType="PersonID" IDValue="c-1"/>'
    )
    lead = lead_of(server, customer)
    assert (lead["lead_id"], lead["contact_id"]) == ("p-1", "c-1")


COUPLE = (
    "<Prospect><Customers>"
    f"<Customer>{identification(person=OTHER)}<Email>other@example.com</Email></Customer>"
    f'<Customer Type="lost"><Identification IDType="PersonID" IDValue="{PERSON}"/>'
    "<Email>ours@example.com</Email></Customer></Customers></Prospect>"
)


@pytest.mark.parametrize(
    ("request_", "email"),
    [
        ({"contact_id": PERSON}, "ours@example.com"),
        ({"by": {"lead_id": LEAD, "contact_id": PERSON.upper()}}, "ours@example.com"),
        ({"contact_id": None}, "other@example.com"),
        ({"contact_id": "99999999-0000-4000-8000-000000000009"}, "other@example.com"),
    ],
)
def test_of_several_customers_ours_is_the_stored_person_else_the_first(
    server: FakeResMan, request_: dict[str, Any], email: str
) -> None:
    (lead,) = leads(server, COUPLE, **request_)
    assert (lead["lead_id"], lead["email"]) == (LEAD, email)


@pytest.mark.parametrize(
    ("inner", "contact", "ids"),
    [
        (f"<Customer>{identification()}</Customer>", None, (LEAD, PERSON)),
        (
            f'<Customer><Identification IDType="ProspectID" IDValue="{LEAD}"/></Customer>',
            None,
            (LEAD, None),
        ),
        (
            f"<Customer>{identification(person=OTHER)}</Customer>"
            f"<Customer>{identification()}</Customer>",
            PERSON,
            (LEAD, PERSON),
        ),
    ],
)
def test_a_saves_answer(
    server: FakeResMan, inner: str, contact: str | None, ids: tuple[str, str | None]
) -> None:
    server.say(answer(f"<Prospect><Customers>{inner}</Customers></Prospect>"))
    response = server.call(fake.SAVE | {"contact_id": contact})
    assert isinstance(response.pop("elapsed_ms"), int)
    expected = {"lead_id": ids[0], "contact_id": ids[1]}
    assert response == {"outcome": "ok", "leads": [expected]}
