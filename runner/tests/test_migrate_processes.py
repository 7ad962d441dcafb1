"""Several migrating processes at once, and ones that were killed."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from runner.migrate import Result, migrate, rollback
from runner.tests.conftest import Connect
from runner.tests.migrate_support import ALL, Tree


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path / "db")


class TestSeveralAtOnce:
    def test_one_applies_the_others_find_it_done(self, empty_database: str, tree: Tree) -> None:
        barrier = threading.Barrier(3)

        def run() -> Result:
            barrier.wait()
            return migrate(empty_database, tree.path)

        with ThreadPoolExecutor(3) as pool:
            results = [each.result() for each in [pool.submit(run) for _ in range(3)]]
        assert sorted(results, key=lambda each: each.applied) == [
            Result([], False),
            Result([], False),
            Result(ALL, True),
        ]

    def test_what_a_sigkill_left_of_a_lock_is_no_obstacle(
        self, empty_database: str, tree: Tree, connect: Connect
    ) -> None:
        migrate(empty_database, tree.path)
        rollback(empty_database, count=1, db=tree.path)
        connect(empty_database).execute("insert into yoyo_lock values (1, now(), 1)")
        assert migrate(empty_database, tree.path) == Result(ALL[1:], True)
