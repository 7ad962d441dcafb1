"""One bounded HTTP POST to ResMan: total deadline, size limit, was it sent or not.

Nothing is retried, no redirect is followed, no cookie is kept, no setting is read from the
environment.
"""

import http.client
import threading
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import requests
import urllib3

from runner.resman_deadline import DeadlineAdapter, call

CONNECT_TIMEOUT_S = 5.0
"""Longest wait for a connection to one address, seconds; the call's own deadline is shorter
or applies as well."""
ANSWER_LIMIT_BYTES = 8 * 1024 * 1024
"""Largest answer that is read, bytes after decompression."""
CHUNK_BYTES = 64 * 1024

_FAILURES = (urllib3.exceptions.HTTPError, http.client.HTTPException, OSError)
_POOL_SIZE = 2  # of one thread: the connection in use, and one to spare


class NoAnswerError(Exception):
    """No usable HTTP answer came.

    ``sent`` is False only when certainly no byte of the request had left; ``code`` is one of
    connect, tls, timeout, connection_lost; the text holds no request data.
    """

    def __init__(self, code: str, message: str, sent: bool) -> None:
        super().__init__(message)
        self.code = code
        self.sent = sent


@dataclass(frozen=True)
class Answer:
    """What came back; header names are case-insensitive.

    ``flaw`` is None, or why there is no body: answer_too_large, bad_encoding.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    flaw: str | None = None


class _Line(threading.local):
    """What a thread keeps: connections, and requests of which only the body changes."""

    def __init__(self, adapters: list[DeadlineAdapter]) -> None:
        self.adapter = DeadlineAdapter(pool_connections=_POOL_SIZE, pool_maxsize=_POOL_SIZE)
        self.requests: dict[tuple[str, str], requests.PreparedRequest] = {}
        adapters.append(self.adapter)


class Transport:
    """Posts forms; safe for any number of threads, each with connections of its own."""

    def __init__(
        self,
        user_agent: str,
        proxies: Mapping[str, str] | None = None,
        ca_bundle: str | None = None,
        limit_bytes: int = ANSWER_LIMIT_BYTES,
    ) -> None:
        self._headers = {
            "User-Agent": user_agent,
            "Accept-Encoding": "gzip",
            "Connection": "keep-alive",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        self._proxies = dict(proxies or {})
        self._verify: bool | str = ca_bundle or True
        self._limit = limit_bytes
        self.observer: Callable[[Answer], None] | None = None
        """Told of every answer, before anybody judges it."""
        self._adapters: list[DeadlineAdapter] = []
        self._line = _Line(self._adapters)

    def close(self) -> None:
        """Close every thread's idle connections; a later call simply opens new ones."""
        for adapter in tuple(self._adapters):
            adapter.close()

    def post(self, url: str, form: Mapping[str, str], accept: str, timeout_s: float) -> Answer:
        """POST ``form`` url-encoded and read the whole answer within ``timeout_s`` seconds.

        Raises NoAnswerError, nothing else, when the other side or the way to it fails.
        """
        call.deadline = time.monotonic() + timeout_s
        call.sent = False
        try:
            answer = self._post(url, form, accept, timeout_s)
            if self.observer is not None:
                self.observer(answer)
            return answer
        except (*_FAILURES, ValueError) as error:  # requests and urllib3 both raise ValueErrors
            raise _no_answer(error) from None
        finally:
            call.deadline = float("inf")

    def _request(self, url: str, accept: str, body: bytes) -> requests.PreparedRequest:
        kept = self._line.requests
        if (url, accept) not in kept:
            headers = {"Accept": accept, **self._headers}
            kept[url, accept] = requests.Request("POST", url, headers=headers).prepare()
        request = kept[url, accept]
        request.body = body
        request.headers["Content-Length"] = str(len(body))
        return request

    def _post(self, url: str, form: Mapping[str, str], accept: str, timeout_s: float) -> Answer:
        # Not by a Session: it would put together anew what is the same each time, look for
        # cookies, and follow redirects.
        with self._line.adapter.send(
            self._request(url, accept, urlencode(form).encode("ascii")),
            stream=True,
            timeout=(min(CONNECT_TIMEOUT_S, timeout_s), timeout_s),
            verify=self._verify,
            proxies=self._proxies,
        ) as response:
            try:
                body, flaw = _read_body(response, self._limit)
            except _FAILURES:
                if response.status_code < 300:
                    raise
                body, flaw = b"", None  # an error status speaks for itself
            return Answer(response.status_code, response.headers, body, flaw)


def _read_body(response: requests.Response, limit: int) -> tuple[bytes, str | None]:
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    unzip = zlib.decompressobj(zlib.MAX_WBITS | 16) if encoding in ("gzip", "x-gzip") else None
    if unzip is None and encoding not in ("", "identity"):
        return b"", "bad_encoding"
    body = bytearray()
    try:
        for chunk in response.raw.stream(CHUNK_BYTES, decode_content=False):
            body += unzip.decompress(chunk, limit + 1 - len(body)) if unzip else chunk
            if len(body) > limit:
                return b"", "answer_too_large"
    except zlib.error:
        return b"", "bad_encoding"
    if unzip and (not unzip.eof or unzip.unused_data):
        return b"", "bad_encoding"
    return bytes(body), None


def _no_answer(error: BaseException) -> NoAnswerError:
    """Classify by the chain of causes; texts are ours or the operating system's."""
    chain = _causes(error)
    sent = call.sent
    timeouts = (TimeoutError, requests.Timeout, urllib3.exceptions.ReadTimeoutError)
    system = next((e.strerror for e in chain if isinstance(e, OSError) and e.strerror), None)
    reason = system or type(chain[-1]).__name__
    if any(isinstance(e, timeouts) for e in chain) or time.monotonic() >= call.deadline:
        return NoAnswerError(
            "timeout", "no complete answer in time" if sent else "timeout", sent
        )
    if any(isinstance(e, requests.exceptions.SSLError) for e in chain) and not sent:
        return NoAnswerError("tls", f"no trusted connection: {reason}", sent)
    if sent:
        return NoAnswerError("connection_lost", f"connection lost: {reason}", sent)
    return NoAnswerError("connect", f"cannot connect: {reason}", sent)


def _causes(error: BaseException) -> list[BaseException]:
    """An exception and those it was raised for, the first cause last."""
    chain: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in chain:
        chain.append(current)
        current = current.__cause__ or current.__context__
    return chain
