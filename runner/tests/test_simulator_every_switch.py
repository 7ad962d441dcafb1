"""Every switch of the simulated ResMan: set in each way, and seen over HTTP."""

import base64
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from runner.simulator import Simulator
from runner.simulator_about import ABOUT
from runner.simulator_client import Office
from runner.simulator_switches import BY_NAME, CHOICES, Switches
from runner.tests.simulator_client import HERE, SEARCH, Client, customer, event, prospect

ALWAYS = {"ModifiedStartDateTime": "2001-01-01", "ModifiedEndDateTime": "2999-01-01"}
NUMBERS_AND_TEXTS: dict[str, Any] = {
    "normalise": "phone,name,comment:3,event_comment:3",
    "lead_limit": 1,
    "window_zone": "+05:00",
    "window_max_leads": 1,
    "window_max_s": 60,
    "rate_limit": 0.001,
    "retry_after": 7,
    "latency_ms": 1_000_000,
    "hold_s": 0,
    "clock_offset_s": 864_000,
}
CHANGED = [
    *((name, choice) for name, choices in CHOICES.items() for choice in choices[1:]),
    *NUMBERS_AND_TEXTS.items(),
]


@pytest.fixture
def client(sim: Simulator) -> Iterator[Client]:
    with Client(sim) as each:
        yield each


@pytest.fixture
def office(sim: Simulator) -> Iterator[Office]:
    with Office(sim.url) as each:
        yield each


def said(
    client: Client, path: str, timeout: float = 30, fields: dict[str, str] | None = None
) -> Any:
    """Status, the body's Status, Retry-After; or the name of what came instead."""
    try:
        answer = client.call(path, fields, timeout=timeout)
    except requests.RequestException as error:
        return type(error).__name__
    good = "<Status>Success" in answer.text or '"Status": "Success"' in answer.text
    return answer.status_code, good, answer.headers.get("Retry-After"), answer.text[:15]


def window(at: datetime, before: float, after: float) -> dict[str, str]:
    shown = [f"{at + timedelta(seconds=each):%Y-%m-%d %H:%M:%S}" for each in (-before, after)]
    return dict(zip(("ModifiedStartDateTime", "ModifiedEndDateTime"), shown, strict=True))


# --- what each switch makes different: (client, its value) to what is seen


def second_create(client: Client, _value: Any) -> Any:
    client.create(email="a@example.com")
    return client.post(client.new(email="a@example.com")).text.partition("<Status>")[2][:5]


def update_without_phone(client: Client, _value: Any) -> Any:
    lead_id = client.create(phone="5555550101")
    client.save(prospect(customer(lead_id), "<Comment>c</Comment>"))
    return client.search(ProspectID=lead_id).findtext(".//PhoneNumber")


def stored_values(client: Client, _value: Any) -> Any:
    person = customer(first=" Ann ", last="Example", phone="5555550101")
    first = client.first(comments="a long comment")
    lead_id = client.save(prospect(person, "<Comment>a long one</Comment>", first))[0]
    tags = ("FirstName", "PhoneNumber", "Comment", "Comments")
    shown = client.search(ProspectID=lead_id)
    return [shown.findtext(f".//{tag}") for tag in tags]


def own_write(client: Client, _value: Any) -> Any:
    client.create()
    return len(client.found(**ALWAYS))


def merged_away(client: Client, _value: Any) -> Any:
    with Office(client.sim.url) as office:
        one, other = (office.create(HERE, first_name=n)["prospect_id"] for n in ("A", "B"))
        office.merge(one, other)
    return client.found(ProspectID=other)


def window_about_now(before: float, after: float) -> Callable[[Client, Any], Any]:
    def look(client: Client, _value: Any) -> Any:
        with Office(client.sim.url) as office:
            office.switches(clock_stopped="yes")
            now = datetime.fromisoformat(office.step_clock(0))
        client.create()
        return len(client.found(**window(now, before, after)))

    return look


def wide_search(client: Client, _value: Any) -> Any:
    for _ in range(2):
        client.create()
    return said(client, f"MITS/{SEARCH}", fields=ALWAYS)[0]


def nothing_found(client: Client, _value: Any) -> Any:
    return client.search(Email="a@example.com").find(".//Prospects") is None


def two_found(client: Client, _value: Any) -> Any:
    for _ in range(2):
        client.create(email="a@example.com")
    return len(client.search(Email="a@example.com").findall(".//Prospects"))


def shape(client: Client, _value: Any) -> Any:
    """The tags and attributes' names of one lead's answer, and its event's time."""
    person = customer(first="Ann", last="Example", email="a@example.com")
    shown = event("Show", at="2030-01-31T15:00:00Z")
    client.post(prospect(person, events=client.first() + shown))
    text = client.call(f"MITS/{SEARCH}", {"Email": "a@example.com"}).text
    root = ET.fromstring(text)
    times = [e.get("EventDate") for e in root.iter() if e.tag.endswith("Event")]
    return [(e.tag, sorted(e.attrib)) for e in root.iter()], times, "mits:" in text


def wrong_key(client: Client, _value: Any) -> Any:
    return said(client, "Leasing/GetEmployees", fields={"ApiKey": "wrong"})[0]


def names_in_lower_case(client: Client, _value: Any) -> Any:
    client.form = {name.lower(): value for name, value in client.form.items()}
    return said(client, "Leasing/GetEmployees")[0]


