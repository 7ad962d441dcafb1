"""A real runner as a process of its own, whose calls are answered at once or after a while.

`python -m bench.runner_process SLOTS [--delay-ms N] [--idle]`, with DATABASE_URL set. Says that
it is ready, ends with SIGTERM, and then prints as JSON when each lead was first asked about, by
its e-mail, on the monotonic clock that all processes share. `--idle`: its claims find nothing.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

from bench.answers import answer
from bench.profile import start_module
from runner import log
from runner.calls import Json
from runner.daemon import Runner
from runner.settings import Settings


class Idle(Runner):
    """A runner that others leave nothing to claim."""

    def _claim(self) -> int:
        return 0


class Answerer:
    """Answers calls, and keeps when they came."""

    def __init__(self, delay_s: float) -> None:
        self.asked: dict[str, float] = {}
        self._delay_s = delay_s

    def __call__(self, request: Json, _connection: Json) -> Json:
        """Answer one request."""
        now = time.monotonic()
        email = request.get("by", {}).get("email")
        if email is not None:
            self.asked.setdefault(email, now)
        if self._delay_s:
            time.sleep(self._delay_s)
        return answer(request)


@click.command()
@click.argument("slots", type=int)
@click.option("--delay-ms", default=0.0)
@click.option("--idle", is_flag=True)
def main(slots: int, delay_ms: float, idle: bool) -> None:
    """Run until SIGTERM."""
    log.configure("error", "text")
    settings = Settings.load(os.environ, {"slots": slots})
    answerer = Answerer(delay_ms / 1000)
    runner = (Idle if idle else Runner)(settings, answerer)
    with runner.signals():
        print("ready", flush=True)
        runner.run()
    json.dump(answerer.asked, sys.stdout)


class Started:
    """A runner process that has been started; `asked` is there once it has ended."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.asked: dict[str, float] = {}


@contextmanager
def runner(url: str, slots: int = 16, *options: str) -> Iterator[Started]:
    """A runner for the length of the block."""
    process = start_module("bench.runner_process", str(slots), *options, DATABASE_URL=url)
    started = Started(process.pid)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n", "the runner does not start"
        yield started
        process.terminate()
        said, _ = process.communicate(timeout=60)
        started.asked = json.loads(said)
    finally:
        process.kill()
        process.communicate()


if __name__ == "__main__":
    main()
