"""The simulated ResMan as a process: options, state over a restart, HTTP as such."""

import os
import re
import select
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
import requests

from runner.simulator import DEFAULT_API_KEY, DEFAULT_PARTNER_ID, Simulator, main
from runner.tests.simulator_client import HERE, Client, customer, event, prospect

ROOT = Path(__file__).parents[2]


@contextmanager
def process(*options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """``python -m runner.simulator`` on a free port, and what it says when it listens."""
    command = [sys.executable, "-m", "runner.simulator", "--port", "0", *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout is not None
            assert select.select([child.stdout], [], [], 30)[0]
            yield child, child.stdout.readline()
        finally:
            child.kill()


def url_of(line: str) -> str:
    match = re.search(r"http://\S+", line)
    assert match is not None
    return match[0]


def save(url: str, document: str) -> requests.Response:
    keys = {"IntegrationPartnerID": DEFAULT_PARTNER_ID, "ApiKey": DEFAULT_API_KEY}
    form = {**keys, "AccountID": "400", "PropertyID": HERE, "Xml": document}
    return requests.post(f"{url}/MITS/PostLeadManagement4_0", data=form, timeout=30)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_at_once_and_well(number: signal.Signals) -> None:
    place = "5e500000-0000-4000-8000-0000000000aa"
    with process("--switch", "omitted=clear", "--property", place) as (child, line):
        url = url_of(line)
        switches = requests.get(f"{url}/_control/switches", timeout=30).json()
        assert switches["omitted"] == "clear"
        accounts = requests.get(f"{url}/_control/accounts", timeout=30).json()
        assert place in [p["property_id"] for p in accounts[0]["properties"]]
        os.kill(child.pid, number)
        assert child.wait(timeout=30) == 0
        with pytest.raises(requests.ConnectionError):
            requests.get(url, timeout=30)


def test_bad_options(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as usage:
        main(["--switch", "nonsense=1"])
    assert usage.value.code == 2
    with Simulator() as sim:
        assert main(["--port", str(sim.port)]) == 1
    state = tmp_path / "state"
    for text in ("{", "[]", '{"accounts": [{}], "leads": []}'):
        state.write_text(text)
        assert main(["--port", "0", "--state", str(state)]) == 1
        assert state.read_text() == text, "a file that is not ours is left alone"
    assert "state file" in capsys.readouterr().err


def test_acknowledged_saves_survive_a_kill(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with Simulator() as sim, Client(sim) as client:
        document = client.new("Ann", "O'Hara <1>", email="ann@example.com")
    with process("--state", str(state)) as (child, line):
        assert save(url_of(line), document).status_code == 200
        child.send_signal(signal.SIGKILL)
        child.wait(timeout=30)
    assert state.stat().st_mode & 0o077 == 0
    with Simulator(state=state) as again, Client(again) as client:
        (lead,) = again.leads()
        assert (lead["last_name"], lead["modified_by"]) == ("O'Hara <1>", "api")
        assert client.found(Email="ann@example.com") == [lead["prospect_id"]]
        day = {"ModifiedStartDateTime": "2001-01-01", "ModifiedEndDateTime": "2999-01-01"}
        assert client.found(**day) == [lead["prospect_id"]]


def test_a_kill_under_load_loses_nothing_acknowledged(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with Simulator() as sim, Client(sim) as client:
        document = client.new("Ann")
    acknowledged: list[str] = []
    enough = threading.Event()

    def write(url: str) -> None:
        with suppress(requests.ConnectionError):
            while True:
                answer = save(url, document)
                acknowledged.append(re.findall('ProspectID" IDValue="([^"]+)', answer.text)[0])
                if len(acknowledged) >= 40:
                    enough.set()

    with process("--state", str(state)) as (child, line), ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(write, url_of(line)) for _ in range(4)]
        assert enough.wait(60)
        child.send_signal(signal.SIGKILL)
        for writer in writers:
            writer.result(timeout=60)
    with Simulator(state=state) as again:
        kept = [lead["prospect_id"] for lead in again.leads()]
    assert set(acknowledged) <= set(kept)
    assert len(kept) <= len(acknowledged) + len(writers), "one in flight for each writer"


def test_a_state_file_is_for_one_simulator_and_for_it_alone(tmp_path: Path) -> None:
    state, foreign = tmp_path / "state", tmp_path / "foreign"
    with Simulator(state=state), pytest.raises(ValueError, match="cannot be used"):
        Simulator(state=state)
    with closing(sqlite3.connect(foreign)) as other:
        other.execute("create table t (a int)")
    before = foreign.read_bytes()
    with pytest.raises(ValueError, match="not a state file"):
        Simulator(state=foreign)
    assert foreign.read_bytes() == before
    with pytest.raises(ValueError, match="cannot be used"):
        Simulator(state=tmp_path)


def test_state_keeps_everything(tmp_path: Path) -> None:
    state = tmp_path / "state"
    far = "5e500000-0000-4000-8000-0000000000aa"
    with Simulator(state=state) as sim, Client(sim) as client:
        sim.add_account("500", "p", "k", [far])
        lead_id, _ = client.save(client.new("Ann", phone="5555550101"))
        wishes = '<DesiredRent Min="1200"/><Pets PetType="dog" Count="1"/>'
        shown = event("Show", at="2030-01-31T15:00:00.25Z", comments="x\ny")
        client.save(prospect(customer(lead_id), wishes, shown))
        sim.edit_lead(lead_id, type="lost", lost_reason="Price", units=["12A"])
        gone = sim.add_lead(far, first_name="Gone")["prospect_id"]
        sim.remove_lead(gone)
        before = sim.leads()
    with Simulator(state=state) as sim:
        assert sim.leads() == before
        assert sim.credentials(far)["api_key"] == "k"
        assert sim.sources(HERE) == Simulator().sources(HERE)
        sim.edit_lead(lead_id, comment="again")
        sim.reset()
    with Simulator(state=state) as sim:
        assert sim.leads() == []
    assert [path.name for path in tmp_path.iterdir()] == [state.name]


def copy_of(state: Path, where: Path) -> Path:
    """What a crash at this moment would leave."""
    where.mkdir()
    for path in state.parent.glob(f"{state.name}*"):
        shutil.copy(path, where)
    return where / state.name


def test_saves_that_come_together_are_all_kept(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with Simulator(state=state) as sim:

        def create(number: int) -> str:
            with Client(sim) as client:
                return client.create(f"Lead{number}")

        with ThreadPoolExecutor(8) as pool:
            ids = set(pool.map(create, range(40)))
        copies = copy_of(state, tmp_path / "copy")
    with Simulator(state=copies) as again:
        assert {lead["prospect_id"] for lead in again.leads()} == ids


# --- HTTP as such


def talk(sim: Simulator, sent: bytes) -> bytes:
    """All that comes back for some bytes, until the simulator ends the connection."""
    with socket.create_connection((sim.host, sim.port), timeout=30) as connection:
        connection.sendall(sent)
        parts = []
        while part := connection.recv(65_536):
            parts.append(part)
        return b"".join(parts)


def test_connections_are_kept_and_closed_as_asked() -> None:
    with Simulator() as sim:
        one = b"GET /_control/switches HTTP/1.1\r\nHost: localhost\r\n"
        answer = talk(sim, one + b"\r\n" + one + b"Connection: close\r\n\r\n")
        assert answer.count(b"HTTP/1.1 200 OK") == 2
        old = talk(sim, one.replace(b"1.1", b"1.0") + b"\r\n")
        assert old.count(b"HTTP/1.1 200 OK") == 1
        head = talk(sim, b"HEAD / HTTP/1.0\r\nHost: localhost\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 OK")
        assert head.endswith(b"\r\n\r\n")


def test_a_body_may_be_announced() -> None:
    body = b"x=1"
    with Simulator() as sim:
        answer = talk(
            sim,
            b"POST /Leasing/GetEmployees HTTP/1.1\r\nExpect: 100-continue\r\n"
            b"Connection: close\r\nContent-Length: 3\r\n\r\n" + body,
        )
        assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 401")


@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 101 + b"\r\n",
        b"POST /Leasing/GetEmployees HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"POST /Leasing/GetEmployees HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n",
        b"POST /Leasing/GetEmployees HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /Leasing/GetEmployees HTTP/1.1\r\nConnection: close\r\n"
        b"Content-Length: 1\r\n\r\n\xff",
    ],
)
def test_what_is_no_request_is_answered_400(sent: bytes) -> None:
    with Simulator() as sim:
        assert talk(sim, sent).startswith(b"HTTP/1.1 400 ")