def v2(client: Client, _value: Any) -> Any:
    keys = f"{client.form['IntegrationPartnerID']}:{client.form['ApiKey']}"
    answer = client.session.get(
        f"{client.sim.url}/Prospects",
        params={"propertyId": HERE},
        headers={
            "Authorization": "Basic " + base64.b64encode(keys.encode()).decode(),
            "ResMan-Account-Id": client.form["AccountID"],
        },
        timeout=30,
    )
    return answer.status_code, answer.json().get("code")


def a_call(client: Client, value: Any) -> Any:
    never = str(value).startswith("timeout") or value == 1_000_000
    result = said(client, "Leasing/GetEmployees", timeout=0.3 if never else 30)
    return result, client.sim.count(outcome="ok")


def two_calls(client: Client, _value: Any) -> Any:
    return [said(client, "Leasing/GetEmployees")[0] for _ in range(2)]


def throttled(client: Client, _value: Any) -> Any:
    client.sim.set(overload="429", retry_after=client.sim.switches()["retry_after"] or 0)
    return said(client, "Leasing/GetEmployees")[2]


def throttled_by_date(client: Client, value: Any) -> Any:
    client.sim.set(retry_after=7)
    wait = throttled(client, value)
    return wait.isdecimal(), wait.endswith(" GMT")


def hung(client: Client, _value: Any) -> Any:
    client.sim.set(overload="timeout_before_commit")
    return said(client, "Leasing/GetEmployees", timeout=1)


def time_goes_on(client: Client, _value: Any) -> Any:
    ids = [client.create() for _ in range(2)]
    return len({client.sim.lead(lead_id)["created_at"] for lead_id in ids})


def is_ahead(client: Client, _value: Any) -> Any:
    with Office(client.sim.url) as office:
        now = datetime.fromisoformat(office.stats()["now"])
    return now > datetime.now(UTC) + timedelta(days=5)


SEEN: dict[str, Callable[[Client, Any], Any]] = {
    "duplicate_policy": second_create,
    "omitted": update_without_phone,
    "normalise": stored_values,
    "own_writes_in_feed": own_write,
    "merge_retires": merged_away,
    "lead_limit": lambda client, _: (client.create(), client.post(client.new()).text[60:140])[
        1
    ],
    "window_bounds": window_about_now(0, 0),
    "window_zone": window_about_now(3_600, 3_600),
    "window_max_leads": wide_search,
    "window_max_s": wide_search,
    "empty_result": nothing_found,
    "modified_in_payload": shape,
    "single_element": two_found,
    "blanks": shape,
    "event_dates": shape,
    "event_ids": shape,
    "element_order": shape,
    "namespace": shape,
    "bad_credentials": wrong_key,
    "parameter_case": names_in_lower_case,
    "v2": v2,
    "overload": a_call,
    "rate_limit": two_calls,
    "retry_after": throttled,
    "retry_after_form": throttled_by_date,
    "latency_ms": a_call,
    "hold_s": hung,
    "clock_stopped": time_goes_on,
    "clock_offset_s": is_ahead,
}


def test_no_switch_is_forgotten() -> None:
    assert set(SEEN) == set(BY_NAME) == set(ABOUT) == {name for name, _ in CHANGED}


@pytest.mark.parametrize(("name", "value"), CHANGED)
def test_the_difference_is_seen(name: str, value: Any) -> None:
    seen = []
    for each in (BY_NAME[name].default, value):
        with Simulator() as sim, Client(sim) as client:
            sim.set(**{name: each})
            seen.append(SEEN[name](client, each))
    assert seen[0] != seen[1]


# --- the ways to set one


def test_by_option_of_the_command() -> None:
    values = {**dict(CHANGED), "hold_s": 2.5, "clock_offset_s": -60}
    options = [f"--{n.replace('_', '-')}={v}" for n, v in values.items()]
    command = [sys.executable, "-m", "runner", "simulator", "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout is not None
            url = child.stdout.readline().split()[-1]
            with Office(url) as office:
                assert office.switches() == values
        finally:
            child.terminate()
        assert child.wait(timeout=30) == 0


@pytest.mark.parametrize(
    "option", ["--overload=x", "--rate-limit=-1", "--hold-s=nan", "--window-zone=5", "--no=1"]
)
def test_a_bad_option_is_a_usage_error(option: str) -> None:
    command = [sys.executable, "-m", "runner", "simulator", "--port", "0", option]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert option.partition("=")[0] in done.stderr


@pytest.mark.parametrize(("name", "value"), CHANGED)
def test_by_control_and_by_page(sim: Simulator, office: Office, name: str, value: Any) -> None:
    assert office.switches(**{name: value})[name] == value
    sim.set(**{name: BY_NAME[name].default})
    if name == "latency_ms":
        value = 5
    answer = requests.post(f"{sim.url}/switches", data={name: value}, timeout=30)
    assert answer.status_code == 200
    assert office.switches() == {**Switches().as_dict(), name: value}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("nonsense", "1"),
        ("omitted", "drop"),
        ("omitted", None),
        ("omitted", ["keep"]),
        ("lead_limit", 1.5),
        ("lead_limit", -1),
        ("lead_limit", True),
        ("rate_limit", "many"),
        ("rate_limit", float("nan")),
        ("hold_s", 1e12),
        ("clock_offset_s", -1e12),
        ("window_zone", "CET"),
        ("window_zone", "+25:00"),
        ("normalise", "phone:3"),
        ("normalise", "comment"),
        ("normalise", "comment:99999999999"),
    ],
)
def test_a_bad_value_changes_nothing_and_is_told(sim: Simulator, name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=name):
        sim.set(omitted="clear", **{name: value}) if name != "omitted" else sim.set(
            omitted=value
        )
    assert sim.switches() == Switches().as_dict()
