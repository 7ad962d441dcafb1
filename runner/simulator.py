"""A ResMan to run against: partner API, a page to look at and edit leads, faults on demand.

It is built to what public material shows of ResMan's partner API, on its own: it shares no code
with the adapter that it is there to try. In a test::

    with Simulator(duplicate_policy="error") as sim:
        sim.fault("reset_after_commit", method="PostLeadManagement4_0")
        ...
        assert sim.wait_for(lambda: len(sim.leads()) == 1)

or as a process: ``leadsync simulator --port 8099 --switch own_writes_in_feed=no``.
"""

import argparse
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from runner.simulator_model import RefusedError
from runner.simulator_process import (
    DEFAULT_ACCOUNT_ID,
    DEFAULT_API_KEY,
    DEFAULT_PARTNER_ID,
    DEFAULT_PROPERTIES,
    Simulator,
)
from runner.simulator_switches import parse_switch

__all__ = [
    "DEFAULT_ACCOUNT_ID",
    "DEFAULT_API_KEY",
    "DEFAULT_PARTNER_ID",
    "DEFAULT_PROPERTIES",
    "RefusedError",
    "Simulator",
    "describe",
    "main",
    "parse_switch",
    "serve",
]


def serve(
    host: str = "127.0.0.1",
    port: int = 8099,
    *,
    switches: Mapping[str, Any] | None = None,
    state: str | Path | None = None,
    properties: Iterable[str] = (),
    allowed_hosts: Iterable[str] = (),
    ready: Callable[[Simulator], object] | None = None,
) -> None:
    """Run a simulator until SIGINT or SIGTERM. Call it from the main thread.

    ``properties`` are added to the default account; ``allowed_hosts`` are names by which others
    than this machine may use page and controls; ``ready`` is called once it listens.
    Raises ValueError for a bad switch or state file, OSError when the address cannot be had.
    """
    simulator = Simulator(
        host, port, state=state, allowed_hosts=allowed_hosts, **dict(switches or {})
    )
    if DEFAULT_ACCOUNT_ID in simulator.store.accounts:
        for property_id in properties:
            if simulator.store.find_property(property_id) is None:
                simulator.add_property(property_id)
    before = {n: signal.signal(n, _interrupt) for n in (signal.SIGINT, signal.SIGTERM)}
    try:
        with simulator:
            if ready is not None:
                ready(simulator)
            threading.Event().wait()
    except KeyboardInterrupt:
        pass
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def describe(simulator: Simulator) -> str:
    """What a person needs to point a runner at a simulator."""
    lines = [f"ResMan simulator on {simulator.url}"]
    shown = None
    for property_id in simulator.known_properties():
        keys = simulator.credentials(property_id)
        if keys != shown:
            lines.append(f"  account    {keys['account_id']}")
            lines.append(f"  partner    {keys['integration_partner_id']}")
            lines.append(f"  api key    {keys['api_key']}")
            shown = keys
        lines.append(f"  property   {property_id}")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """``python -m runner.simulator``. Returns the exit code: 0 done, 1 error, 2 usage."""
    parser = argparse.ArgumentParser(prog="runner.simulator", description="A simulated ResMan.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8099, help="0 takes a free one")
    parser.add_argument("--switch", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--state", type=Path, help="keep leads and accounts in this file")
    parser.add_argument("--allow-host", action="append", default=[], metavar="NAME")
    parser.add_argument("--property", action="append", default=[], metavar="GUID")
    options = parser.parse_args(arguments)
    try:
        switches = dict(parse_switch(text) for text in options.switch)
    except ValueError as error:
        parser.error(str(error))
    try:
        serve(
            options.host,
            options.port,
            switches=switches,
            state=options.state,
            properties=options.property,
            allowed_hosts=options.allow_host,
            ready=lambda simulator: (
                sys.stdout.write(describe(simulator) + "\n") and sys.stdout.flush()
            ),
        )
    except (OSError, OverflowError, ValueError, RefusedError) as error:
        sys.stderr.write(f"cannot serve: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
