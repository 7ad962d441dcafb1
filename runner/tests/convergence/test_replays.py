"""Sequences that once broke a law, step by step.

An example that fails prints its steps as calls of the machine's rules: they are copied here as
they are, less those that do not matter. So they outlive seeds, strategies and Hypothesis.
"""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from runner.tests.convergence.clock import give_clock
from runner.tests.convergence.machine import Convergence, disconnect
from runner.tests.convergence.world import Switches

DAY = date(2027, 1, 2)


@pytest.fixture
def state(database: str) -> Iterator[Convergence]:
    """The machine at its beginning; at the end it heals, settles and looks."""
    give_clock(database)
    machine = type("Machine", (Convergence,), {"url": database})()
    yield machine
    try:
        machine.teardown()
    finally:
        disconnect(database)


def test_a_push_after_the_clock_has_stepped_back(state: Convergence) -> None:
    one = state.begin(Switches(), None, DAY)
    state.step_clock(step=timedelta(minutes=61))
    state.run(fault="", limit=1)
    state.step_clock(step=timedelta(minutes=0))
    state.edit_in_domiq(conversation_id=one, values={"occupants_count": 2})
    state.run(fault="", limit=1)
    assert state.resman.leads
    (lead,) = state.resman.leads.values()
    assert lead["occupants"] == 2, "it was not pushed at once"


def test_an_edit_of_the_office_after_the_clock_has_stepped_back(state: Convergence) -> None:
    one = state.begin(Switches(), None, DAY)
    state.step_clock(step=timedelta(minutes=61))
    state.run(fault="", limit=1)
    state.pull(everything=False)
    state.run(fault="", limit=1)
    state.edit_in_resman(conversation_id=one, values={"occupants": 3})
    # the laws want it pulled once the clock is right again


@pytest.mark.parametrize("how", ["deleted", "deleted as a user", "erased", "suppressed"])
def test_somebody_leaves_while_the_create_is_under_way(state: Convergence, how: str) -> None:
    one = state.begin(Switches(), None, DAY)
    state.take_off(limit=1)
    while not state.resman.leads:
        state.land(how="one", pick=0)
    state.leave(conversation_id=one, how=how)


@pytest.mark.parametrize("how", ["deleted", "deleted as a user", "erased", "suppressed"])
def test_somebody_leaves_after_the_create_was_lost(state: Convergence, how: str) -> None:
    one = state.begin(Switches(), None, DAY)
    state.take_off(limit=1)
    while not state.resman.leads:
        state.land(how="one", pick=0)
    state.land(how="late", pick=0)
    state.leave(conversation_id=one, how=how)


def test_an_edit_that_a_critical_conflict_holds_back(state: Convergence) -> None:
    one = state.begin(Switches(), None, DAY, linked=True)
    state.edit_in_domiq(one, {"first_name": "Cat"})
    state.edit_in_domiq(one, {"price_range_min": 100, "price_range_max": 400})
    state.edit_in_resman(one, {"status": "applicant"})
    state.edit_in_resman(one, {"first_name": "Ann"})
    state.edit_in_resman(one, {"rent_min": 400, "rent_max": 400})
