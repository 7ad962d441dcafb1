"""What a supervisor hears of a runner, on a real socket and in a real file."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from runner.domiq import load_domiq
from runner.migrate import migrate
from runner.notify import LONGEST_WAIT, Supervisor
from runner.postgres import LocalServer
from runner.settings import SettingsError
from runner.simulator import Simulator
from runner.tests.daemon_support import PATIENCE, Office, eventually
from runner.tests.test_cli import leadsync


class Ear:
    """A systemd of one's own: the socket that NOTIFY_SOCKET names."""

    def __init__(self, address: str) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(address)
        self.heard: list[str] = []

    def close(self) -> None:
        self.socket.close()

    def next(self, seconds: float = PATIENCE) -> list[str]:
        """The lines of the next message; none in time: TimeoutError."""
        self.socket.settimeout(seconds)
        lines = self.socket.recv(4096).decode().splitlines()
        self.heard += lines
        return lines

    def wait_for(self, line: str) -> None:
        while line not in self.next():
            pass

    def drain(self) -> list[str]:
        """What lies there already."""
        lines: list[str] = []
        self.socket.setblocking(False)
        while True:
            try:
                lines += self.socket.recv(4096).decode().splitlines()
            except BlockingIOError:
                return lines


@pytest.fixture
def address(tmp_path: Path) -> str:
    return str(tmp_path / "notify")


@pytest.fixture
def ear(address: str) -> Iterator[Ear]:
    with closing(Ear(address)) as each:
        yield each


def test_a_runner_says_when_it_works_and_when_it_ends(
    office: Office, ear: Ear, address: str
) -> None:
    with office.process(NOTIFY_SOCKET=address) as process:
        ear.wait_for("READY=1")
        office.given_lead()
        process.send_signal(signal.SIGTERM)
        ear.wait_for("STOPPING=1")
        process.communicate(timeout=PATIENCE)
    assert "WATCHDOG=1" not in ear.heard + ear.drain()  # nobody has asked for it


def test_it_is_ready_only_once_it_can_work(
    own_server: LocalServer, simulator: Simulator, ear: Ear, address: str
) -> None:
    url = own_server.create_database("domiq")
    load_domiq(url)
    migrate(url)
    office = Office(url, simulator)
    office.close()
    own_server.stop()
    with office.process(NOTIFY_SOCKET=address, WATCHDOG_USEC="2000000") as process:
        ear.wait_for("STATUS=waiting for the database")
        ear.wait_for("WATCHDOG=1")  # it lives all the same
        ear.wait_for("STATUS=waiting for the database")
        assert "READY=1" not in ear.heard
        own_server.start()
        ear.wait_for("READY=1")
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)


def test_it_is_not_ready_where_migrations_are_missing(
    domiq_only_database: str, simulator: Simulator, ear: Ear, address: str
) -> None:
    result = leadsync(
        "run",
        DATABASE_URL=domiq_only_database,
        RESMAN_BASE_URL=simulator.url,
        LEADSYNC_KEYS="k1:" + "A" * 43 + "=",
        NOTIFY_SOCKET=address,
    )
    assert result.exit_code == 4
    assert "READY=1" not in ear.drain()


def test_an_idle_runner_pings_and_one_whose_loop_hangs_does_not(
    office: Office, ear: Ear, address: str, tmp_path: Path
) -> None:
    health = tmp_path / "alive"
    variables = {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "1000000"}
    with office.process("--health-file", str(health), **variables) as process:
        ear.wait_for("READY=1")
        for _ in range(3):
            ear.wait_for("WATCHDOG=1")
        with psycopg.connect(office.url) as holder:
            # the claim waits for ever; timers and workers are well
            holder.execute("lock table public.lead_sync_queue in access exclusive mode")
            eventually(lambda: claim_waits(office))
            ear.drain()
            seen = health.stat().st_mtime_ns
            with pytest.raises(TimeoutError):
                ear.next(2.5)  # systemd would have given it up by now
            assert health.stat().st_mtime_ns == seen
            assert process.poll() is None
        ear.wait_for("WATCHDOG=1")
        eventually(lambda: health.stat().st_mtime_ns > seen)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)


