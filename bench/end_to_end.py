"""P9: pushes through HTTP: a real runner of 32 slots, the simulated ResMan, each a process.

New leads of one property whose limits are lifted, two calls each; ResMan's agents and sources
are known, as they are of a property that is not new. With fifty milliseconds of latency in the
simulator the runner is compared with a bare loop of 32 threads that make the same calls;
without latency all share the machine's cores, and the CPU of each is told apart. The runner's
time is that from its first claim to the end of the last item.
"""

import base64
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from bench import profile, seed
from bench.answers import LEASE, answer
from bench.harness import Bench, Connection, connect, one, run
from bench.result import Result, Target, middle
from runner import calls
from runner.envelope import Credentials, Keyring
from runner.resman import ResMan
from runner.simulator import (
    DEFAULT_ACCOUNT_ID,
    DEFAULT_API_KEY,
    DEFAULT_PARTNER_ID,
    DEFAULT_PROPERTIES,
)

THREADS = 32
LATENCY_MS = 50
KEYS = "k1:" + base64.b64encode(bytes(32)).decode()
BARE = f"a bare loop of {THREADS} threads"
_CREDENTIALS = Credentials(DEFAULT_PARTNER_ID, DEFAULT_API_KEY, DEFAULT_ACCOUNT_ID)
Figures = dict[str, float]


