"""What explains a figure: plans with buffers, functions by self time, statements, CPU."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from bench.harness import MODULE, Connection, connect, database_name, one, run

_TICKS = os.sysconf("SC_CLK_TCK")
_FUNCTIONS = """
select schemaname || '.' || funcname, calls, self_time, total_time
from pg_stat_user_functions order by self_time desc limit %s
"""
_STATEMENTS = """
select calls, total_exec_time, total_plan_time, shared_blks_hit + shared_blks_read,
  left(regexp_replace(query, '\\s+', ' ', 'g'), 220)
from pg_stat_statements where query !~ 'pg_stat|track_'
  and dbid = (select oid from pg_database where datname = current_database())
order by total_exec_time + total_plan_time desc limit %s
"""
_AUTO_EXPLAIN = {
    "auto_explain.log_min_duration": "0",
    "auto_explain.log_nested_statements": "on",
    "auto_explain.log_analyze": "on",
    "auto_explain.log_buffers": "on",
    "auto_explain.log_timing": "off",
    "client_min_messages": "log",
}


@dataclass(frozen=True)
class _Ran:
    """One run of a statement."""

    buffers: int
    ms: float
    plan: str


def buffers(connection: Connection, statement: str, *values: object) -> int:
    """How many shared buffers a statement touches, all it calls included."""
    plan = one(connection, f"explain (analyze, buffers, format json) {statement}", *values)
    top: dict[str, Any] = (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]
    return int(top["Shared Hit Blocks"]) + int(top["Shared Read Blocks"])


def explain(connection: Connection, statement: str) -> str:
    """The plan of a statement, as it was carried out."""
    rows = run(connection, f"explain (analyze, buffers) {statement}")
    return "\n".join(row[0] for row in rows)


def nested_plans(connection: Connection, statement: str) -> str:
    """The plans of all statements that a call runs inside, by auto_explain; '' without it.

    First a list of the statements, with how often they ran, what they touched and how long
    they took, the most first; then the plan of each one's costliest run. What a statement
    calls counts for it, too. The statement is undone, and the session keeps its plans.
    """
    said: list[str] = []

    def hear(diagnostic: psycopg.errors.Diagnostic) -> None:
        said.append(diagnostic.message_primary or "")

    try:
        run(connection, "load 'auto_explain'")
    except psycopg.Error:
        return ""
    with connection.transaction(force_rollback=True):
        for name, value in _AUTO_EXPLAIN.items():
            run(connection, f"set local {name} = '{value}'")
        connection.add_notice_handler(hear)
        with suppress(psycopg.errors.QueryCanceled), connection.transaction():
            run(connection, statement)
        connection.remove_notice_handler(hear)
    plans: dict[str, list[_Ran]] = {}
    for text in said:
        query, ran = _parse(text)
        plans.setdefault(query, []).append(ran)
    ordered = sorted(plans.items(), key=lambda each: -sum(ran.buffers for ran in each[1]))
    summary = [f"{'buffers':>10}{'ms':>9}{'times':>8}  statement, with what it calls"]
    summary += [
        f"{sum(ran.buffers for ran in found):>10}{sum(ran.ms for ran in found):>9.1f}"
        f"{len(found):>8}  {' '.join(query.split())[:140]}"
        for query, found in ordered
    ]
    dearest = (
        f"{query}\n\n{max(found, key=lambda ran: ran.buffers).plan}" for query, found in ordered
    )
    return "\n\n".join(["\n".join(summary), *dearest])


def _parse(text: str) -> tuple[str, _Ran]:
    """A statement that auto_explain has told of, and that run of it."""
    duration = re.search(r"duration: ([0-9.]+) ms", text)
    lines = text.partition("Query Text:")[2].strip().splitlines()
    start = next((n for n, line in enumerate(lines) if "(cost=" in line), 0)
    plan = "\n".join(lines[start:])
    return "\n".join(lines[:start]), _Ran(
        _touched(plan), float(duration[1]) if duration else 0.0, plan
    )


def _touched(plan: str) -> int:
    """The buffers of a plan's top node, which is the first to say."""
    line = next((each for each in plan.splitlines() if "Buffers: shared" in each), "")
    return sum(int(n) for n in re.findall(r"(?:hit|read)=(\d+)", line.partition(", local")[0]))


