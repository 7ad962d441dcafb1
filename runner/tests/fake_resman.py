"""A scripted HTTP server for the adapter's tests: says what it is told, records requests."""

import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from runner.envelope import Credentials
from runner.resman import ResMan

CREDENTIALS = Credentials("partner-0001", "k3y/with+odd&chars", "400")
PROPERTY = "0b5c8f6e-0000-4000-8000-0000000000aa"

LEAD = "11111111-0000-4000-8000-000000000001"
PERSON = "22222222-0000-4000-8000-000000000001"


@dataclass
class Heard:
    """One request as it arrived."""

    path: str
    headers: Mapping[str, str]
    form: dict[str, list[str]]
    raw: bytes


@dataclass
class Said:
    """One answer: ``act`` instead of it where something other than an answer happens."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    act: Callable[["_Handler"], None] | None = None


class FakeResMan:
    """Answers each request with the next of ``script``, the last one again and again."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.script: list[Said] = []
        self.heard: list[Heard] = []
        self.connections = 0
        self.closing = threading.Event()
        self.hung_up = threading.Event()
        self._server = _Server(self)
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._scheme = "https" if tls else "http"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "FakeResMan":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def say(self, *answers: Said | bytes | str) -> None:
        """Set the script."""
        self.script = [
            a if isinstance(a, Said) else Said(a.encode() if isinstance(a, str) else a)
            for a in answers
        ]

    def call(
        self, request: dict[str, Any], timeout_s: float = 5, **options: Any
    ) -> dict[str, Any]:
        """One call with a new adapter."""
        resman = ResMan(self.url, **options)
        try:
            return resman.call(request, connection(timeout_s), CREDENTIALS)
        finally:
            resman.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True
    request_queue_size = 64

    def __init__(self, fake: FakeResMan) -> None:
        self.fake = fake
        self._open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", 0), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self.fake.connections += 1
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)
        self.fake.hung_up.set()

    def server_close(self) -> None:
        for each in tuple(self._open):  # idle keep-alive connections
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        super().server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients go away in the middle here; that is the point."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    server: _Server

    @property
    def fake(self) -> FakeResMan:
        return self.server.fake

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        form = parse_qs(raw.decode(), keep_blank_values=True, strict_parsing=True)
        fake = self.fake
        fake.heard.append(Heard(self.path, dict(self.headers), form, raw))
        said = fake.script.pop(0) if len(fake.script) > 1 else fake.script[0]
        if said.act:
            self.close_connection = True
            said.act(self)
            return
        self.send_response_only(said.status)
        for name, value in said.headers.items():
            self.send_header(name, value)
        if "Content-Length" not in said.headers:
            self.send_header("Content-Length", str(len(said.body)))
        self.end_headers()
        self.wfile.write(said.body)
        self.wfile.flush()
        if "Content-Length" in said.headers:
            self.close_connection = True

    def log_message(self, *args: Any) -> None:
        """Quiet."""


def silent(handler: _Handler) -> None:
    """Never answers."""
    handler.fake.closing.wait(10)


def reset(handler: _Handler) -> None:
    """Cuts the connection hard, with RST."""
    linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    handler.connection.close()


def drip(first: bytes, then: bytes) -> Callable[[_Handler], None]:
    """Sends ``first``, then ``then`` again and again, a piece every 20 ms."""

    def act(handler: _Handler) -> None:
        handler.wfile.write(first)
        while not handler.fake.closing.wait(0.02):
            handler.wfile.write(then)
            handler.wfile.flush()

    return act


def connection(timeout_s: float = 5) -> dict[str, Any]:
    return {
        "property_id": "0b5c8f6e-0000-4000-8000-000000000001",
        "resman_property_id": PROPERTY,
        "timeout_s": timeout_s,
    }


def answer(inner: str = "", status: str = "Success", extra: str = "") -> str:
    """A MITS method's XML answer; ``inner`` is what stands in Prospects."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        f"<ResMan><MethodName>M</MethodName><Status>{status}</Status><AccountID>400</AccountID>"
        f"<PropertyID>{PROPERTY}</PropertyID>{extra}<Response><LeadManagement><Prospects>{inner}"
        "</Prospects></LeadManagement></Response></ResMan>"
    )


def identification(lead: str = LEAD, person: str = PERSON) -> str:
    return (
        f'<Identification IDType="PersonID" IDValue="{person}" OrganizationName="ResMan"/>'
        f'<Identification IDType="ProspectID" IDValue="{lead}" OrganizationName="ResMan"/>'
    )


SAVED = answer(
    f"<Prospect><Customers><Customer>{identification()}</Customer></Customers></Prospect>"
)
EMPTY = answer()

SEARCH: dict[str, Any] = {"call": "search_leads", "by": {"lead_id": LEAD}}
SAVE: dict[str, Any] = {
    "call": "save_lead",
    "lead_id": None,
    "contact_id": None,
    "lead": {"first_name": "Ann", "status": "prospect"},
    "events": [],
}


def failure(response: dict[str, Any]) -> tuple[str, str]:
    """Kind and code of a response that must be a failure."""
    assert response["outcome"] == "failed", response
    return response["kind"], response["code"]


def leads(server: FakeResMan, inner: str, **request: Any) -> list[dict[str, Any]]:
    """What a search reads from a whole answer, or from what stands in Prospects."""
    server.say(inner if inner.startswith("<?xml") else answer(inner))
    response = server.call(SEARCH | request)
    assert response["outcome"] == "ok", response
    found: list[dict[str, Any]] = response["leads"]
    return found


def lead_of(server: FakeResMan, customer: str = "", rest: str = "") -> dict[str, Any]:
    """The one lead of a prospect with that in its customer and beside it."""
    inner = f"<Prospect><Customers><Customer>{customer}</Customer></Customers>{rest}</Prospect>"
    (lead,) = leads(server, inner)
    return lead


def failed(server: FakeResMan, request: dict[str, Any], said: Said | str) -> dict[str, Any]:
    """The response to a request that must fail, complete and fit for JSON."""
    server.say(said)
    response = server.call(request)
    assert response["outcome"] == "failed", response
    keys = "outcome kind code message retry_after_s elapsed_ms"
    assert set(response) == set(keys.split())
    assert json.loads(json.dumps(response)) == response
    return response
