"""docs/simulator.md: what it says is what happens.

``python -m runner.tests.test_simulator_docs`` writes its tables of switches anew.
"""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import requests

from runner.cli_simulator import simulator
from runner.simulator import Simulator
from runner.simulator_about import ABOUT, GROUPS
from runner.simulator_faults import FAULTS
from runner.simulator_model import PREFERENCE_TEXTS
from runner.simulator_office import ACTS
from runner.simulator_switches import BY_NAME, describe_values

PAGE = Path(__file__).parents[2] / "docs" / "simulator.md"
TEXT = PAGE.read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
TABLES = re.compile(r"(<!-- switches:.*?-->\n).*(<!-- end of switches -->)", re.DOTALL)


def switch_tables() -> str:
    """The tables of switches as they should stand there."""
    lines = []
    for title, names in GROUPS.items():
        lines += [f"\n### {title}\n", "| switch | values | default | | evidence |"]
        lines.append("|---|---|---|---|---|")
        for name in names:
            about, evidence = ABOUT[name]
            values = describe_values(name).replace(" | ", ", ")
            default = (
                f"{BY_NAME[name].default:g}" if _is_number(name) else BY_NAME[name].default
            )
            shown = f"`{default}`" if default != "" else "none"
            lines.append(f"| `{name}` | {values} | {shown} | {about} | {evidence} |")
    return "\n".join(lines) + "\n\n"


def _is_number(name: str) -> bool:
    return isinstance(BY_NAME[name].default, float)


def test_the_switches_are_those_there_are() -> None:
    match = TABLES.search(TEXT)
    assert match is not None
    wanted = TABLES.sub(lambda m: m[1] + switch_tables() + m[2], TEXT)
    assert wanted == TEXT, "mend it: python -m runner.tests.test_simulator_docs"


def test_nothing_is_left_out() -> None:
    for name in (*FAULTS, *ACTS, *PREFERENCE_TEXTS):
        assert f"`{name}`" in TEXT, name
    options = [opt for param in simulator.params for opt in param.opts]
    for name in options[:6]:
        assert f"`{name}" in TEXT, name
    source = (PAGE.parents[1] / "runner" / "simulator_control.py").read_text(encoding="utf-8")
    routes = re.findall(r'^    \("(?:GET|POST|PUT|DELETE)", "(\w+)"\)', source, re.MULTILINE)
    assert len(routes) > 10
    for control in routes:
        assert f"/_control/{control}" in TEXT, control


def contains(whole: Any, part: Any) -> bool:
    """Whether an answer holds all that the page shows of it."""
    if isinstance(part, dict):
        return all(name in whole and contains(whole[name], part[name]) for name in part)
    if isinstance(part, list):
        return len(whole) == len(part) and all(map(contains, whole, part))
    return bool(whole == part)


def test_the_controls_answer_as_shown() -> None:
    shown = 0
    answer: Any = None
    with Simulator() as sim:
        for language, text in BLOCKS:
            if language == "http":
                head, _, body = text.partition("\n")
                verb, path = head.split()
                response = requests.request(
                    verb, sim.url + path, json=json.loads(body) if body else None, timeout=30
                )
                assert response.status_code < 300, (head, response.text)
                answer = response.json()
            elif language == "json":
                assert contains(answer, json.loads(text)), (text, answer)
                shown += 1
    assert shown > 5


def test_the_programs_run() -> None:
    programs = [text for language, text in BLOCKS if language == "python"]
    assert len(programs) == 2
    for program in programs:
        with Simulator() as sim:
            exec(program.replace("http://127.0.0.1:8099", sim.url), {})


def test_the_commands_are_understood() -> None:
    lines = [
        line for language, text in BLOCKS if language == "sh" for line in text.splitlines()
    ]
    assert len(lines) == 3
    for line in lines:
        command, name, *options = shlex.split(line)
        assert (command, name) == ("leadsync", "simulator")
        simulator.make_context("simulator", options)


def test_a_shown_answer_that_is_wrong_would_be_noticed() -> None:
    assert contains({"a": [{"b": 1, "c": 2}]}, {"a": [{"b": 1}]})
    assert not contains({"a": [{"b": 1}]}, {"a": [{"b": 2}]})
    assert not contains({"a": []}, {"a": [{"b": 2}]})
    assert not contains({"a": []}, {"b": []})


@pytest.mark.parametrize("word", ["LEADSYNC_STATE", "LEADSYNC_WINDOW_BOUNDS"])
def test_the_variables_are_those_of_the_options(word: str) -> None:
    names = [str(param.envvar) for param in simulator.params]
    assert any(word in name for name in names)
    assert word in TEXT


if __name__ == "__main__":
    PAGE.write_text(TABLES.sub(lambda m: m[1] + switch_tables() + m[2], TEXT), encoding="utf-8")
