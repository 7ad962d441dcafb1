"""What the programs for PyPI's peers share; see programs.py for what they are asked.

They run in an environment of their own, and import nothing of this project but this file, which
lies beside them.
"""

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

Options = dict[str, Any]
Mode = Callable[[str, Options], Coroutine[Any, Any, object]]


async def told() -> None:
    """Say that we are ready, and wait for a line, or for the end of standard input."""
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)


def serve(modes: Mapping[str, Mode]) -> None:
    """Run the mode that the command line names; print what it returns."""
    mode, url, options = sys.argv[1:]
    said = asyncio.run(modes[mode](url, json.loads(options)))
    json.dump(said, sys.stdout)
