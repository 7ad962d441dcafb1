"""The least that can be done: LISTEN, and take each new row of a bare table as it is told of.

`python -m bench.bare_listener URL`. Ends when its standard input is closed, and then prints as
JSON when it saw each row, by its id, on the monotonic clock that all processes share.
"""

import json
import select
import sys
import time

from bench.harness import connect, run

TAKE = "update job set status = 'completed' where status = 'pending' returning id"


def main() -> None:
    """Listen until standard input is closed."""
    seen: dict[int, float] = {}
    with connect(sys.argv[1]) as connection:
        run(connection, "listen job")
        print("ready", flush=True)
        poll = select.poll()
        poll.register(connection, select.POLLIN)
        poll.register(sys.stdin, select.POLLIN)
        stdin = sys.stdin.fileno()
        while stdin not in (ready := [fd for fd, _ in poll.poll()]):
            told = sum(1 for _ in connection.notifies(timeout=0)) if ready else 0
            if told:
                rows = run(connection, TAKE)
                now = time.monotonic()
                seen.update((row[0], now) for row in rows)
    json.dump(seen, sys.stdout)


if __name__ == "__main__":
    main()
