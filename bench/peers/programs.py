"""The peers: how each is called, how it is set, and how a job of its own is enqueued.

Each has a program beside this file, which is called `PROGRAM MODE URL OPTIONS`, with JSON for
options, and prints JSON:

- install: make the schema;
- fill {jobs}: enqueue so many jobs that do nothing, through the peer's own interface;
- drain {jobs, worker}: print "ready", wait for a line, work with these settings until nothing
  is left; prints how many were done and in how many seconds;
- listen: print "ready", work as the peer does by default until standard input is closed;
  prints when each job was seen, by its number, on the monotonic clock;
- claim {rounds, batch, seconds, …}: claim as its worker does, and keep what was claimed; prints
  the seconds of each round and how many it took. Begins none after so many seconds.
"""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

Registry = Literal["PyPI", "npm"]
_LONGEST_S = 1800


@dataclass(frozen=True)
class Setting:
    """How a worker is set for a drain, and of how many jobs at scale 1."""

    label: str
    jobs: int
    worker: dict[str, Any]


@dataclass(frozen=True)
class Peer:
    """A product. `enqueue` adds the job of a number; `left` says whether any is not done."""

    name: str
    registry: Registry
    program: str
    settings: tuple[Setting, ...]
    enqueue: str
    left: str


AS_IT_COMES = "as it comes"
PEERS = (
    Peer(
        "procrastinate",
        "PyPI",
        "procrastinate_peer.py",
        (
            Setting(AS_IT_COMES, 3000, {}),
            Setting("concurrency 10", 3000, {"concurrency": 10}),
        ),
        "select procrastinate_defer_jobs_v1(array[row('default', 'noop', 0, null, null,"
        " jsonb_build_object('number', %s::int), null)::procrastinate_job_to_defer_v1])",
        "select exists (select from procrastinate_jobs where status in ('todo', 'doing'))",
    ),
    Peer(
        "pgqueuer",
        "PyPI",
        "pgqueuer_peer.py",
        (
            Setting(AS_IT_COMES, 10_000, {}),
            Setting("in batches of 500", 20_000, {"batch_size": 500}),
        ),
        "insert into pgqueuer (priority, entrypoint, status, payload) values (0, 'noop',"
        " 'queued', convert_to(json_build_object('number', %s::int)::text, 'UTF8'))",
        "select exists (select from pgqueuer)",
    ),
    Peer(
        "graphile-worker",
        "npm",
        "graphile_worker.mjs",
        (
            Setting(AS_IT_COMES, 5000, {}),
            Setting(
                "local queue of 500",
                40_000,
                {
                    "concurrentJobs": 24,
                    "localQueue": {"size": 500},
                    "completeJobBatchDelay": 0,
                },
            ),
        ),
        "select graphile_worker.add_job('noop', json_build_object('number', %s::int))",
        "select exists (select from graphile_worker._private_jobs)",
    ),
    Peer(
        "pg-boss",
        "npm",
        "pg_boss.mjs",
        (
            # As it comes it takes one job every two seconds, which is no drain.
            Setting(
                "bursts of batches of 500",
                40_000,
                {"batchSize": 500, "burstWhenBatchFull": True},
            ),
        ),
        "with added as (insert into pgboss.job (name, policy, data)"
        " values ('noop', 'standard', jsonb_build_object('number', %s::int)) returning id)"
        " select pg_notify('pgboss_' || left(encode(sha224('pgboss'), 'hex'), 24), 'noop')"
        " from added",
        "select exists (select from pgboss.job where name = 'noop' and state < 'completed')",
    ),
)


@dataclass(frozen=True)
class Missing:
    """A peer that could not be had, and why."""

    peer: Peer
    reason: str


@dataclass(frozen=True)
class Installed:
    """A peer that is there; `command` starts its program."""

    peer: Peer
    version: str
    command: tuple[str, ...]

    def __str__(self) -> str:
        """For the table."""
        return f"{self.peer.name} {self.version}"

    def start(self, mode: str, url: str, **options: Any) -> "subprocess.Popen[str]":
        """Start the program."""
        return subprocess.Popen(
            [*self.command, mode, url, json.dumps(options)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, mode: str, url: str, **options: Any) -> Any:
        """What the program says; a mode that waits for a line is told at once.

        Raises:
            RuntimeError: it failed.
        """
        process = self.start(mode, url, **options)
        try:
            return self.ended(process, mode, "go\n")
        finally:
            process.kill()
            process.communicate()

    def ended(self, process: "subprocess.Popen[str]", mode: str, told: str = "") -> Any:
        """What a program that was started says at its end, its input being closed.

        Raises:
            RuntimeError: it failed.
        """
        said, errors = process.communicate(told, timeout=_LONGEST_S)
        if process.returncode:
            raise RuntimeError(f"{self}, {mode}:\n{errors[-2000:]}")
        return json.loads(said.removeprefix("ready\n"))

    @contextmanager
    def listening(self, url: str) -> Iterator[dict[str, float]]:
        """Its worker, for the length of the block; then when it saw each job, by number."""
        process = self.start("listen", url)
        seen: dict[str, float] = {}
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n", f"{self} does not start"
            yield seen
            seen.update(self.ended(process, "listen"))
        finally:
            process.kill()
            process.communicate()
