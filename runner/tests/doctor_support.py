"""Runs `leadsync doctor` and takes its findings apart."""

import json
from typing import Any

from runner.tests.test_cli import leadsync

Found = list[dict[str, str]]


def doctor(*options: str, exit_code: int = 0, **variables: str) -> Found:
    """All findings; the exit code is the one that is expected."""
    result = leadsync("doctor", "--json", *options, **variables)
    assert result.exit_code == exit_code, result.output
    document: dict[str, Any] = json.loads(result.stdout)
    assert document["exit_code"] == exit_code
    found: Found = document["findings"]
    for each in found:
        assert set(each) == {"check_name", "severity", "finding", "remedy"}
        assert each["severity"] in ("ok", "note", "warning", "failed")
        assert bool(each["remedy"]) == (each["severity"] != "ok"), each
    return found


def wrong(*options: str, exit_code: int = 0, **variables: str) -> list[tuple[str, str, str]]:
    """What is not ok: check, severity and finding."""
    return [
        (each["check_name"], each["severity"], each["finding"])
        for each in doctor(*options, exit_code=exit_code, **variables)
        if each["severity"] != "ok"
    ]
