"""Builds wheel and sdist, looks into them, and brings a lead across with what is installed.

The wheel goes into a fresh environment. From there, in another directory, a database is
migrated, a property switched on and a lead pushed into a simulated ResMan, by the command
`leadsync` alone. Called without arguments; `inside` is how it calls itself in there.
"""

import base64
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROPERTY = "00000000-0000-4000-8000-00000000000a"


class WrongError(Exception):
    """What is wrong, and what mends it."""


def check(holds: object, otherwise: str) -> None:
    """Raise WrongError unless something holds."""
    if not holds:
        raise WrongError(otherwise)


def run(*command: object, cwd: Path, stdin: str = "", **variables: str) -> str:
    """Run a command and return what it prints; raises WrongError with its errors."""
    clean = {n: v for n, v in os.environ.items() if not n.startswith(("LEADSYNC_", "PYTHON"))}
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={**clean, **variables},
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )
    check(done.returncode == 0, f"{command} ended with {done.returncode}:\n{done.stderr}")
    return done.stdout


def check_wheel(wheel: Path) -> None:
    """All SQL and nothing that belongs to tests or to this machine."""
    with zipfile.ZipFile(wheel) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    db = ROOT / "db"
    wanted = {
        "runner/_db/" + path.relative_to(db).as_posix()
        for path in db.rglob("*")
        if path.is_file()
        and path.suffix not in (".md", ".pyc")
        and path.relative_to(db).parts[0] != "tests"
    }
    missing = sorted(wanted - set(files))
    check(
        not missing, f"the wheel lacks {missing}: add them to force-include in pyproject.toml"
    )
    tests = sorted(name for name in files if "tests" in Path(name).parts)
    check(not tests, f"the wheel holds tests: {tests[:5]}")
    places = {str(ROOT).encode(), str(Path.home()).encode() + b"/", b"/home/", b"/Users/"}
    named = sorted(name for name, data in files.items() if any(p in data for p in places))
    check(not named, f"paths of this machine stand in {named}")


def check_sdist(sdist: Path) -> None:
    """What a packager needs, and no secret."""
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    missing = {"Dockerfile", "docker-compose.yml", "db/tests/run.py", ".ci/packages"} - names
    check(not missing, f"the sdist lacks {sorted(missing)}")
    secret = sorted(name for name in names if "secrets/" in name or name.endswith(".keys"))
    check(not secret, f"the sdist holds secrets: {secret}")


def build_and_install(place: Path) -> None:
    """Build both, look into both, install the wheel, and go on from there."""
    run(sys.executable, "-m", "build", "--outdir", place, ROOT, cwd=place)
    [wheel], [sdist] = place.glob("*.whl"), place.glob("*.tar.gz")
    check_wheel(wheel)
    check_sdist(sdist)
    fresh = place / "fresh"
    venv.create(fresh, with_pip=True)
    python = fresh / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", wheel, cwd=place)
    variables = {n: v for n, v in os.environ.items() if n == "LEADSYNC_PG_BINDIR"}
    said = run(python, "-I", Path(__file__), "inside", cwd=place, **variables)
    sys.stdout.write(f"{wheel.name}, {sdist.name}\n{said}")


def use_what_is_installed(place: Path) -> None:
    """A lead from DomIQ's stand-in to the simulator, by the installed command."""
    import psycopg  # noqa: PLC0415 - the fresh environment has it

    import runner  # noqa: PLC0415
    from runner.domiq import load_domiq  # noqa: PLC0415
    from runner.postgres import LocalServer  # noqa: PLC0415
    from runner.simulator import DEFAULT_PROPERTIES, Simulator  # noqa: PLC0415

    here = Path(runner.__file__)
    check(here.is_relative_to(sys.prefix), f"runner comes from {here}, not from the wheel")
    leadsync = Path(sys.prefix) / "bin" / "leadsync"
    version = run(leadsync, "--version", cwd=place)
    check(version == f"leadsync, version {runner.__version__}\n", f"--version: {version}")
    with LocalServer() as server, Simulator() as simulator:
        url = server.create_database("domiq")
        load_domiq(url)
        variables = {
            "DATABASE_URL": url,
            "RESMAN_BASE_URL": simulator.url,
            "LEADSYNC_KEYS": "k1:" + base64.b64encode(bytes(32)).decode(),
        }
        run(leadsync, "migrate", cwd=place, **variables)
        again = run(leadsync, "migrate", "--json", cwd=place, **variables)
        check(json.loads(again)["applied"] == [], f"a second migration applied {again}")
        with psycopg.connect(url) as connection:
            connection.execute(
                (ROOT / "deploy" / "compose" / "try-out.sql").read_bytes(), prepare=False
            )
        clear = simulator.credentials(DEFAULT_PROPERTIES[0])
        run(
            *(leadsync, "integration", "add", PROPERTY),
            *("--resman-property-id", DEFAULT_PROPERTIES[0], "--account-id"),
            *(clear["account_id"], "--partner-id", clear["integration_partner_id"]),
            *("--api-key-file", "-", "--default-source", "Website"),
            *("--default-agent", "Leasing Agent", "--backfill-since", "all"),
            cwd=place,
            stdin=clear["api_key"],
            **variables,
        )
        run(leadsync, "run", "--drain", "--fail-on-dead", cwd=place, **variables)
        emails = [lead["email"] for lead in simulator.leads()]
        check(emails == ["robin@example.com"], f"in ResMan there are {emails}")
    sys.stdout.write("installed, migrated, one lead pushed\n")


def main() -> int:
    """Run the checks; 1 with a message where one fails."""
    try:
        if sys.argv[1:] == ["inside"]:
            use_what_is_installed(Path.cwd())
        else:
            with tempfile.TemporaryDirectory(prefix="leadsync-dist-") as place:
                build_and_install(Path(place))
    except WrongError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
