"""What the deployment files promise for the runner, against what the runner does."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from runner.notify import LONGEST_WAIT
from runner.settings import Settings, variables

ROOT = Path(__file__).resolve().parents[2]
UNIT = (ROOT / "deploy" / "leadsync-runner.service").read_text()
COMPOSE = (ROOT / "docker-compose.yml").read_text()
DOCKERFILE = (ROOT / "Dockerfile").read_text()
PATIENCE_S = 10.0
"""Seconds that a runner may take beyond its grace time, to hand over and to close."""


def only(pattern: str, text: str) -> str:
    """The one match of a pattern."""
    [found] = re.findall(pattern, text, re.MULTILINE)
    return str(found)


def test_the_unit_waits_longer_than_the_runner() -> None:
    grace = float(only(r"^Environment=LEADSYNC_GRACE=(\d+)$", UNIT))
    assert float(only(r"^TimeoutStopSec=(\d+)s$", UNIT)) >= grace + PATIENCE_S
    assert 60 * float(only(r"^WatchdogSec=(\d+)min$", UNIT)) / 2 >= LONGEST_WAIT
    assert only(r"^Type=(.*)$", UNIT) == "notify"


def test_compose_waits_longer_than_the_runner() -> None:
    runner = COMPOSE.partition("\n  runner:\n")[2].partition("\n\n")[0]
    grace = float(only(r'LEADSYNC_GRACE: "(\d+)"', runner))
    assert float(only(r"stop_grace_period: (\d+)s", runner)) >= grace + PATIENCE_S


def test_the_health_check_looks_where_the_runner_touches() -> None:
    path = only(r"LEADSYNC_HEALTH_FILE=(\S+)", DOCKERFILE)
    seen, minutes = re.findall(r"find (\S+) -newermt '-(\d+) minutes'", DOCKERFILE)[0]
    assert seen == path
    assert 60 * float(minutes) > LONGEST_WAIT + 30


@pytest.mark.parametrize("text", [UNIT, COMPOSE, DOCKERFILE], ids=["unit", "compose", "image"])
def test_every_variable_is_one_that_is_read(text: str) -> None:
    known = {name for field in fields(Settings) for name in variables(field.name)}
    named = set(re.findall(r"\b(?:LEADSYNC_|DATABASE_URL|RESMAN_BASE_)[A-Z_]*", text))
    named -= {"LEADSYNC_NAME"}  # stands for any
    assert named
    assert named <= known
