"""Plays the recorded sequences; each then heals, settles and is looked at."""

from collections.abc import Iterator

import pytest

from runner.postgres import Server
from runner.tests.convergence.clock import give_clock
from runner.tests.convergence.machine import Convergence, disconnect
from runner.tests.convergence.replays import SEQUENCES


@pytest.fixture(scope="module")
def clocked(server: Server, package_template: str) -> Iterator[str]:
    """URL of a database whose clock can be stepped; each sequence has a property of its own."""
    url = server.create_database("replays", package_template)
    give_clock(url)
    yield url
    disconnect(url)
    server.drop_database("replays")


@pytest.mark.parametrize("name", SEQUENCES)
def test_both_sides_agree_after(clocked: str, name: str) -> None:
    state = type("Machine", (Convergence,), {"url": clocked})()
    try:
        SEQUENCES[name](state)
    finally:
        state.teardown()
