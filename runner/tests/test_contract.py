"""Adapter and simulator, held against requests and answers that were written from the facts.

See contract/README.md. Neither side is used here to try the other.
"""

import ast
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from runner.resman import ResMan
from runner.simulator import Simulator
from runner.tests.fake_resman import CREDENTIALS, PROPERTY, FakeResMan, Said, connection

FILES = Path(__file__).parent / "contract"
PACKAGE = Path(__file__).parents[1]
IDS = {
    "{ProspectID}": "11111111-0000-4000-8000-000000000001",
    "{PersonID}": "22222222-0000-4000-8000-000000000001",
    "{EventID}": "33333333-0000-4000-8000-000000000001",
}
ACCESS = {
    "IntegrationPartnerID": CREDENTIALS.integration_partner_id,
    "ApiKey": CREDENTIALS.api_key,
    "AccountID": CREDENTIALS.account_id,
    "PropertyID": PROPERTY,
}
STORY = json.loads((FILES / "story.json").read_text(encoding="utf-8"))
FAILURES = json.loads((FILES / "failures.json").read_text(encoding="utf-8"))


def fill(value: Any, ids: dict[str, str]) -> Any:
    """The value with ids in place of their names and files in place of theirs."""
    if isinstance(value, dict):
        return {key: fill(each, ids) for key, each in value.items()}
    if isinstance(value, list):
        return [fill(each, ids) for each in value]
    if not isinstance(value, str):
        return value
    if value.startswith("@"):
        value = (FILES / value[1:]).read_text(encoding="utf-8")
    for name, known in ids.items():
        value = value.replace(name, known)
    return value


def same(wanted: str, seen: str) -> bool:
    """Whether a text is the one written down; `*` ends it early, `{…}` is any id."""
    pattern = re.escape(wanted)
    pattern = re.sub(r"\\{\w+\\}", "[0-9a-f-]{36}", pattern)
    return re.fullmatch(re.sub(r"\\\*\Z", ".*", pattern), seen, re.DOTALL) is not None


def difference(wanted: ET.Element, seen: ET.Element, path: str = "") -> str:
    """What differs between two documents, or nothing."""
    path = f"{path}/{wanted.tag}"
    if wanted.tag != seen.tag:
        return f"{path}: {seen.tag}"
    if set(wanted.attrib) != set(seen.attrib):
        return f"{path}: attributes {sorted(seen.attrib)}"
    for name, value in wanted.attrib.items():
        if not same(value, seen.attrib[name]):
            return f"{path}@{name}: {seen.attrib[name]}"
    leaf = len(wanted) == 0
    texts = [(e.text or "") if leaf else (e.text or "").strip() for e in (wanted, seen)]
    if not same(*texts):
        return f"{path}: {texts[1]}"
    children = [sorted(e, key=lambda child: child.tag) for e in (wanted, seen)]
    if [e.tag for e in children[0]] != [e.tag for e in children[1]]:
        return f"{path}: children {[e.tag for e in children[1]]}"
    found = (difference(a, b, path) for a, b in zip(*children, strict=True))
    return next(filter(None, found), "")


def check(wanted: str, seen: str) -> None:
    """Compare two bodies: XML, JSON, or text."""
    if wanted.startswith("<"):
        assert difference(ET.fromstring(wanted.encode()), ET.fromstring(seen.encode())) == ""
    elif wanted.startswith("{\n"):
        rows, answer = json.loads(wanted), json.loads(seen)
        texts = [rows.pop("ErrorDescription"), answer.pop("ErrorDescription")]
        assert answer == rows
        assert texts[0] == texts[1] or same(*texts)
    else:
        assert same(wanted, seen), seen


# --- the adapter


@pytest.fixture
def fake() -> Iterator[FakeResMan]:
    with FakeResMan() as each:
        yield each


def ask(fake: FakeResMan, request: dict[str, Any], said: Said) -> dict[str, Any]:
    fake.say(said)
    resman = ResMan(fake.url)
    try:
        response = resman.call(fill(request, IDS), connection(), CREDENTIALS)
    finally:
        resman.close()
    assert response.pop("elapsed_ms") >= 0
    return response


@pytest.mark.parametrize("call", STORY, ids=lambda call: call["name"])
def test_the_adapter_sends_and_reads(fake: FakeResMan, call: dict[str, Any]) -> None:
    answer = fill(f"@{call['answer']}", IDS)
    response = ask(fake, call["request"], Said(answer.encode()))
    assert response == fill(call["response"], IDS)
    (heard,) = fake.heard
    assert heard.path == call["path"]
    sent = {name: values[0] for name, values in heard.form.items()}
    wanted = {**ACCESS, **fill(call["form"], IDS)}
    if "Xml" in wanted:
        check(wanted.pop("Xml"), sent.pop("Xml"))
    assert sent == wanted


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: failure["name"])
def test_the_adapter_understands_a_failure(fake: FakeResMan, failure: dict[str, Any]) -> None:
    body = fill(failure["answer"], IDS).replace("*", "")
    said = Said(body.encode(), failure["status"], failure["headers"])
    response = ask(fake, failure["request"], said)
    shown = (response["outcome"], response["kind"], response["retry_after_s"])
    assert shown == ("failed", failure["kind"], failure["retry_after_s"])


