"""The simulated ResMan's page, as a browser without scripts would use it."""

import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser

import pytest
import requests

from runner.simulator import Simulator
from runner.simulator_about import ABOUT, GROUPS
from runner.simulator_switches import BY_NAME
from runner.tests.simulator_client import HERE, THERE, Client

NASTY = "<script>alert(1)</script>\"'&amp;"
VOID = {"meta", "link", "input", "br"}


class Page(HTMLParser):
    """What a page holds: balanced tags, the first form that posts with its fields, labels."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.forms: dict[str, dict[str, str]] = {}
        self.labelled: set[str] = set()
        self._fields: dict[str, str] = {}
        self._name = ""
        self._options: dict[str, str] = {}
        self.feed(text)
        assert self.open == [], "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        if tag == "form":
            self._fields = self.forms.setdefault(values["action"], {})
        elif tag in ("input", "select", "textarea"):
            self._name = values["name"]
            self._fields[self._name] = values.get("value", "")
            if "label" in self.open or values.get("type") == "hidden":
                self.labelled.add(self._name)
        elif tag == "option":
            first = self._options.setdefault(self._name, values["value"]) == values["value"]
            if first or "selected" in values:
                self._fields[self._name] = values["value"]

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "textarea":
            self._fields[self._name] = data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture
def web(sim: Simulator) -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        yield session


def get(web: requests.Session, sim: Simulator, path: str, status: int = 200) -> str:
    answer = web.get(sim.url + path, timeout=30)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    answer.encoding = "utf-8"
    return answer.text


def send(
    web: requests.Session, sim: Simulator, path: str, fields: dict[str, str]
) -> requests.Response:
    return web.post(sim.url + path, data=fields, timeout=30)


def test_every_page_is_sound_and_needs_nothing_from_elsewhere(
    sim: Simulator, web: requests.Session
) -> None:
    lead = sim.add_lead(HERE, first_name="Ann", event={"type": "Show"})
    with Client(sim) as client:
        client.found(Email="a@example.com")
    sim.fault("unavailable", count=None)
    lead_path = f"/lead?id={lead['prospect_id']}"
    for path in ("/", "/lead", lead_path, "/controls", "/requests", "/?q=none"):
        text = get(web, sim, path)
        page = Page(text)
        assert {"html", "main", "h1", "nav", "title"} <= set(page.tags)
        assert "script" not in page.tags
        assert not re.findall(r'(?:src|href|action)="(?:https?:)?//', text)
        fields = {name for form in page.forms.values() for name in form}
        assert fields <= page.labelled, "every field has a label"


def test_leads_with_their_events_are_listed_and_escaped(
    sim: Simulator, web: requests.Session
) -> None:
    event = {"type": "Show", "comments": NASTY, "reasons": NASTY}
    lead = sim.add_lead(
        HERE, first_name=NASTY, email=NASTY, phone=NASTY, comment=NASTY, event=event
    )
    for path in ("/", f"/lead?id={lead['prospect_id']}", f"/?q={NASTY}", f"/?note={NASTY}"):
        text = get(web, sim, path)
        assert "<script" not in text
        assert NASTY in unescape(text)
    assert "1 event<" in get(web, sim, "/")


def test_search(sim: Simulator, web: requests.Session) -> None:
    ann = sim.add_lead(HERE, first_name="Ann", last_name="Example", email="ann@example.com")
    sim.add_lead(THERE, first_name="Bob", last_name="Example", phone="5555550102")
    for wanted, names in (
        ("q=ann+exam", ["Ann"]),
        ("q=0102", ["Bob"]),
        ("q=ANN@", ["Ann"]),
        (f"q={ann['prospect_id'][:13]}", ["Ann"]),
        ("q=example", ["Bob", "Ann"]),
        (f"q=example&property={HERE}", ["Ann"]),
        ("q=nobody", []),
    ):
        text = get(web, sim, f"/?{wanted}")
        assert re.findall(r">(\w+) Example</a>", text) == names


def test_many_leads_are_shown_in_pages(sim: Simulator, web: requests.Session) -> None:
    for number in range(120):
        sim.add_lead(HERE, first_name=f"Lead{number}", last_name="Example")
    pattern = r">(Lead\d+) Example</a>"
    first, third = get(web, sim, "/"), get(web, sim, "/?page=3")
    assert re.findall(pattern, first) == [f"Lead{n}" for n in range(119, 69, -1)]
    assert re.findall(pattern, third) == [f"Lead{n}" for n in range(19, -1, -1)]
    assert ("Older leads" in first, "Older leads" in third) == (True, False)
    assert re.findall(pattern, get(web, sim, "/?page=x")) == re.findall(pattern, first)


def test_a_person_creates_a_lead(sim: Simulator, web: requests.Session) -> None:
    fields = Page(get(web, sim, "/lead")).forms["/lead"]
    assert fields["property_id"] == HERE
    fields |= {"first_name": "Ann", "email": " ann@example.com ", "pets": "1 dog, 2 big cats"}
    fields |= {"property_id": THERE, "event_type": "WalkIn", "event_comments": "Came by"}
    answer = send(web, sim, "/lead", fields)
    (lead,) = sim.leads()
    assert answer.url.startswith(f"{sim.url}/lead?id={lead['prospect_id']}")
    assert "Lead created." in answer.text
    assert (lead["property_id"], lead["email"]) == (THERE, "ann@example.com")
    assert lead["pets"] == [{"type": "dog", "count": "1"}, {"type": "big cats", "count": "2"}]
    assert [(e["type"], e["comments"]) for e in lead["events"]] == [("WalkIn", "Came by")]


def test_a_person_edits_one_and_the_api_shows_it(sim: Simulator, web: requests.Session) -> None:
    with Client(sim) as client:
        lead_id = client.create("Ann", email="ann@example.com")
        before = sim.lead(lead_id)
        fields = Page(get(web, sim, f"/lead?id={lead_id}")).forms["/lead"]
        send(web, sim, "/lead", fields)
        same = sim.lead(lead_id)
        keep = [n for n in same if n not in ("modified_at", "modified_by", "feed_at")]
        assert {n: same[n] for n in keep} == {n: before[n] for n in keep}
        fields |= {"comment": "Two\r\nlines", "rent_max": "1500", "type": "lost"}
        answer = send(web, sim, "/lead", {**fields, "lost_reason": "Location"})
        assert "Lead saved." in answer.text
        root = client.search(ProspectID=lead_id)
        assert root.findtext(".//Comment") == "Two\nlines", "browsers send CR LF"
        assert root.findtext(".//EventReasons") == "Prospect Lost: Location"


def test_a_bad_edit_says_why(sim: Simulator, web: requests.Session) -> None:
    answer = send(web, sim, "/lead", {"property_id": HERE})
    assert answer.status_code == 400
    assert "needs a name" in answer.text
    get(web, sim, "/lead?id=nonsense", 404)
    get(web, sim, "/nonsense", 404)
    assert sim.leads() == []


def test_faults_and_switches(sim: Simulator, web: requests.Session) -> None:
    page = Page(get(web, sim, "/controls"))
    switches = page.forms["/switches"]
    assert set(switches) == set(sim.switches())
    send(web, sim, "/switches", {**switches, "omitted": "clear", "hold_s": "2.5"})
    assert (sim.switches()["omitted"], sim.switches()["hold_s"]) == ("clear", 2.5)
    again = send(web, sim, "/switches", Page(get(web, sim, "/controls")).forms["/switches"])
    assert (again.status_code, sim.switches()["hold_s"]) == (200, 2.5)
    assert send(web, sim, "/switches", {"hold_s": "soon"}).status_code == 400
    fault = {**page.forms["/fault"], "fault": "rate_limited", "retry_after": "9", "count": "2"}
    send(web, sim, "/fault", fault)
    answer = send(web, sim, "/fault", {**fault, "fault": "unavailable", "count": ""})
    assert "until cleared" in answer.text
    with Client(sim) as client:
        assert client.post(client.new()).headers["Retry-After"] == "9"
    assert [f["count"] for f in sim.faults.as_list()] == [1, None]
    assert send(web, sim, "/fault", {"fault": "error", "count": "some"}).status_code == 400
    send(web, sim, "/faults/clear", {})
    assert sim.faults.as_list() == []


def test_the_office_acts_by_buttons(sim: Simulator, web: requests.Session) -> None:
    lead_id = sim.add_lead(HERE, first_name="Ann")["prospect_id"]
    other = sim.add_lead(HERE, first_name="Anna", phone="5555550101")["prospect_id"]
    path = f"/lead?id={lead_id}"

    def press(act: str, **fields: str) -> str:
        assert f'name="act" value="{act}"' in get(web, sim, path), "there is such a button"
        answer = send(web, sim, "/act", {"act": act, "prospect_id": lead_id, **fields})
        assert answer.status_code == 200, answer.text
        return answer.text

    assert "Marked lost." in press("lose", lost_reason="Price")
    assert sim.lead(lead_id)["events"][-1]["reasons"] == "Prospect Lost: Price"
    assert "Reactivated." in press("reactivate")
    assert "Merged." in press("merge", other=other)
    assert sim.lead(lead_id)["phone"] == "5555550101"
    for act, kind in (("make_applicant", "applicant"), ("make_resident", "current_resident")):
        press(act)
        assert sim.lead(lead_id)["type"] == kind
        assert f'value="{act}"' not in get(web, sim, path)
    assert "Lead deleted." in press("delete")
    assert sim.leads() == []
    assert send(web, sim, "/act", {"act": "party", "prospect_id": lead_id}).status_code == 400
    assert send(web, sim, "/act", {"act": "lose", "prospect_id": lead_id}).status_code == 404


def test_the_clock_is_moved(sim: Simulator, web: requests.Session) -> None:
    send(web, sim, "/switches", {"clock_stopped": "yes"})
    send(web, sim, "/clock", {"at": "2031-05-06T07:08:09", "step_s": ""})
    answer = send(web, sim, "/clock", {"step_s": "60"})
    assert "2031-05-06 07:09:09 UTC, stopped" in answer.text
    for bad in ({}, {"at": "soon"}, {"step_s": "x"}, {"at": "2031-05-06", "step_s": "1"}):
        assert send(web, sim, "/clock", bad).status_code == 400
    assert "2031-05-06 07:09:09" in get(web, sim, "/")


def test_the_state_is_told_on_every_page(sim: Simulator, web: requests.Session) -> None:
    sim.add_lead(HERE, first_name="Ann")
    sim.fault("error", count=2)
    sim.set(omitted="clear", window_max_leads=5)
    state = "1 lead &middot; 1 fault waits &middot; omitted clear &middot; window_max_leads 5"
    for path in ("/", "/lead", "/controls", "/requests"):
        assert state in get(web, sim, path)


def test_every_switch_says_what_it_does(sim: Simulator, web: requests.Session) -> None:
    text = unescape(get(web, sim, "/controls"))
    assert [n for names in GROUPS.values() for n in names] == list(BY_NAME)
    for name, (about, evidence) in ABOUT.items():
        assert f'aria-describedby="about-{name}"' in text
        assert about in text
        assert evidence.capitalize() in text


def test_other_sites_may_not_post_here(sim: Simulator, web: requests.Session) -> None:
    fields = {"property_id": HERE, "first_name": "Ann"}
    for headers in (
        {"Origin": "http://evil.example.com"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Host": "evil.example.com"},
    ):
        answer = web.post(f"{sim.url}/lead", data=fields, headers=headers, timeout=30)
        assert answer.status_code == 403
    assert web.get(sim.url, headers={"Host": "evil.example.com"}, timeout=30).status_code == 403
    assert sim.leads() == []
