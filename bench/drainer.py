"""A process that drains: `python -m bench.drainer URL`.

It says that it is ready, waits for a line, drains until nothing is pending, and prints as JSON
how many items it ended and when it was done, on the monotonic clock that all processes share.
"""

import json
import sys
import time
from contextlib import ExitStack
from subprocess import Popen

from bench.answers import drain
from bench.harness import connect, one
from bench.profile import start_module

_PAUSE_S = 0.02
"""As a runner waits whose claim came back empty while there is work: another one has it."""
_LEFT = "select exists (select from public.lead_sync_queue where status = 'pending')"


def main() -> None:
    """Drain once."""
    with connect(sys.argv[1]) as connection:
        one(connection, _LEFT)
        print("ready", flush=True)
        sys.stdin.readline()
        done = drain(connection)
        while one(connection, _LEFT):  # others hold what is left, or folded it
            time.sleep(_PAUSE_S)
            done += drain(connection)
        json.dump({"done": done, "at": time.monotonic()}, sys.stdout)


def items_per_second(url: str, processes: int) -> float:
    """Drain a database by so many processes that begin at once; items a second of all."""
    with ExitStack() as stack:
        started: list[Popen[str]] = []
        for _ in range(processes):
            process = start_module("bench.drainer", url)
            stack.callback(process.communicate)
            stack.callback(process.kill)
            started.append(process)
        for process in started:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        begun = time.monotonic()
        for process in started:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        ended = [json.loads(process.communicate(timeout=3600)[0]) for process in started]
    return float(sum(each["done"] for each in ended) / (max(e["at"] for e in ended) - begun))


if __name__ == "__main__":
    main()
