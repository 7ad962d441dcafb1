"""The breaks that convergence_mutants tries fit the code as it is."""

import pytest

from tools.convergence_breaks import BREAKS, broken


@pytest.mark.parametrize("name", BREAKS)
def test_a_break_changes_the_code(name: str) -> None:
    assert broken(BREAKS[name])
