"""The command line without the package in a database: help, usage, exit codes, secrets."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from runner import __version__
from runner.cli import cli

SECRET = "hunter2-very-secret"
PROPERTY = "00000000-0000-4000-8000-000000000001"
KEYS = "k1:" + base64.b64encode(bytes(32)).decode()
ADD = ["integration", "add", PROPERTY, "--resman-property-id", "R1", "--partner-id", "P1"]


def leadsync(*arguments: str, stdin: str | None = None, **variables: str) -> Result:
    """Run a command with nothing in its environment but `variables`."""
    clean = {name: None for name in os.environ if name.startswith("LEADSYNC_")}
    env = {"DATABASE_URL": None, "RESMAN_BASE_URL": None, **clean, **variables}
    return CliRunner().invoke(cli, arguments, input=stdin, env=env)


def commands(group: click.Group, *path: str) -> Iterator[tuple[str, ...]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from commands(command, *path, name)


@pytest.fixture
def nowhere(tmp_path: Path) -> str:
    """A database URL that nobody answers."""
    return f"postgresql:///domiq?host={tmp_path}"


def test_help_lists_every_command() -> None:
    result = leadsync("--help")
    assert result.exit_code == 0
    listed = result.stdout.partition("Commands:")[2]
    assert all(f"  {name} " in listed for name in cli.list_commands(click.Context(cli)))


@pytest.mark.parametrize("path", list(commands(cli)), ids=" ".join)
def test_every_command_has_help(path: tuple[str, ...]) -> None:
    result = leadsync(*path, "--help")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("Usage: cli " + " ".join(path))


def test_the_module_runs_as_a_program() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "runner", "--version"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == f"leadsync, version {__version__}\n"


def test_keygen_prints_one_key() -> None:
    result = leadsync("credentials", "keygen")
    assert (result.exit_code, result.stderr) == (0, "")
    kid, _, key = result.stdout.strip().partition(":")
    assert kid
    assert len(base64.b64decode(key, validate=True)) == 32
    assert result.stdout.count("\n") == 1
    assert leadsync("credentials", "keygen").stdout != result.stdout


def test_keygen_takes_a_name_and_prints_json() -> None:
    assert leadsync("credentials", "keygen", "--kid", "2026").stdout.startswith("2026:")
    found = json.loads(leadsync("credentials", "keygen", "--kid", "a", "--json").stdout)
    assert found["key"].startswith("a:")
    assert leadsync("credentials", "keygen", "--kid", "a b").exit_code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["nothing"],
        ["integration", "add"],
        ["integration", "add", "no-uuid"],
        ["integration", "add", PROPERTY],
        [*ADD, "--account-id", "many", "--api-key-file", "-"],
        [*ADD, "--account-id", "400", "--api-key-file", "-", "--frequency", "often"],
        [*ADD, "--account-id", "400", "--api-key-file", "-", "--backfill-since", "long ago"],
        ["run", "--drain-wait", "5"],
        ["run", "--slots", "0"],
        ["queue", "requeue"],
        ["queue", "requeue", PROPERTY, "--failed"],
        ["queue", "list", "--status", "lost"],
        ["simulator", "--switch", "nonsense"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_2(arguments: list[str], nowhere: str) -> None:
    result = leadsync(*arguments, DATABASE_URL=nowhere, LEADSYNC_KEYS=KEYS, stdin="key")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Error: " in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["status"],
        ["migrate"],
        ["migrate", "--plan"],
        ["rollback", "--yes"],
        ["run"],
        ["run", "--drain"],
        ["archive"],
        ["queue", "list"],
        ["integration", "list"],
        ["lead", "show", PROPERTY],
    ],
    ids=" ".join,
)
def test_no_database_url_is_2(arguments: list[str]) -> None:
    result = leadsync(*arguments, LEADSYNC_KEYS=KEYS)
    assert result.exit_code == 2
    assert "DATABASE_URL is not set" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["status"],
        ["migrate"],
        ["migrate", "--plan"],
        ["rollback", "--yes"],
        ["run", "--drain"],
        ["archive"],
        ["queue", "list"],
        ["integration", "list"],
        ["integration", "pause", PROPERTY],
        ["integration", "test", PROPERTY],
        ["lead", "show", PROPERTY],
        [*ADD, "--account-id", "400", "--api-key-file", "-"],
    ],
    ids=" ".join,
)
def test_an_unreachable_database_is_3(arguments: list[str], nowhere: str) -> None:
    result = leadsync(*arguments, stdin="key", DATABASE_URL=nowhere, LEADSYNC_KEYS=KEYS)
    assert result.exit_code == 3
    assert result.stdout == ""
    assert "the database cannot be reached" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["status"],
        ["run"],
        ["run", "--drain"],
        ["archive"],
        ["queue", "list"],
        ["integration", "list"],
        ["integration", "test", PROPERTY],
        ["lead", "show", PROPERTY],
        [*ADD, "--account-id", "400", "--api-key-file", "-"],
    ],
    ids=" ".join,
)
def test_missing_migrations_are_4(arguments: list[str], domiq_only_database: str) -> None:
    result = leadsync(
        *arguments, stdin="key", DATABASE_URL=domiq_only_database, LEADSYNC_KEYS=KEYS
    )
    assert result.exit_code == 4
    assert result.stdout == ""
    assert "leadsync migrate" in result.stderr


def test_no_keys_is_2(nowhere: str) -> None:
    for arguments in (["run"], [*ADD, "--account-id", "400", "--api-key-file", "-"]):
        result = leadsync(*arguments, stdin="key", DATABASE_URL=nowhere)
        assert result.exit_code == 2
        assert "no key is set" in result.stderr


def test_a_resman_without_https_is_2(nowhere: str) -> None:
    result = leadsync(
        "run", DATABASE_URL=nowhere, LEADSYNC_KEYS=KEYS, RESMAN_BASE_URL="http://example.com"
    )
    assert result.exit_code == 2
    assert "RESMAN_BASE_URL" in result.stderr


def test_rollback_wants_a_yes(nowhere: str) -> None:
    result = leadsync("rollback", DATABASE_URL=nowhere)
    assert result.exit_code == 2
    assert "--yes" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "stdin", "variables"),
    [
        ([*ADD, "--account-id", "400", "--api-key", SECRET], "", {}),
        ([*ADD, "--account-id", "400", f"--api-key={SECRET}"], "", {}),
        ([*ADD, "--account-id", "400", "--api-key-file", SECRET], "", {}),
        ([*ADD, "--account-id", "400", "--api-key-file", "-", SECRET], "key", {}),
        ([*ADD, "--account-id", "400", "--api-key-file", "-"], f"{SECRET} {SECRET}", {}),
        ([*ADD, "--account-id", "400", "--api-key-file", "-"], SECRET, {}),
        (["run"], "", {"LEADSYNC_KEYS": f"k1:{SECRET}"}),
        (["run"], "", {"LEADSYNC_KEYS": SECRET}),
        (["run"], "", {"LEADSYNC_KEYS": "", "LEADSYNC_KEYS_FILE": SECRET}),
        (["status"], "", {"DATABASE_URL": f"postgresql://a:{SECRET}@[x/domiq"}),
        (["status"], "", {"DATABASE_URL": f"postgresql://a:{SECRET}@127.0.0.1:1/domiq"}),
        (["migrate"], "", {"DATABASE_URL": f"postgresql://a:{SECRET}@127.0.0.1:1/domiq"}),
        (["status", "--database-url", f"postgresql://a:{SECRET}@db/domiq"], "", {}),
        (["status"], "", {"LEADSYNC_LOG_LEVEL": SECRET}),
        (["integration", "list", SECRET], "", {}),
    ],
)
def test_a_secret_is_never_repeated(
    arguments: list[str], stdin: str, variables: dict[str, str], nowhere: str
) -> None:
    variables = {"DATABASE_URL": nowhere, "LEADSYNC_KEYS": KEYS, **variables}
    result = leadsync(*arguments, stdin=stdin, **variables)
    assert result.exit_code in (2, 3)
    assert SECRET not in result.output


def test_every_option_has_its_variable(nowhere: str) -> None:
    result = leadsync("run", DATABASE_URL=nowhere, LEADSYNC_KEYS=KEYS, LEADSYNC_DRAIN="1")
    assert result.exit_code == 3
    result = leadsync("run", DATABASE_URL=nowhere, LEADSYNC_KEYS=KEYS, LEADSYNC_DRAIN_WAIT="5")
    assert result.exit_code == 2
