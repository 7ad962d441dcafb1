"""Says how much of PL/pgSQL and of Python the tests run, and fails below 90 % of statements.

    python -m tools.coverage [run | report]

Without an argument both: all tests run once, pgTAP's and pytest's, with plpgsql_check's
profiler on and coverage.py in every process; then both figures are printed, and what is below.
"""

import os
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

from runner.postgres import PostgresMissingError
from tools import sql_profiler
from tools.database import MissingError, create_plpgsql_check, package_database

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build" / "coverage"
PROFILE = BUILD / "sql"
LEAST = 90.0

COVERAGE = [sys.executable, "-m", "coverage"]
RUNS = (
    ["-m", "tools.sql_profiler", "db/tests/run.py"],
    ["-m", "pytest", "-n", "2", "-p", "tools.sql_profiler", "runner/tests"],
)


def main(arguments: list[str]) -> int:
    """Run, report, and return the exit code."""
    if arguments not in ([], ["run"], ["report"]):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        codes = []
        if arguments != ["report"]:
            codes.append(run())
        if arguments != ["run"]:
            codes += [report_sql(), report_python()]
        return max(codes)
    except (PostgresMissingError, MissingError) as error:
        print(error, file=sys.stderr)
        return 1


def run() -> int:
    """Run all tests under both profilers; 1 if any failed."""
    shutil.rmtree(BUILD, ignore_errors=True)
    BUILD.mkdir(parents=True)
    # a server of our own: a given one has no profiler
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    environment |= {sql_profiler.VARIABLE: str(PROFILE)}
    codes = [
        subprocess.run([*COVERAGE, "run", *each], cwd=ROOT, env=environment, check=False)
        for each in RUNS
    ]
    subprocess.run([*COVERAGE, "combine", "--quiet"], cwd=ROOT, check=True)
    return 1 if any(each.returncode for each in codes) else 0


def report_python() -> int:
    """Print the modules that are not wholly covered; 1 if all together are below."""
    command = ["report", "--skip-covered", "--show-missing", f"--fail-under={LEAST:g}"]
    return 1 if subprocess.run([*COVERAGE, *command], cwd=ROOT, check=False).returncode else 0


def report_sql() -> int:
    """Print the functions that are below, with the lines that no test ran; 1 if all are."""
    ran = sql_profiler.read(PROFILE)
    with package_database(sql_profiler.SETTINGS) as url:
        create_plpgsql_check(url)
        rows = sql_profiler.statements(url)
    count: dict[str, int] = defaultdict(int)
    missing: dict[str, set[int]] = defaultdict(set)
    missed = 0
    for name, digest, number, line, _, _ in rows:
        count[name] += 1
        if (name, digest, number) not in ran:
            missed += 1
            missing[name].add(line)
    return summarise(count, missing, missed)


def summarise(count: dict[str, int], missing: dict[str, set[int]], missed: int) -> int:
    """Print the figures; 1 if the whole is below."""
    for name in sorted(missing):
        lines = ", ".join(str(line) for line in sorted(missing[name]))
        print(f"{name:<52} lines {lines} of the body")
    total = sum(count.values())
    share = 100.0 * (total - missed) / total if total else 0.0
    print(f"PL/pgSQL: {len(count)} functions, {total} statements, {share:.1f} % run by a test")
    if share < LEAST:
        print(f"PL/pgSQL: below {LEAST:g} %", file=sys.stderr)
    return 1 if share < LEAST else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
