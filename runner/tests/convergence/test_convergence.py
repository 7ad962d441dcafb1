"""Runs the machine; `make convergence SEED=... EXAMPLES=...` runs it for longer."""

import os

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from runner.tests.convergence.clock import give_clock
from runner.tests.convergence.machine import Convergence, disconnect

EXAMPLES = int(os.environ.get("LEADSYNC_CONVERGENCE_EXAMPLES", "30"))
SHRINK = os.environ.get("LEADSYNC_CONVERGENCE_SHRINK") == "1"
FIRST = int(os.environ.get("LEADSYNC_CONVERGENCE_SEED", "1"))
SETTINGS = settings(
    max_examples=EXAMPLES,
    stateful_step_count=50,
    deadline=None,
    database=None,
    phases=[Phase.generate, Phase.shrink] if SHRINK else [Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.timeout(86400)
@pytest.mark.parametrize("number", range(FIRST, FIRST + 4))
def test_both_sides_agree_at_rest(database: str, number: int) -> None:
    assert give_clock(database) > 50
    machine = type("Machine", (Convergence,), {"url": database})
    try:
        run_state_machine_as_test(seed(number)(machine), settings=SETTINGS)
    finally:
        disconnect(database)
