"""HTTP/1.1 for the simulated ResMan, on the standard library's threading server."""

import ipaddress
import logging
import socket
import socketserver
import struct
import threading
from collections.abc import Iterable
from contextlib import suppress
from email.utils import formatdate
from http import HTTPStatus
from http.server import ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from runner.simulator_answers import FIELDS, METHODS, TEXT, Answer, Call, Request
from runner.simulator_control import control
from runner.simulator_engine import DropError, Engine
from runner.simulator_page import page
from runner.simulator_v2 import read_call

logger = logging.getLogger(__name__)
MAX_BODY = 20_000_000
MAX_HEADERS = 100
_FORBIDDEN = (
    b"Page and controls answer this machine at a loopback address, not through other sites; "
    b"--allow-host admits another name."
)
_RESET = struct.pack("ii", 1, 0)


class Server(ThreadingHTTPServer):
    """Listens for one engine and remembers its connections, to end them when it stops."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, address: tuple[str, int], engine: Engine, hosts: Iterable[str]) -> None:
        self.engine = engine
        self.hosts = {host.lower() for host in hosts}
        self._connections: set[socket.socket] = set()
        self._connections_lock = threading.Lock()
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        super().__init__(address, Handler)

    def server_bind(self) -> None:
        """Bind without the name look-up that http.server does."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection, then handle it in a thread."""
        with self._connections_lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget the connection and close it."""
        with self._connections_lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def drop_connections(self) -> None:
        """End every connection, kept-alive ones too."""
        with self._connections_lock:
            connections = list(self._connections)
        for connection in connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        """Log instead of printing."""
        logger.exception("simulator failed on a request")


class Handler(socketserver.StreamRequestHandler):
    """Reads requests off one connection until it ends."""

    server: Server
    wbufsize = -1
    disable_nagle_algorithm = True

    def handle(self) -> None:
        """Serve the connection."""
        try:
            while self._one():
                pass
        except DropError as drop:
            if drop.reset:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                # the streams hold the socket open; an abortive close needs them gone first
                self.rfile.close()
                self.connection.close()
        except OSError:
            pass

    def finish(self) -> None:
        """Close the streams of a connection that may be gone already."""
        with suppress(OSError, ValueError):
            super().finish()

    def _one(self) -> bool:
        line = self.rfile.readline(65_537)
        if not line.strip():
            return bool(line)
        try:
            verb, target, version = line.decode("latin-1").split()
            headers = self._headers()
            length = int(headers.get("content-length", "0"))
            if not 0 <= length <= MAX_BODY or "transfer-encoding" in headers:
                raise ValueError
            parts = urlsplit(target)
            path = unquote(parts.path)
        except ValueError:
            self._write(Answer(400, b"Bad request", TEXT), close=True)
            return False
        if headers.get("expect", "").lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self.wfile.flush()
        body = self.rfile.read(length) if length else b""
        if len(body) < length:
            return False
        query = dict(parse_qsl(parts.query, keep_blank_values=True)) if parts.query else {}
        answer = self._dispatch(Request(verb, path, query, headers, body))
        connection = headers.get("connection", "").lower()
        close = connection == "close" or (version != "HTTP/1.1" and connection != "keep-alive")
        self._write(answer, close, head_only=verb == "HEAD")
        return not close

    def _headers(self) -> dict[str, str]:
        headers: dict[str, str] = {}
        for _ in range(MAX_HEADERS):
            line = self.rfile.readline(65_537)
            if line in (b"\r\n", b"\n", b""):
                return headers
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.strip().lower()] = value.strip()
        raise ValueError("too many headers")

    def _dispatch(self, request: Request) -> Answer:
        method = METHODS.get("/".join(request.path.rstrip("/").rsplit("/", 2)[-2:]).lower())
        if method is not None:
            if request.verb != "POST":
                return Answer(405, b"POST only", TEXT, headers={"Allow": "POST"})
            return self._call(method, request)
        if request.verb == "GET" and request.path.lower().endswith("/prospects"):
            return self.server.engine.perform(read_call(request))
        if not self._local(request):
            return Answer(403, _FORBIDDEN, TEXT)
        if request.path.startswith("/_control/"):
            return control(self.server.engine, request)
        return page(self.server.engine, request)

    def _call(self, method: str, request: Request) -> Answer:
        engine = self.server.engine
        known = FIELDS if engine.switch.parameter_case == "exact" else None
        try:
            form = request.form(known)
        except ValueError:
            return Answer(400, b"Not a form", TEXT)
        wants_xml = "xml" in request.headers.get("accept", "").partition(",")[0]
        return engine.perform(Call(method, form, wants_xml))

    def _local(self, request: Request) -> bool:
        """Whether page and controls may answer.

        To this machine by a loopback name, to anybody by a name that was allowed; and to no
        other site's form.
        """
        host = request.headers.get("host", "")
        try:
            name = (urlsplit(f"//{host}").hostname or "").lower()
        except ValueError:
            return False
        near = _loopback(name) and _loopback(str(self.client_address[0]))
        if not near and name not in self.server.hosts:
            return False
        if request.verb in ("GET", "HEAD"):
            return True
        origin = request.headers.get("origin")
        if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
            return False
        return request.headers.get("sec-fetch-site", "none") in ("same-origin", "none")

    def _write(self, answer: Answer, close: bool, head_only: bool = False) -> None:
        extra = "".join(f"{name}: {value}\r\n" for name, value in answer.headers.items())
        if close:
            extra += "Connection: close\r\n"
        date = formatdate(self.server.engine.clock().timestamp(), usegmt=True)
        try:
            reason = HTTPStatus(answer.status).phrase
        except ValueError:
            reason = "Status"
        head = (
            f"HTTP/1.1 {answer.status} {reason}\r\nDate: {date}\r\n"
            f"Content-Type: {answer.content_type}\r\n"
            f"Content-Length: {len(answer.body)}\r\n{extra}\r\n"
        )
        self.wfile.write(head.encode("latin-1") + (b"" if head_only else answer.body))
        self.wfile.flush()


def _loopback(name: str) -> bool:
    try:
        if name == "localhost":
            return True
        address = ipaddress.ip_address(name.partition("%")[0])
        mapped = getattr(address, "ipv4_mapped", None)
        return bool((mapped or address).is_loopback)
    except ValueError:
        return False
