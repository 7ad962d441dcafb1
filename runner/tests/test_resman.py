"""What the adapter asks: URLs, methods, headers and form fields."""

from collections.abc import Iterator
from typing import Any

import pytest

from runner import __version__
from runner.resman import ResMan, check_base_url
from runner.tests import fake_resman as fake
from runner.tests.fake_resman import CREDENTIALS, LEAD, PROPERTY, FakeResMan

FOUR = {
    "IntegrationPartnerID": ["partner-0001"],
    "ApiKey": ["k3y/with+odd&chars"],
    "AccountID": ["400"],
    "PropertyID": [PROPERTY],
}


@pytest.fixture
def server() -> Iterator[FakeResMan]:
    with FakeResMan() as each:
        each.say(fake.EMPTY)
        yield each


@pytest.mark.parametrize(
    ("by", "fields"),
    [
        ({"lead_id": LEAD}, {"ProspectID": [LEAD]}),
        ({"email": "a@example.com"}, {"Email": ["a@example.com"]}),
        ({"phone": "+15125550142"}, {"Phone": ["5125550142"]}),
        ({"phone": "+442079460000"}, {"Phone": ["+442079460000"]}),
        (
            {"first_name": "Zoë", "last_name": "O'Hara & Co"},
            {"FirstName": ["Zoë"], "LastName": ["O'Hara & Co"]},
        ),
        (
            {
                "modified_from": "2024-05-01T10:00:00.900Z",
                "modified_to": "2024-05-01T12:00:00.1+01:00",
            },
            {
                "ModifiedStartDateTime": ["2024-05-01 10:00:00"],
                "ModifiedEndDateTime": ["2024-05-01 11:00:01"],
            },
        ),
        (
            {"modified_from": "2024-05-01T10:00:00Z", "modified_to": "2024-05-01T11:00:00Z"},
            {
                "ModifiedStartDateTime": ["2024-05-01 10:00:00"],
                "ModifiedEndDateTime": ["2024-05-01 11:00:00"],
            },
        ),
    ],
)
def test_a_search_sends_the_four_fields_and_its_filter(
    server: FakeResMan, by: dict[str, str], fields: dict[str, list[str]]
) -> None:
    response = server.call({"call": "search_leads", "by": by})
    assert response.pop("elapsed_ms") >= 0
    assert response == {"outcome": "ok", "leads": []}
    heard = server.heard[-1]
    assert heard.path == "/MITS/SearchProspects"
    assert heard.form == FOUR | fields


def test_headers(server: FakeResMan) -> None:
    server.call(fake.SEARCH)
    headers = server.heard[-1].headers
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert headers["Accept"] == "application/xml"
    assert headers["User-Agent"] == f"lead-sync/{__version__}"
    assert "Authorization" not in headers


def test_the_path_of_the_base_url_is_kept(server: FakeResMan) -> None:
    resman = ResMan(server.url + "/some/base/")
    resman.call(fake.SEARCH, fake.connection(), CREDENTIALS)
    resman.close()
    assert server.heard[-1].path == "/some/base/MITS/SearchProspects"


@pytest.mark.parametrize(
    ("call", "path"),
    [
        ("list_sources", "/Leasing/GetProspectSources"),
        ("list_agents", "/Leasing/GetEmployees"),
        ("list_lost_reasons", "/Leasing/GetLostProspectReasons"),
    ],
)
def test_lookups_send_the_four_fields_alone(server: FakeResMan, call: str, path: str) -> None:
    server.call({"call": call})
    heard = server.heard[-1]
    assert (heard.path, heard.form) == (path, FOUR)
    assert heard.headers["Accept"] == "application/json"


@pytest.mark.parametrize(
    "request_",
    [
        {"call": "delete_lead"},
        {},
        {"call": "search_leads", "by": {}},
        {"call": "search_leads", "by": {"email": " "}},
        {"call": "search_leads", "by": {"email": None}},
        {"call": "search_leads", "by": {"first_name": "Ann"}},
        {"call": "search_leads", "by": {"modified_from": "x", "modified_to": "y"}},
        {"call": "save_lead", "lead": None},
        {"call": "save_lead", "lead": {"move_in_date": "soon"}},
        {"call": "save_lead", "lead": {}, "events": [{"at": "2024-05-01T00:00:00Z"}]},
    ],
)
def test_what_is_no_request_is_never_sent(server: FakeResMan, request_: dict[str, Any]) -> None:
    response = server.call(request_)
    assert (response["kind"], response["code"]) == ("rejected", "bad_request")
    assert server.heard == []


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://api.example.com", "https://api.example.com"),
        (" https://api.example.com:8443/base/ ", "https://api.example.com:8443/base"),
        ("http://localhost:1", "http://localhost:1"),
        ("http://127.9.9.9/x", "http://127.9.9.9/x"),
        ("http://[::1]:80", "http://[::1]:80"),
    ],
)
def test_urls_that_are_taken(url: str, kept: str) -> None:
    assert check_base_url(url) == kept


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example.com",
        "http://127.0.0.1.example.com",
        "http://10.0.0.1",
        "ftp://localhost",
        "api.example.com",
        "https://user:word@api.example.com",
        "https://api.example.com/?a=b",
        "https://api.example.com/#a",
        "",
    ],
)
def test_urls_that_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="the ResMan URL must"):
        ResMan(url)
