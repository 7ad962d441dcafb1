"""Whom the adapter trusts: certificates, proxies, and what it leaves in the environment."""

import contextlib
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from runner.resman import ResMan
from runner.tests import fake_resman as fake
from runner.tests.fake_resman import CREDENTIALS, EMPTY, SAVED, FakeResMan, Said, failure

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n"

SHORT_S = 0.3
"""Of a call that is meant to run out of time."""
MARGIN_S = 0.5
"""How much later it may end on a busy machine."""


@pytest.fixture
def server() -> Iterator[FakeResMan]:
    with FakeResMan() as each:
        yield each


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that nobody trusts, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "lead-sync test")])
    now = datetime.now(UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    usage = x509.KeyUsage(True, False, False, False, False, True, False, False, False)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def secure(certificate: Path) -> Iterator[FakeResMan]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with FakeResMan(context) as each:
        each.say(SAVED)
        yield each


def test_certificates_are_checked(secure: FakeResMan) -> None:
    for request in (fake.SEARCH, fake.SAVE):
        assert failure(secure.call(request)) == ("transient", "tls")
    assert secure.heard == []


def test_a_bundle_of_certificates(secure: FakeResMan, certificate: Path) -> None:
    assert secure.call(fake.SAVE, ca_bundle=str(certificate))["outcome"] == "ok"
    with pytest.raises(ValueError, match="CA bundle"):
        ResMan(ca_bundle=str(certificate.parent / "absent.pem"))


def test_the_timeout_under_tls(secure: FakeResMan, certificate: Path) -> None:
    secure.say(Said(act=fake.drip(HEAD + b"\r\n", b"<")))
    started = time.monotonic()
    response = secure.call(fake.SAVE, SHORT_S, ca_bundle=str(certificate))
    assert failure(response) == ("ambiguous", "timeout")
    assert time.monotonic() - started < SHORT_S + MARGIN_S


class Proxy:
    """A proxy that answers CONNECT with what it is told, then passes bytes on."""

    def __init__(self, reply: bytes) -> None:
        self.reply = reply
        self.asked: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> "Proxy":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                self._one(self._listener.accept()[0])

    def _one(self, client: socket.socket) -> None:
        with client:
            head = client.recv(65_536)
            self.asked.append(head)
            client.sendall(self.reply)
            if b" 200 " not in self.reply:
                return
            host, _, port = head.split()[1].decode().rpartition(":")
            with socket.create_connection((host, int(port))) as target:
                back = threading.Thread(target=_pass_on, args=(target, client))
                back.start()
                _pass_on(client, target)
                back.join()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


def test_a_proxy_that_is_given(secure: FakeResMan, certificate: Path) -> None:
    with Proxy(b"HTTP/1.1 200 OK\r\n\r\n") as proxy:
        options: dict[str, Any] = {"proxies": {"https": proxy.url}}
        response = secure.call(fake.SAVE, ca_bundle=str(certificate), **options)
        assert response["outcome"] == "ok"
        assert len(proxy.asked) == 1
        assert proxy.asked[0].startswith(b"CONNECT 127.0.0.1:")
        assert b"k3y" not in proxy.asked[0]


def test_a_save_that_the_proxy_refused_was_not_sent(secure: FakeResMan) -> None:
    with Proxy(b"HTTP/1.1 503 No\r\n\r\n") as proxy:
        response = secure.call(fake.SAVE, proxies={"https": proxy.url})
        assert failure(response) == ("transient", "connect")
    assert secure.heard == []


def test_plain_http_never_goes_to_a_proxy(server: FakeResMan) -> None:
    server.say(EMPTY)
    proxies = {"http": "http://127.0.0.1:1", "all": "http://127.0.0.1:1"}
    assert server.call(fake.SEARCH, proxies=proxies)["outcome"] == "ok"


def test_the_environment_is_read_once(
    secure: FakeResMan, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    with Proxy(b"HTTP/1.1 200 OK\r\n\r\n") as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        resman = ResMan.from_environment(secure.url)
        monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
        monkeypatch.delenv("REQUESTS_CA_BUNDLE")
        response = resman.call(fake.SAVE, fake.connection(), CREDENTIALS)
        assert response["outcome"] == "ok"
        assert len(proxy.asked) == 1
        resman.close()
    # An adapter without it pays the environment no attention.
    assert secure.call(fake.SAVE, ca_bundle=str(certificate))["outcome"] == "ok"
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    direct = ResMan.from_environment(secure.url)
    assert failure(direct.call(fake.SAVE, fake.connection(), CREDENTIALS))[1] == "tls"
    direct.close()


def test_netrc_is_not_read(
    server: FakeResMan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password mine\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    server.say(EMPTY)
    server.call(fake.SEARCH)
    assert "Authorization" not in server.heard[-1].headers
