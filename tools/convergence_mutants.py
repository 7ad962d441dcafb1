"""Breaks the code on purpose where a law rests on it, to see the convergence machine notice.

    python -m tools.convergence_mutants [EXAMPLES [WORD...]]

Each break of tools.convergence_breaks is loaded into a database of its own. There the recorded
sequences of runner/tests/convergence are played, then random examples, EXAMPLES at most (300),
until a law fails. WORDs choose the breaks whose name holds one of them. A break that nothing
noticed has survived: it is printed, and the exit code is 1.
"""

import sys
from collections.abc import Callable

import psycopg
from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from runner.domiq import load_domiq
from runner.migrate import migrate
from runner.postgres import open_server
from runner.tests.convergence.clock import give_clock
from runner.tests.convergence.machine import Convergence, disconnect
from runner.tests.convergence.replays import SEQUENCES
from tools.convergence_breaks import BREAKS, Change, broken

EXAMPLES = 300


def main(arguments: list[str]) -> int:
    """Try the breaks that the arguments name and return the exit code."""
    examples = int(arguments[0]) if arguments else EXAMPLES
    chosen = {
        name: changes
        for name, changes in BREAKS.items()
        if not arguments[1:] or any(word in name for word in arguments[1:])
    }
    survived = 0
    with open_server(superuser=True) as server:
        load_domiq(server.create_database("mutants_template"))
        migrate(server.url("mutants_template"))
        for number, (name, changes) in enumerate(chosen.items(), 1):
            url = server.create_database(f"mutant_{number}", "mutants_template")
            noticed = run(url, changes, examples)
            survived += noticed is None
            print(f"{name}: {noticed or 'SURVIVED'}", flush=True)
            server.drop_database(f"mutant_{number}")
    print(f"{len(chosen) - survived} of {len(chosen)} noticed")
    return 1 if survived else 0


def run(url: str, changes: list[Change], examples: int) -> str | None:
    """Run the machine on broken code; what it noticed."""
    texts = broken(changes)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("set search_path = pg_catalog, pg_temp")
        for text in texts.values():
            connection.execute(text.encode())
    give_clock(url)
    machine = type("Machine", (Convergence,), {"url": url})
    try:
        for name, steps in SEQUENCES.items():
            if flaw := play(machine(), steps):
                return f"{name}: {flaw}"
        return search(machine, examples)
    finally:
        disconnect(url)


def play(state: Convergence, steps: Callable[[Convergence], None]) -> str | None:
    """Play a recorded sequence; what it noticed."""
    try:
        try:
            steps(state)
        finally:
            state.teardown()
    except (AssertionError, psycopg.Error) as flaw:
        return first_line(flaw)
    return None


def search(machine: type[Convergence], examples: int) -> str | None:
    """Try random examples; what they noticed."""
    how = settings(
        max_examples=examples,
        stateful_step_count=50,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        verbosity=Verbosity.quiet,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(seed(1)(machine), settings=how)
    except (AssertionError, psycopg.Error) as flaw:
        return first_line(flaw)
    return None


def first_line(flaw: Exception) -> str:
    """What an error says, in short."""
    return (str(flaw) or type(flaw).__name__).splitlines()[0][:160]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
