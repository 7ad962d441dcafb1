"""ResMan's partner API (v1, "MITS"): the one place that knows how it is spoken to.

``ResMan.call`` takes one request that the database issued and returns the response that the
database understands; it decides nothing and never raises for what happens on the other side.
Every answer counts as success only when its ``Status`` is exactly ``Success``: ResMan reports
its own errors with HTTP 200.  A save whose fate is not certain is ``ambiguous``: the answer was
lost, was a 5xx, or came with HTTP 200 and could not be read.
"""

import ipaddress
import os
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from requests.utils import get_environ_proxies

from runner import __version__
from runner.envelope import Credentials
from runner.resman_failures import CallFailedError, check_http, check_status
from runner.resman_http import ANSWER_LIMIT_BYTES, Answer, NoAnswerError, Transport
from runner.resman_lookups import parse_list, read_items
from runner.resman_xml import UnreadableError, parse_answer, parse_time, read_leads, read_saved
from runner.resman_xml_write import national_phone, write_lead

DEFAULT_BASE_URL = "https://api.myresman.com"
DEFAULT_TIMEOUT_S = 30.0
"""Whole call, where the connection names none."""
_SEARCH = "MITS/SearchProspects"
_SAVE = "MITS/PostLeadManagement4_0"
_LOOKUPS = {  # method, list in the answer; the lost reasons are the whole account's
    "list_sources": ("Leasing/GetProspectSources", "ProspectSources"),
    "list_agents": ("Leasing/GetEmployees", "Employees"),
    "list_lost_reasons": ("Leasing/GetLostProspectReasons", "LostProspectReasons"),
}
_FILTERS = {
    "lead_id": "ProspectID",
    "email": "Email",
    "phone": "Phone",
    "first_name": "FirstName",
    "last_name": "LastName",
    "modified_from": "ModifiedStartDateTime",
    "modified_to": "ModifiedEndDateTime",
}
_SEARCHES = (
    {"lead_id"},
    {"email"},
    {"phone"},
    {"first_name", "last_name"},
    {"modified_from", "modified_to"},
)


def check_base_url(base_url: str) -> str:
    """The URL without a trailing slash.

    Raises ValueError unless it is https, or plain http to this machine.
    """
    parts = urlsplit(base_url.strip())
    host = parts.hostname or ""
    if not host or parts.username is not None or parts.query or parts.fragment:
        raise ValueError("the ResMan URL must be https://host[:port][/path] and no more")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(host)):
        raise ValueError("the ResMan URL must begin with https:// (http:// only to loopback)")
    return parts.geturl().rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class ResMan:
    """One ResMan for any number of threads and properties.

    ``proxies`` as in requests (``{"https": url}``), used for https only; ``ca_bundle`` a file
    of certificates to trust instead of the usual ones.  Raises ValueError for a URL or file
    that cannot be used.
    """

    def __init__(
        self,
        base_url: str = DEFAULT_BASE_URL,
        *,
        proxies: Mapping[str, str] | None = None,
        ca_bundle: str | None = None,
        limit_bytes: int = ANSWER_LIMIT_BYTES,
    ) -> None:
        self.base_url = check_base_url(base_url)
        if ca_bundle and not os.path.exists(ca_bundle):
            raise ValueError(f"the CA bundle {ca_bundle} does not exist")
        # A proxy would see the credentials of a plain http call.
        safe = proxies if self.base_url.startswith("https:") else None
        self._transport = Transport(f"lead-sync/{__version__}", safe, ca_bundle, limit_bytes)

    @classmethod
    def from_environment(cls, base_url: str = DEFAULT_BASE_URL) -> "ResMan":
        """With the environment's proxy and certificates, read now and not again.

        HTTPS_PROXY, ALL_PROXY and NO_PROXY; REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE.
        """
        bundle = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE")
        return cls(base_url, proxies=get_environ_proxies(base_url), ca_bundle=bundle)

    def observe(self, observer: Callable[[Answer], None]) -> None:
        """Tell `observer` of every HTTP answer; for a look at its headers."""
        self._transport.observer = observer

    def close(self) -> None:
        """Close idle connections."""
        self._transport.close()

    def call(
        self,
        request: Mapping[str, Any],
        connection: Mapping[str, Any],
        credentials: Credentials,
    ) -> dict[str, Any]:
        """Make one request and say what came of it.

        ``request`` and ``connection`` as the database issues them; of a lead's customers, ours
        is the one whose PersonID is the request's ``contact_id``.  Returns ``{"outcome": "ok",
        "leads" or "items", "elapsed_ms"}`` or ``{"outcome": "failed", "kind", "code",
        "message", "retry_after_s", "elapsed_ms"}``; seconds and milliseconds are integers.  A
        request that is none is ``rejected`` with code ``bad_request``, unsent.
        """
        started = time.monotonic()
        try:
            response = {"outcome": "ok", **self._call(request, connection, credentials)}
        except CallFailedError as failure:
            response = failure.response
        response["elapsed_ms"] = round((time.monotonic() - started) * 1000)
        return response

    def _call(
        self,
        request: Mapping[str, Any],
        connection: Mapping[str, Any],
        credentials: Credentials,
    ) -> dict[str, Any]:
        try:
            method, form = _prepare(request)
            form |= {
                "IntegrationPartnerID": credentials.integration_partner_id,
                "ApiKey": credentials.api_key,
                "AccountID": credentials.account_id,
                "PropertyID": str(connection["resman_property_id"]),
            }
            timeout_s = float(connection.get("timeout_s") or DEFAULT_TIMEOUT_S)
            if not timeout_s > 0:
                raise ValueError("timeout_s must be positive")
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            message = f"not a request: {error!r}"[:200]
            raise CallFailedError("rejected", "bad_request", message) from None
        saving = method == _SAVE
        accept = "application/xml" if method.startswith("MITS/") else "application/json"
        try:
            answer = self._transport.post(f"{self.base_url}/{method}", form, accept, timeout_s)
        except NoAnswerError as lost:
            kind = "ambiguous" if saving and lost.sent else "transient"
            raise CallFailedError(kind, lost.code, str(lost)) from None
        check_http(answer, credentials, saving=saving, searching=method == _SEARCH)
        try:
            return _read(request, method, answer, credentials)
        except UnreadableError as flaw:
            kind = "ambiguous" if saving else "malformed"
            raise CallFailedError(kind, flaw.code, str(flaw)) from None


