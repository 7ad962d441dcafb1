"""procrastinate, as programs.py asks for it."""

import asyncio
import contextlib
import time

import procrastinate
from protocol import Options, serve, told  # type: ignore[import-not-found]


def _app(url: str) -> procrastinate.App:
    return procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url))


async def install(url: str, _: Options) -> None:
    """Make the schema."""
    async with (app := _app(url)).open_async():
        await app.schema_manager.apply_schema_async()


async def fill(url: str, options: Options) -> None:
    """Enqueue jobs, a thousand at a time."""
    async with (app := _app(url)).open_async():
        noop = app.configure_task("noop", allow_unknown=True)
        for first in range(0, options["jobs"], 1000):
            numbers = range(first, min(first + 1000, options["jobs"]))
            await noop.batch_defer_async(*({"number": n} for n in numbers))


async def drain(url: str, options: Options) -> object:
    """Work until nothing is left."""
    done = 0

    async def noop(**_: object) -> None:
        nonlocal done
        done += 1

    app = _app(url)
    app.task(name="noop")(noop)
    async with app.open_async():
        await told()
        begun = time.monotonic()
        await app.run_worker_async(
            wait=False, install_signal_handlers=False, **options["worker"]
        )
        return {"done": done, "seconds": time.monotonic() - begun}


async def listen(url: str, _: Options) -> object:
    """Work until standard input is closed; when each job was seen."""
    seen: dict[int, float] = {}

    async def noop(number: int) -> None:
        seen[number] = time.monotonic()

    app = _app(url)
    app.task(name="noop")(noop)
    async with app.open_async():
        worker = asyncio.create_task(app.run_worker_async(install_signal_handlers=False))
        await told()
        worker.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await worker
    return seen


async def claim(url: str, options: Options) -> object:
    """Claim so many times; it has no claim of several, so each is so many of one."""
    claims: list[tuple[float, int]] = []
    async with (app := _app(url)).open_async():
        worker = await app.job_manager.register_worker()
        end = time.monotonic() + options["seconds"]
        while len(claims) < options["rounds"] and time.monotonic() < end:
            begun = time.monotonic()
            found = 0
            for _ in range(options["batch"]):
                job = await app.job_manager.fetch_job(options["queues"], worker)
                found += job is not None
                if time.monotonic() > end:
                    break
            claims.append((time.monotonic() - begun, found))
    return claims


if __name__ == "__main__":
    serve({f.__name__: f for f in (install, fill, drain, listen, claim)})
