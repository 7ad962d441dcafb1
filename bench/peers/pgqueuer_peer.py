"""pgqueuer, as programs.py asks for it."""

import asyncio
import json
import time
import uuid
from datetime import timedelta

import asyncpg
from pgqueuer import PgQueuer
from pgqueuer.db import AsyncpgDriver
from pgqueuer.models import Job
from pgqueuer.ports.repository import EntrypointExecutionParameter
from pgqueuer.queries import Queries
from pgqueuer.types import QueueExecutionMode
from protocol import Options, serve, told  # type: ignore[import-not-found]


async def _driver(url: str) -> AsyncpgDriver:
    return AsyncpgDriver(await asyncpg.connect(url))


async def install(url: str, _: Options) -> None:
    """Make the schema."""
    await Queries(await _driver(url)).install()


async def fill(url: str, options: Options) -> None:
    """Enqueue jobs, a thousand at a time."""
    queries = Queries(await _driver(url))
    for first in range(0, options["jobs"], 1000):
        numbers = range(first, min(first + 1000, options["jobs"]))
        payloads = [json.dumps({"number": n}).encode() for n in numbers]
        await queries.enqueue(["noop"] * len(payloads), payloads, [0] * len(payloads))


async def drain(url: str, options: Options) -> object:
    """Work until nothing is left."""
    done = 0

    async def noop(_: Job) -> None:
        nonlocal done
        done += 1

    queuer = PgQueuer(await _driver(url))
    queuer.entrypoint("noop")(noop)
    await told()
    begun = time.monotonic()
    await queuer.run(mode=QueueExecutionMode.drain, **options["worker"])
    return {"done": done, "seconds": time.monotonic() - begun}


async def listen(url: str, _: Options) -> object:
    """Work until standard input is closed; when each job was seen."""
    seen: dict[int, float] = {}

    async def noop(job: Job) -> None:
        assert job.payload is not None
        seen[json.loads(job.payload)["number"]] = time.monotonic()

    queuer = PgQueuer(await _driver(url))
    queuer.entrypoint("noop")(noop)
    worker = asyncio.create_task(queuer.run())
    await told()
    queuer.shutdown.set()
    await worker
    return seen


async def claim(url: str, options: Options) -> object:
    """Claim so many times, as a worker that has registered these entrypoints."""
    queries = Queries(await _driver(url))
    entrypoints = {
        name: EntrypointExecutionParameter(concurrency_limit=limit)
        for name, limit in options["entrypoints"].items()
    }
    manager = uuid.uuid4()
    claims: list[tuple[float, int]] = []
    end = time.monotonic() + options["seconds"]
    while len(claims) < options["rounds"] and time.monotonic() < end:
        begun = time.monotonic()
        found = await queries.dequeue(
            batch_size=options["batch"],
            entrypoints=entrypoints,
            queue_manager_id=manager,
            global_concurrency_limit=None,
            heartbeat_timeout=timedelta(days=2),
        )
        claims.append((time.monotonic() - begun, len(found)))
    return claims


if __name__ == "__main__":
    serve({f.__name__: f for f in (install, fill, drain, listen, claim)})
