"""How long migrating holds up an application that reads and writes all the time.

    python bench/migrate_locks.py [--rows N]

A server of its own gets DomIQ's stand-in with N conversations, users and notifications each (a
million by default). One session writes and one reads, without a pause, while the package is
installed, its code is replaced, it is installed behind a report of ten seconds, and it is taken
out again. A third looks every few milliseconds at which locks the migration holds that keep
others from writing or reading. Ends with 1 if one was held, or a session stood still, for more
than a second.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from runner.domiq import load_domiq
from runner.paths import db_dir
from runner.postgres import LocalServer

LIMIT_MS = 1000.0
REPORT_S = 10.0

FILL = """
insert into public.company (name) values ('Example Homes');
insert into public.property (company_id, name, address, city, state, zip_code)
select id, 'Oaks', '1 Road', 'Austin', 'TX', '78701' from public.company;
insert into public.chatbot (property_id, name) select id, 'bot' from public.property;
insert into public."user" (id, first_name, last_name, email)
select md5('u' || n)::uuid, 'First', 'Last', 'u' || n || '@example.com'
from generate_series(1, {rows}) n;
insert into public.conversation (id, chatbot_id, user_id, status)
select md5('c' || n)::uuid, b.id, md5('u' || n)::uuid, 'new'
from generate_series(1, {rows}) n, public.chatbot b;
insert into public.lead_notification (conversation_id, notification_type, status)
select md5('c' || n)::uuid, 'tour_scheduled', 'sent' from generate_series(1, {rows}) n;
"""
WRITES = (
    "update public.\"user\" set last_name = 'Last' || %(n)s where id = md5('u' || %(n)s)::uuid",
    "update public.conversation set ai_intent_summary = 'text ' || %(n)s"
    " where id = md5('c' || %(n)s)::uuid",
    "insert into public.lead_notification (conversation_id, notification_type, status)"
    " values (md5('c' || %(n)s)::uuid, 'note', 'pending')",
    "insert into public.conversation (chatbot_id, user_id, status)"
    " select id, md5('u' || %(n)s)::uuid, 'new' from public.chatbot",
)
READS = (
    'select * from public.conversation c join public."user" u on u.id = c.user_id'
    " where c.id = md5('c' || %(n)s)::uuid",
    "select * from public.lead_notification where conversation_id = md5('c' || %(n)s)::uuid",
    "select * from public.property",
)
HELD = """
select c.relname, l.mode, l.pid from pg_locks l
join pg_stat_activity a on a.pid = l.pid and a.application_name = 'leadsync migrate'
join pg_class c on c.oid = l.relation and c.relkind = 'r'
where l.granted and l.mode = any(%s) and c.relname = any(%s)
  and l.database = (select oid from pg_database where datname = current_database())