def has_statements(connection: Connection) -> bool:
    """Whether the server counts statements; sees to the extension."""
    if MODULE not in str(one(connection, "show shared_preload_libraries")):
        return False
    run(connection, f"create extension if not exists {MODULE}")
    return True


@contextmanager
def profiled(url: str) -> Iterator[Connection]:
    """A session whose functions and nested statements are counted, from nothing."""
    with connect(url) as connection:
        run(connection, "select pg_stat_reset()")
        if has_statements(connection):
            run(connection, "select pg_stat_statements_reset()")
            run(connection, "set pg_stat_statements.track = 'all'")
            run(connection, "set pg_stat_statements.track_planning = on")
        run(connection, "set track_functions = 'all'")
        yield connection


@contextmanager
def tracked(url: str) -> Iterator[None]:
    """For the length of the block all sessions that begin are counted, from nothing."""
    name = database_name(url)
    settings = ["track_functions = 'all'"]
    with connect(url) as connection:
        if has_statements(connection):
            settings += ["pg_stat_statements.track = 'all'"]
            settings += ["pg_stat_statements.track_planning = on"]
        for setting in settings:
            run(connection, f"alter database {name} set {setting}")
    with profiled(url):
        yield
    with connect(url) as connection:
        run(connection, f"alter database {name} reset all")


def profile(url: str, per: int, limit: int = 25) -> str:
    """What `profiled` or `tracked` sessions that have ended spent, per each of `per` items."""
    with connect(url) as connection:
        lines = [f"{'self µs/item':>13}{'total µs/item':>15}{'calls/item':>12}  function"]
        for name, calls, own, total in run(connection, _FUNCTIONS, limit):
            lines.append(
                f"{1000 * own / per:>13.1f}{1000 * total / per:>15.1f}"
                f"{calls / per:>12.2f}  {name}"
            )
        if has_statements(connection):
            lines += [
                "",
                f"{'µs/item':>11}{'to plan':>10}{'buffers':>10}{'calls/item':>12}  statement",
            ]
            for calls, total, plan, blocks, query in run(connection, _STATEMENTS, limit):
                spent, planned = 1000 * total / per, 1000 * plan / per
                lines.append(
                    f"{spent:>11.1f}{planned:>10.1f}{blocks / per:>10.1f}"
                    f"{calls / per:>12.2f}  {query}"
                )
    return "\n".join(lines)


def _times(pid: int, first: int, last: int) -> float:
    """CPU times from /proc, in seconds; 0 once a process is gone, or where /proc is not."""
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2]
        return sum(int(each) for each in fields.split()[first : last + 1]) / _TICKS
    return 0.0


def cpu_seconds(pid: int) -> float:
    """The CPU time of one process so far."""
    return _times(pid, 11, 12)


def family_cpu(pid: int) -> float:
    """The CPU time of a process and all its children so far, those that have ended included."""
    return _times(pid, 11, 14) + sum(cpu_seconds(child) for child in children(pid))


def backend_cpu(connection: Connection) -> float:
    """The CPU time of a connection's server process so far."""
    return cpu_seconds(connection.info.backend_pid)


def cpu_since(connection: Connection, before: float = 0.0) -> float:
    """Its server process's CPU time beyond `before`; a tick at least, the kernel's unit."""
    return max(backend_cpu(connection) - before, 1 / os.sysconf("SC_CLK_TCK"))


def children(pid: int) -> list[int]:
    """The process ids of a process's children."""
    with suppress(OSError):
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8")
        return [int(each) for each in text.split()]
    return []


def start_module(name: str, *arguments: str, **variables: str) -> "subprocess.Popen[str]":
    """A module of the bench as a process of its own, with pipes to and from it."""
    return subprocess.Popen(
        [sys.executable, "-m", name, *arguments],
        env={**os.environ, **variables},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