@contextmanager
def simulator(latency_ms: int) -> Iterator[tuple[str, int]]:
    """The URL and the process id of a simulated ResMan."""
    command = [sys.executable, "-m", "runner.simulator", "--port", "0"]
    command += ["--switch", f"latency_ms={latency_ms}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            found = re.search(r"http://\S+", process.stdout.readline())
            assert found is not None, "the simulator does not start"
            yield found[0], process.pid
        finally:
            process.kill()


def fill(url: str, first: int, last: int, *, properties: bool = True) -> None:
    """New leads of a property that the simulator knows, with an item each.

    `properties`: make that property; else it is made of property 1, which is there.
    """
    with seed.seeding(url) as connection:
        if properties:
            seed.properties(connection, 1, 1)
            seed.lift_limits(connection)
        property_id = UUID(str(one(connection, "select md5('p1')::uuid")))
        run(
            connection,
            "update public.resman_integration"
            " set resman_property_id = %s, api_credentials = %s where property_id = %s",
            DEFAULT_PROPERTIES[0],
            Jsonb(Keyring.from_env(KEYS).seal(property_id, _CREDENTIALS)),
            property_id,
        )
        run(
            connection,
            "insert into lead_sync_private.property_setting (property_id, name, value)"
            " values (%s, 'default_source', %s)",
            property_id,
            Jsonb("Website"),
        )
        seed.leads(connection, first, last, 1)
        seed.items(connection, first, last, 1)


def by_runner(bench: Bench, leads: int, latency_ms: int) -> Figures:
    """What a runner does with new leads in a database of their own."""
    with bench.database() as url:
        fill(url, 1, leads)
        return push(bench, url, leads, latency_ms)


def push(bench: Bench, url: str, leads: int, latency_ms: int) -> Figures:
    """Bring across what waits; leads a second, CPU per lead of each process, in ms."""
    with simulator(latency_ms) as (resman, simulator_pid), connect(url) as connection:
        _keep_lookups(connection, resman)
        # a sequence has gaps: by rows, not by its numbers
        before_seq = one(
            connection,
            "select min(q.seq) - 1 from (select seq from public.lead_sync_queue"
            " order by seq desc limit %s) as q",
            leads,
        )
        postmaster = bench.server.pid or 0
        before = profile.family_cpu(postmaster), profile.cpu_seconds(simulator_pid)
        process = subprocess.Popen(
            [  # a wait: an item that finds a row locked comes back a second later
                *(sys.executable, "-m", "runner", "run", "--drain", "--drain-wait", "5"),
                *("--slots", str(THREADS)),
            ],
            env={
                **os.environ,
                "DATABASE_URL": url,
                "RESMAN_BASE_URL": resman,
                "LEADSYNC_KEYS": KEYS,
                "LEADSYNC_LOG_LEVEL": "error",
            },
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        after = profile.family_cpu(postmaster), profile.cpu_seconds(simulator_pid)
        done, seconds = run(
            connection,
            "select count(*), extract(epoch from max(processed_at) - min(lease_started_at))"
            " from public.lead_sync_queue where status = 'completed' and seq > %s",
            before_seq,
        )[0]
        assert (process.returncode, done) == (0, leads), (
            f"{done} of {leads} were brought across"
        )
    return {
        "per_second": leads / float(seconds),
        "runner_ms": 1000 * (usage.ru_utime + usage.ru_stime) / leads,
        "postgres_ms": 1000 * (after[0] - before[0]) / leads,
        "simulator_ms": 1000 * (after[1] - before[1]) / leads,
    }


def _profile(bench: Bench, leads: int, latency_ms: int) -> str:
    """The functions' and statements' time of all the runner's sessions."""
    with bench.database() as url:
        fill(url, 1, leads)
        with profile.tracked(url):
            push(bench, url, leads, latency_ms)
        return profile.profile(url, leads)


def by_loop(leads: int, latency_ms: int, save: dict[str, Any]) -> Figures:
    """What the bare loop does."""
    form = {
        "IntegrationPartnerID": _CREDENTIALS.integration_partner_id,
        "ApiKey": _CREDENTIALS.api_key,
        "AccountID": _CREDENTIALS.account_id,
        "PropertyID": DEFAULT_PROPERTIES[0],
    }
    with simulator(latency_ms) as (resman, _):
        told = {"url": resman, "threads": THREADS, "leads": leads, "form": form}
        told["save"] = _with_lookups(resman, save)
        process = profile.start_module("bench.http_loop")
        said, _ = process.communicate(json.dumps(told))
        assert process.returncode == 0, "the bare loop failed"
    figures: Figures = json.loads(said)
    return figures


def _lookups(resman: str) -> dict[str, Any]:
    """The simulator's agents and sources, by kind."""
    property_ = {"resman_property_id": DEFAULT_PROPERTIES[0]}
    with closing(ResMan(resman)) as adapter:
        return {
            kind: adapter.call({"call": f"list_{kind}s"}, property_, _CREDENTIALS)["items"]
            for kind in ("agent", "source")
        }


def _keep_lookups(connection: Connection, resman: str) -> None:
    """Have them known: the bare loop does not ask for them either."""
    statement = "select lead_sync_private.store_lookup(md5('p1')::uuid, %s, %s)"
    for kind, items in _lookups(resman).items():
        run(connection, statement, kind, Jsonb(items))


def _with_lookups(resman: str, save: dict[str, Any]) -> dict[str, Any]:
    """The request with the simulator's agent and source in place of the seed's."""
    text, items = json.dumps(save), _lookups(resman)
    for kind, seeded in (("agent", "A1"), ("source", "S1")):
        text = text.replace(f'"{seeded}"', json.dumps(items[kind][0]["id"]))
    return dict(json.loads(text))


def save_request(bench: Bench) -> dict[str, Any]:
    """A save's request, as the database issues it to a runner."""
    with bench.database() as url:
        with seed.seeding(url) as connection:
            seed.properties(connection, 1, 1)
            seed.leads(connection, 1, 1, 1)
            seed.items(connection, 1, 1, 1)
        with connect(url) as connection:
            (item,) = calls.claim_items(connection, "bench", 1, LEASE)
            request = item.request
            while request["call"] != "save_lead":
                request = calls.advance_item(
                    connection, item.item_id, item.lease_token, answer(request)
                )["request"]
    return request


def p9(bench: Bench) -> Iterator[Result]:
    """Leads a second, with latency and without."""
    leads = bench.scaled(3000, 40)
    save = save_request(bench)
    for latency_ms, target in ((LATENCY_MS, Target(">=", 0.9)), (0, Target(">=", 200, "ours"))):
        figures: dict[str, list[Figures]] = {"runner": [], BARE: []}

        def ours(
            latency_ms: int = latency_ms, kept: list[Figures] = figures["runner"]
        ) -> float:
            kept.append(by_runner(bench, leads, latency_ms))
            return kept[-1]["per_second"]

        def bare(latency_ms: int = latency_ms, kept: list[Figures] = figures[BARE]) -> float:
            kept.append(by_loop(leads, latency_ms, save))
            return kept[-1]["per_second"]

        runs = bench.shuffled({"runner": ours, BARE: bare}, min(3, bench.repetitions))
        cpu = {
            name: middle([each[name] for each in figures["runner"]])
            for name in ("runner_ms", "postgres_ms", "simulator_ms")
        }
        cpu["loop_ms"] = middle([each["cpu_ms"] for each in figures[BARE]])
        bench.note(f"P9 profile, {latency_ms} ms", _profile(bench, leads, latency_ms))
        yield Result(
            "P9",
            f"pushes end to end, {latency_ms} ms in the simulator",
            "leads/s",
            middle(runs["runner"]),
            middle(runs[BARE]),
            BARE,
            target,
            note=", ".join(f"{name.removesuffix('_ms')} {ms:.1f}" for name, ms in cpu.items())
            + " ms CPU a lead",
            runs=runs,
            detail={"cpu_ms_per_lead": cpu},
        )
