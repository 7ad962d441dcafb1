"""What the adapter makes of failures: one of the database's kinds, never an exception."""

import json
import time
from collections.abc import Iterator
from email.utils import formatdate
from typing import Any

import pytest

from runner.resman_failures import MAX_RETRY_AFTER_S, MESSAGE_CHARS
from runner.tests import fake_resman as fake
from runner.tests.fake_resman import FakeResMan, Said, answer, failed

LOOKUP = {"call": "list_sources"}
WINDOW = {
    "call": "search_leads",
    "by": {"modified_from": "2024-05-01T00:00:00Z", "modified_to": "2024-05-02T00:00:00Z"},
}


@pytest.fixture
def server() -> Iterator[FakeResMan]:
    with FakeResMan() as each:
        yield each


def error(text: str, status: str = "Error") -> str:
    return answer(status=status, extra=f"<ErrorDescription>{text}</ErrorDescription>")


@pytest.mark.parametrize(
    ("status", "search", "save"),
    [
        (301, "malformed", "malformed"),
        (307, "malformed", "malformed"),
        (400, "rejected", "rejected"),
        (401, "unauthorized", "unauthorized"),
        (403, "unauthorized", "unauthorized"),
        (404, "rejected", "rejected"),
        (408, "transient", "transient"),
        (413, "rejected", "rejected"),
        (429, "rate_limited", "rate_limited"),
        (500, "transient", "ambiguous"),
        (502, "transient", "ambiguous"),
        (503, "transient", "ambiguous"),
        (504, "transient", "ambiguous"),
    ],
)
def test_http_statuses(server: FakeResMan, status: int, search: str, save: str) -> None:
    said = Said(b"<p>why &amp; what</p>", status, {"Location": server.url + "/elsewhere"})
    assert failed(server, fake.SEARCH, said)["kind"] == search
    assert failed(server, LOOKUP, said)["kind"] == search
    response = failed(server, fake.SAVE, said)
    assert response["kind"] == save
    assert len(server.heard) == 3  # no redirect was followed, nothing was repeated
    if status >= 400:
        assert response["code"] == f"http_{status}"
        assert response["message"] == f"HTTP {status}: why & what"
    else:
        assert response["code"] == "redirect"


def test_a_window_that_is_too_large(server: FakeResMan) -> None:
    said = Said(b"<html>Buffer Overflow in proxy</html>", 502)
    assert failed(server, WINDOW, said)["kind"] == "too_large"
    assert failed(server, LOOKUP, said)["kind"] == "transient"
    assert failed(server, fake.SAVE, said)["kind"] == "ambiguous"
    other = Said(b"buffer overflow", 503)
    assert failed(server, WINDOW, other)["kind"] == "transient"


DATE = "Wed, 01 May 2024 10:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": "1.2"}, 2),
        ({"Retry-After": "0"}, 0),
        ({"Retry-After": "999999999999"}, MAX_RETRY_AFTER_S),
        ({"Retry-After": "-1"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": ""}, None),
        ({}, None),
        ({"Date": DATE, "Retry-After": "Wed, 01 May 2024 10:00:30 GMT"}, 30),
        ({"Date": DATE, "Retry-After": "Wed, 01 May 2024 09:00:00 GMT"}, 0),
        ({"Date": DATE, "Retry-After": "Wed, 01 May 2124 10:00:00 GMT"}, MAX_RETRY_AFTER_S),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after(
    server: FakeResMan, status: int, headers: dict[str, str], seconds: int | None
) -> None:
    said = Said(b"", status, headers)
    assert failed(server, fake.SAVE, said)["retry_after_s"] == seconds


def test_retry_after_a_date_without_a_date_of_the_answer(server: FakeResMan) -> None:
    said = Said(b"", 429, {"Retry-After": formatdate(time.time() + 60, usegmt=True)})
    dates: list[dict[str, str]] = [{}, {"Date": "nonsense"}]
    for date in dates:
        said.headers |= date
        assert failed(server, fake.SEARCH, said)["retry_after_s"] in (58, 59, 60)


@pytest.mark.parametrize("request_", [fake.SEARCH, fake.SAVE, LOOKUP])
@pytest.mark.parametrize("status", ["Error", "Failed", "success", "Pending"])
def test_http_200_errors_are_rejected(
    server: FakeResMan, request_: dict[str, Any], status: str
) -> None:
    text = "Transaction Source could not be found"
    response = failed(server, request_, error(text, status))
    assert (response["kind"], response["code"]) == ("rejected", "resman_error")
    assert response["message"] == f"{status}: {text}"


def test_lookup_errors_in_json(server: FakeResMan) -> None:
    body = json.dumps({"Status": "Failed", "ErrorDescription": "no such property"})
    response = failed(server, LOOKUP, body)
    assert (response["kind"], response["message"]) == ("rejected", "Failed: no such property")


@pytest.mark.parametrize(
    "text",
    [
        "Invalid credentials",
        "The API key is invalid.",
        "ApiKey or IntegrationPartnerID not recognized",
        "Unknown integration partner",
        "Authentication failed",
        "Unauthorized",
        "Access denied.",
    ],
)
def test_http_200_bad_credentials(server: FakeResMan, text: str) -> None:
    for request in (fake.SEARCH, fake.SAVE, LOOKUP):
        assert failed(server, request, error(text))["kind"] == "unauthorized"


@pytest.mark.parametrize(
    "text",
    [
        "Invalid email address",
        "Unknown Transaction Source",
        "Agent not found",
        "The agent is not authorized to move a resident",
        "Comment 'wrong key' is too long",
        "Invalid comment: 'please send credentials'",
        "",
    ],
)
def test_other_errors_do_not_blame_the_credentials(server: FakeResMan, text: str) -> None:
    assert failed(server, fake.SAVE, error(text))["kind"] == "rejected"


ECHO = (
    "key k3y/with+odd&amp;chars K3Y/WITH+ODD&amp;CHARS k3y%2Fwith%2Bodd%26chars "
    "of PARTNER-0001 in account 400 (not 4001)"
)


@pytest.mark.parametrize(
    "said",
    [
        error(ECHO),
        Said(ECHO.encode(), 400),
        Said(ECHO.encode(), 401),
        Said(b"<p>" + ECHO.replace("&amp;", "&#38;").encode() + b"</p>", 500),
    ],
)
def test_texts_are_kept_without_the_credentials(server: FakeResMan, said: Said | str) -> None:
    message = failed(server, fake.SEARCH, said)["message"]
    assert "k3y" not in message.lower()
    assert "partner-0001" not in message.lower()
    assert message.endswith("key *** *** *** of *** in account *** (not 4001)")


def test_texts_are_cut_and_clean(server: FakeResMan) -> None:
    said = Said(b"<style>p{}</style>a\x00b\n\n" + b"long " * 100_000, 400)
    message = failed(server, fake.SEARCH, said)["message"]
    assert message.startswith("HTTP 400: ab long long")
    assert len(message) <= MESSAGE_CHARS + len("HTTP 400: ")