"""
BLOCKING = ["ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"]
TABLES = [
    "property",
    "property_manager",
    "chatbot",
    "user",
    "conversation",
    "lead_notification",
]


@dataclass
class Stalls:
    """What the sessions saw, in milliseconds."""

    write: float = 0.0
    read: float = 0.0
    writes: int = 0
    reads: int = 0
    held: dict[tuple[str, str], float] = field(default_factory=dict)
    total_s: float = 0.0

    @property
    def longest_held(self) -> float:
        """The longest time for which one lock was held."""
        return max(self.held.values(), default=0.0)


def repeat(url: str, ended: threading.Event, step: Callable[[Any, int], None]) -> None:
    """Call `step(connection, number)` until the end."""
    # no prepared statements: `select *` of a table that gets a column would fail once
    with psycopg.connect(url, autocommit=True, prepare_threshold=None) as connection:
        number = 0
        while not ended.is_set():
            number += 1
            step(connection, number)


@contextmanager
def application(url: str, rows: int) -> Iterator[Stalls]:
    """Write, read and look at locks all the time; yield what was seen."""
    seen, ended = Stalls(), threading.Event()
    since: dict[tuple[str, str, int], float] = {}

    def one(connection: Any, statements: tuple[str, ...], number: int) -> float:
        begun = time.perf_counter()
        for each in statements:
            connection.execute(each.encode(), {"n": number * 7919 % rows + 1})
        return (time.perf_counter() - begun) * 1000

    def write(connection: Any, number: int) -> None:
        seen.write = max(seen.write, one(connection, WRITES, number))
        seen.writes += 1

    def read(connection: Any, number: int) -> None:
        seen.read = max(seen.read, one(connection, READS, number))
        seen.reads += 1

    def look(connection: Any, _: int) -> None:
        found = {tuple(row) for row in connection.execute(HELD, (BLOCKING, TABLES))}
        now = time.perf_counter()
        for gone in set(since) - found:
            held = (now - since.pop(gone)) * 1000
            seen.held[gone[:2]] = max(seen.held.get(gone[:2], 0.0), held)
        for each in found:
            since.setdefault(each, now)
        time.sleep(0.002)

    threads = [
        threading.Thread(target=repeat, args=(url, ended, step)) for step in (write, read, look)
    ]
    for thread in threads:
        thread.start()
    begun = time.perf_counter()
    try:
        yield seen
    finally:
        seen.total_s = time.perf_counter() - begun
        ended.set()
        for thread in threads:
            thread.join()


def command(function: str, url: str, db: Path) -> None:
    """Migrate or roll back in a process of its own, as an operator does."""
    code = (
        "import sys; from pathlib import Path; from runner import migrate;"
        "getattr(migrate, sys.argv[1])(sys.argv[2], db=Path(sys.argv[3]))"
    )
    subprocess.run([sys.executable, "-c", code, function, url, str(db)], check=True)


def behind_a_report(url: str, db: Path) -> None:
    """Install while a report holds its locks for ten seconds."""
    with psycopg.connect(url) as report:
        report.execute("select count(*) from public.conversation")
        report.execute('select count(*) from public."user"')
        timer = threading.Timer(REPORT_S, report.rollback)
        timer.start()
        command("migrate", url, db)
        timer.join()


def main() -> int:
    """Measure and print; return 1 if a limit was passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    passed = True
    with tempfile.TemporaryDirectory() as temporary, LocalServer() as server:
        db = Path(temporary) / "db"
        shutil.copytree(db_dir(), db)
        url = server.create_database("domiq")
        load_domiq(url)
        with psycopg.connect(url, autocommit=True) as connection:
            print(f"filling {rows} rows a table", file=sys.stderr)
            connection.execute(FILL.format(rows=rows).encode())
            connection.execute("vacuum analyze")

        def change(name: str, old: str = "", new: str = "") -> None:
            path = db / name
            path.write_text(path.read_text().replace(old, new) + "-- changed\n")
            command("migrate", url, db)

        delay, view = "functions/queue/retry_delay.sql", "views/lead.sql"
        parameter = (db / delay).read_text().split("(", 1)[1].split(None, 1)[0]
        scenarios: list[tuple[str, Callable[[], None]]] = [
            ("nothing", lambda: time.sleep(REPORT_S)),
            ("migrate", lambda: command("migrate", url, db)),
            ("nothing, installed", lambda: time.sleep(REPORT_S)),
            ("code: a function", lambda: change(delay)),
            ("code: a view of capture", lambda: change(view)),
            ("code: a parameter's name", lambda: change(delay, parameter, "p_other")),
            ("rollback", lambda: command("rollback", url, db)),
            ("migrate behind a report", lambda: behind_a_report(url, db)),
        ]
        baseline: Stalls | None = None
        print(f"{'':<25}{'took':>8}{'writer stood':>15}{'reader stood':>15}{'lock held':>12}")
        for name, action in scenarios:
            with application(url, rows) as seen:
                action()
            baseline = baseline or seen
            longest = max(seen.held.items(), key=lambda item: item[1], default=None)
            print(
                f"{name:<25}{seen.total_s:>6.1f} s{seen.write:>12.0f} ms{seen.read:>12.0f} ms"
                f"{seen.longest_held:>9.0f} ms"
                f"  writer x {seen.write / baseline.write:.1f}, reader x"
                f" {seen.read / baseline.read:.1f}"
                + (f", {longest[0][1]} on {longest[0][0]}" if longest else ""),
                flush=True,
            )
            passed = passed and max(seen.write, seen.read, seen.longest_held) <= LIMIT_MS
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