def test_the_adapter_reads_an_empty_result_in_both_forms(fake: FakeResMan) -> None:
    request = {"call": "search_leads", "by": {"email": "ann@example.com"}}
    for name in ("none_empty.xml", "none_missing.xml"):
        response = ask(fake, request, Said((FILES / name).read_bytes()))
        assert response == {"outcome": "ok", "leads": []}


# --- the simulator


@pytest.fixture
def sim() -> Iterator[Simulator]:
    lists = {
        name: json.loads((FILES / f"{name}.json").read_text(encoding="utf-8"))
        for name in ("sources", "employees", "reasons")
    }
    keys = {
        "integration_partner_id": CREDENTIALS.integration_partner_id,
        "api_key": CREDENTIALS.api_key,
    }
    with Simulator(accounts={CREDENTIALS.account_id: keys}, blanks="omit") as simulator:
        simulator.lost_reasons(CREDENTIALS.account_id)[:] = lists["reasons"][
            "LostProspectReasons"
        ]
        simulator.add_property(
            PROPERTY,
            CREDENTIALS.account_id,
            lists["sources"]["ProspectSources"],
            lists["employees"]["Employees"],
        )
        put = {"at": "2030-01-15T11:30:00Z"}
        requests.put(f"{simulator.url}/_control/clock", json=put, timeout=30).raise_for_status()
        yield simulator


def post(sim: Simulator, call: dict[str, Any], ids: dict[str, str]) -> requests.Response:
    form = {**ACCESS, **fill(call["form"], ids)}
    accept = "application/xml" if "/MITS/" in call["path"] else "application/json"
    url = f"{sim.url}{call['path']}"
    return requests.post(url, data=form, headers={"Accept": accept}, timeout=30)


def test_the_simulator_takes_and_answers_the_whole_story(sim: Simulator) -> None:
    ids: dict[str, str] = {}
    for call in STORY:
        answer = post(sim, call, ids)
        assert answer.status_code == 200, call["name"]
        check((FILES / call["answer"]).read_text(encoding="utf-8"), answer.text)
        if call["name"] == "create":
            for each in ET.fromstring(answer.content).iter("Identification"):
                ids[f"{{{each.attrib['IDType']}}}"] = each.attrib["IDValue"]
    assert set(ids) == {"{ProspectID}", "{PersonID}"}
    assert len(sim.leads()) == 1


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: failure["name"])
def test_the_simulator_fails_as_written(sim: Simulator, failure: dict[str, Any]) -> None:
    sim.set(**failure["switches"])
    answer = post(sim, failure, IDS)
    assert answer.status_code == failure["status"]
    check(fill(failure["answer"], {}), answer.text)
    assert failure["headers"].items() <= dict(answer.headers).items()
    assert sim.leads() == []


def test_the_simulator_answers_an_empty_result_in_both_forms(sim: Simulator) -> None:
    nobody = next(call for call in STORY if call["name"] == "nobody")
    for form in ("empty", "missing"):
        sim.set(empty_result=form)
        wanted = (FILES / f"none_{form}.xml").read_text(encoding="utf-8")
        check(wanted, post(sim, nobody, {}).text)


# --- the files, and the wall between the sides


def test_no_file_of_the_contract_is_left_unused() -> None:
    text = json.dumps([STORY, FAILURES])
    for path in FILES.iterdir():
        known = path.name in text or path.name in ("README.md", "story.json", "failures.json")
        assert known or path.name == "none_missing.xml", path.name


def imports_of(path: Path) -> set[str]:
    """Names of the package's modules that a module imports, inside functions too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
            names.add(str(node.module))
        elif isinstance(node, ast.Constant) and str(node.value).startswith("runner."):
            names.add(str(node.value))  # for import_module
    parts = (name.split(".") for name in names if name.startswith("runner."))
    return {part[1] for part in parts if (PACKAGE / f"{part[1]}.py").exists()}


def reached_from(prefix: str) -> set[str]:
    """All modules of the package that those of a prefix import, directly or not."""
    reached: set[str] = set()
    waiting = {path.stem for path in PACKAGE.glob(f"{prefix}*.py")}
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting |= imports_of(PACKAGE / f"{name}.py")
    return reached


def test_the_two_sides_share_no_code() -> None:
    simulator, adapter = reached_from("simulator"), reached_from("resman")
    assert len(simulator) > 10
    assert len(adapter) > 5
    assert {name for name in simulator if not name.startswith("simulator")} == set()
    assert {name for name in adapter if name.startswith("simulator")} == set()