def claim_waits(office: Office) -> bool:
    row = office.one(
        "select count(*) as n from pg_stat_activity where datname = current_database() "
        "and wait_event_type = 'Lock' and query ~ 'claim_items|next_wakeup'"
    )
    return bool(row["n"])


def test_it_pings_while_the_last_calls_finish(office: Office, ear: Ear, address: str) -> None:
    simulator = office.simulator
    simulator.hold("PostLeadManagement4_0")
    with office.process(NOTIFY_SOCKET=address, WATCHDOG_USEC="500000") as process:
        office.given_lead()
        assert simulator.wait_for(lambda: simulator.held == 1, timeout=PATIENCE)
        process.send_signal(signal.SIGTERM)
        ear.wait_for("STOPPING=1")
        for _ in range(3):
            ear.wait_for("WATCHDOG=1")
        simulator.release()
        process.communicate(timeout=PATIENCE)
        assert process.returncode == 0


def test_an_abstract_address(tmp_path: Path) -> None:
    name = f"leadsync-test-{os.getpid()}"
    with closing(Ear("\0" + name)) as ear:
        Supervisor(environ={"NOTIFY_SOCKET": "@" + name}).ready()
        assert ear.next() == ["READY=1", "STATUS=working"]


def test_ready_is_said_once(ear: Ear, address: str) -> None:
    supervisor = Supervisor(environ={"NOTIFY_SOCKET": address})
    supervisor.ready()
    supervisor.ready()
    assert ear.drain() == ["READY=1", "STATUS=working"]


@pytest.mark.parametrize(
    ("variables", "longest"),
    [
        ({}, LONGEST_WAIT),
        ({"WATCHDOG_USEC": "4000000"}, 2.0),
        ({"WATCHDOG_USEC": "4000000", "WATCHDOG_PID": "ours"}, 2.0),
        ({"WATCHDOG_USEC": "4000000", "WATCHDOG_PID": "1"}, LONGEST_WAIT),
        ({"WATCHDOG_USEC": "0"}, LONGEST_WAIT),
        ({"WATCHDOG_USEC": "soon"}, LONGEST_WAIT),
        ({"WATCHDOG_USEC": "600000000"}, LONGEST_WAIT),
    ],
    ids=str,
)
def test_how_long_the_loop_may_wait(variables: dict[str, str], longest: float) -> None:
    if variables.get("WATCHDOG_PID") == "ours":
        variables = {**variables, "WATCHDOG_PID": str(os.getpid())}
    environ = {"NOTIFY_SOCKET": "/nowhere", **variables}
    assert Supervisor(environ=environ).longest == longest
    assert Supervisor(environ=variables).longest == LONGEST_WAIT


def test_a_supervisor_that_is_gone_or_does_not_read_stops_nobody(address: str) -> None:
    environ = {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "1"}
    gone = Supervisor(environ=environ)
    gone.ready()
    gone.turn()
    with closing(Ear(address)) as ear:
        deaf = Supervisor(environ=environ)
        for _ in range(10_000):  # far more than the socket holds
            deaf.status("working")
        assert 0 < len(ear.drain()) < 10_000


def test_slices_add_up_and_give_signs_of_life(ear: Ear, address: str) -> None:
    environ = {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "40000"}
    began = time.monotonic()
    for part in Supervisor(environ=environ).slices(0.1):
        assert 0 <= part <= 0.02
        time.sleep(part)
    assert time.monotonic() - began >= 0.1
    assert set(ear.drain()) == {"WATCHDOG=1"}
    assert list(Supervisor(environ={}).slices(0)) == [0.0]


def test_a_health_file_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="health file cannot be written: No such file"):
        Supervisor(str(tmp_path / "absent" / "alive"), {})
    result = leadsync(
        *("run", "--health-file", str(tmp_path / "absent" / "alive")),
        DATABASE_URL="postgresql:///nowhere",
        LEADSYNC_KEYS="k1:" + "A" * 43 + "=",
    )
    assert result.exit_code == 2