def _prepare(request: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """Method and its own form fields."""
    name = request["call"]
    if name == "search_leads":
        return _SEARCH, _search_fields(request["by"])
    if name == "save_lead":
        return _SAVE, {"Xml": write_lead(request)}
    if name in _LOOKUPS:
        return _LOOKUPS[name][0], {}
    raise ValueError(f"unknown call {name!r}")


def _search_fields(by: Mapping[str, Any]) -> dict[str, str]:
    given = {key: str(by[key] or "").strip() for key in _FILTERS if key in by}
    # A blank filter would ask for every lead of the property.
    if set(given) not in _SEARCHES or not all(given.values()):
        raise ValueError("a search by one complete filter is wanted")
    if "phone" in given:
        given["phone"] = national_phone(given["phone"])
    for key in ("modified_from", "modified_to"):
        if key in given:
            moment = parse_time(given[key])
            if key == "modified_to" and moment.microsecond:  # never a narrower window
                moment += timedelta(seconds=1)
            given[key] = moment.strftime("%Y-%m-%d %H:%M:%S")
    return {_FILTERS[key]: value for key, value in given.items()}


def _read(
    request: Mapping[str, Any], method: str, answer: Answer, credentials: Credentials
) -> dict[str, Any]:
    """The result in a 2xx answer; raises UnreadableError, or CallFailedError by its Status."""
    if answer.flaw:
        raise UnreadableError(answer.flaw, "the answer is too large or not as encoded")
    lookup = _LOOKUPS.get(request["call"])
    wrapper = parse_list(answer.body) if lookup else parse_answer(answer.body)
    get = wrapper.findtext if isinstance(wrapper, Element) else wrapper.get
    status = str(get("Status") or "").strip()
    if not status:
        raise UnreadableError("wrong_document", "the answer has no Status")
    check_status(status, str(get("ErrorDescription") or ""), credentials)
    if lookup:
        return {"items": read_items(wrapper, lookup[1])}
    if not isinstance(wrapper, Element):
        raise TypeError("a MITS answer is XML")
    contact_id = request.get("contact_id") or request.get("by", {}).get("contact_id")
    if method == _SAVE:
        return {"leads": [read_saved(wrapper, contact_id)]}
    return {"leads": read_leads(wrapper, contact_id)}
