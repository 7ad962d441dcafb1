"""Answers that are not what was asked: malformed for a read, ambiguous for a save."""

from collections.abc import Iterator

import pytest

from runner.tests import fake_resman as fake
from runner.tests.fake_resman import FakeResMan, answer, failed

LOOKUP = {"call": "list_sources"}


@pytest.fixture
def server() -> Iterator[FakeResMan]:
    with FakeResMan() as each:
        yield each


DOCTYPE = '<!DOCTYPE ResMan [<!ENTITY e "x">]>'
UNREADABLE = [
    ("", "not_xml"),
    ("<html><body>Sign in</body>", "not_xml"),
    ("Service is being updated", "not_xml"),
    (answer()[:-20], "not_xml"),
    (answer("<Prospect>\x01</Prospect>"), "not_xml"),
    ('<?xml version="1.0" encoding="no-such"?><ResMan/>', "not_xml"),
    ("<html><body/></html>", "wrong_document"),
    ("<ResMan/>", "wrong_document"),
    ("<ResMan><Status/><Response/></ResMan>", "wrong_document"),
    ("<!DOCTYPE ResMan>" + answer()[38:], "forbidden_xml"),
    (DOCTYPE + answer("<Prospect>&e;</Prospect>")[38:], "forbidden_xml"),
    ('<!DOCTYPE r SYSTEM "http://127.0.0.1:1/x.dtd"><ResMan/>', "forbidden_xml"),
]


@pytest.mark.parametrize(("text", "code"), UNREADABLE)
def test_unreadable_answers(server: FakeResMan, text: str, code: str) -> None:
    response = failed(server, fake.SEARCH, text)
    assert (response["kind"], response["code"]) == ("malformed", code)
    # The save may have happened all the same.
    response = failed(server, fake.SAVE, text)
    assert (response["kind"], response["code"]) == ("ambiguous", code)


def test_the_answer_to_another_question(server: FakeResMan) -> None:
    text = "<ResMan><Status>Success</Status><Response><Units/></Response></ResMan>"
    assert failed(server, fake.SEARCH, text)["code"] == "wrong_document"
    json_answer = '{"Status": "Success", "ErrorDescription": null}'
    assert failed(server, fake.SEARCH, json_answer)["code"] == "not_xml"


@pytest.mark.parametrize(
    "customer",
    ["", '<Identification IDType="PersonID" IDValue="p"/>', '<Identification IDValue="x"/>'],
)
def test_a_save_without_a_prospect_id_is_ambiguous(server: FakeResMan, customer: str) -> None:
    inner = f"<Prospect><Customers><Customer>{customer}</Customer></Customers></Prospect>"
    response = failed(server, fake.SAVE, answer(inner))
    assert (response["kind"], response["code"]) == ("ambiguous", "wrong_document")
    assert failed(server, fake.SAVE, answer())["kind"] == "ambiguous"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not_json"),
        ("sorry", "not_json"),
        ("{" * 5000 + '"a":' * 5000, "not_json"),
        ("[" * 200_000, "not_json"),
        ('"Success"', "wrong_document"),
        ("[]", "wrong_document"),
        ("{}", "wrong_document"),
        ('{"Status": "Success"}', "wrong_document"),
        ('{"Status": "Success", "ProspectSources": "none"}', "wrong_document"),
        ('{"Status": "Success", "ProspectSources": [1]}', "wrong_document"),
        ("<html/>", "wrong_document"),
        (answer(), "wrong_document"),
        (DOCTYPE + "<ResMan/>", "forbidden_xml"),
    ],
)
def test_unreadable_lookups(server: FakeResMan, text: str, code: str) -> None:
    response = failed(server, LOOKUP, text)
    assert (response["kind"], response["code"]) == ("malformed", code)
