"""What ResMan's errors mean: each as one of the kinds of failure that the database knows.

The texts are kept for the person who has to mend it, without the credentials.
"""

import html
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import quote, quote_plus

from runner.envelope import Credentials
from runner.resman_http import Answer
from runner.resman_xml import clean

MESSAGE_CHARS = 500
"""Longest text that is kept of an error, characters."""
MAX_RETRY_AFTER_S = 7 * 86_400
"""A longer Retry-After is taken for this; seconds."""

_BODY_BYTES = 8 * 1024
_TAGS = re.compile(r"(?is)<(style|script)\b.*?</\1>|<[^<>]*>")
_THING = r"(credentials?|api ?key|integration ?partner( ?id)?|account ?id)"
_WRONG = (
    r"(invalid|incorrect|wrong|unknown|expired|revoked|disabled|not valid|not recogni[sz]ed|"
    r"not found|unauthori[sz]ed|not authori[sz]ed)"
)
# No quotation mark between the words: what is quoted is data, not the complaint.
_BAD_CREDENTIALS = re.compile(
    rf"\b{_WRONG}\b[^'\"<>.;]{{0,24}}\b{_THING}\b|\b{_THING}\b[^'\"<>.;]{{0,24}}\b{_WRONG}\b|"
    r"\bauthentication (failed|failure|error)\b|"
    r"^\W*(unauthori[sz]ed|not authori[sz]ed|access (is )?denied)\W*$",
    re.IGNORECASE,
)


def bad_credentials(text: str) -> bool:
    """Whether an error text clearly says that the credentials are not accepted."""
    return _BAD_CREDENTIALS.search(text) is not None


class CallFailedError(Exception):
    """A call that did not succeed; ``response`` is what the database is told of it."""

    def __init__(
        self, kind: str, code: str, message: str, retry_after_s: int | None = None
    ) -> None:
        super().__init__(message)
        self.response = {
            "outcome": "failed",
            "kind": kind,
            "code": code,
            "message": message,
            "retry_after_s": retry_after_s,
        }


def _masked(text: str, credentials: Credentials) -> str:
    """The text without the credentials, however they are quoted."""
    secrets = (credentials.api_key, credentials.integration_partner_id, credentials.account_id)
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        shapes = {secret, quote(secret), quote(secret, ""), quote_plus(secret)}
        shapes |= {html.escape(secret), html.escape(secret, quote=False)}
        anyone = "|".join(re.escape(s) for s in sorted(shapes, key=len, reverse=True))
        # A short account number is taken out only where it stands alone.
        alone = r"(?<![0-9A-Za-z])(?:{})(?![0-9A-Za-z])" if len(secret) < 8 else "{}"
        text = re.sub(alone.format(anyone), "***", text, flags=re.IGNORECASE)
    return text


def scrub(text: str, credentials: Credentials) -> str:
    """A text without the credentials, on one line, cut to MESSAGE_CHARS."""
    return " ".join(_masked(clean(text), credentials).split())[:MESSAGE_CHARS]


def scrub_body(body: bytes, credentials: Credentials) -> str:
    """The same for a body of unknown kind, its markup left out."""
    text = body[:_BODY_BYTES].decode("utf-8", "replace")
    if len(body) > _BODY_BYTES:
        text = text[:-1024]  # a credential may have been cut in two at the end
    text = _TAGS.sub(" ", _masked(text, credentials))
    return scrub(html.unescape(text), credentials)


def check_http(
    answer: Answer, credentials: Credentials, *, saving: bool, searching: bool
) -> None:
    """Raise the CallFailedError that a status other than 2xx means."""
    status, code = answer.status, f"http_{answer.status}"
    if 200 <= status < 300:
        return
    text = scrub_body(answer.body, credentials)
    message = f"HTTP {status}: {text}" if text else f"HTTP {status}"
    retry_after_s = _retry_after(answer.headers)
    if status < 400:
        raise CallFailedError(
            "malformed", "redirect", f"HTTP {status}: redirects are not followed"
        )
    if status in (401, 403):
        raise CallFailedError("unauthorized", code, message)
    if status == 429:
        raise CallFailedError("rate_limited", code, message, retry_after_s)
    if status == 502 and searching and b"buffer overflow" in answer.body.lower():
        raise CallFailedError("too_large", code, message)
    if status >= 500:
        kind = "ambiguous" if saving else "transient"
        raise CallFailedError(kind, code, message, retry_after_s)
    # 408: the server gave up waiting for the request, so it did not process it.
    raise CallFailedError("transient" if status == 408 else "rejected", code, message)


def _retry_after(headers: Mapping[str, str]) -> int | None:
    """Retry-After in whole seconds, rounded up; a date is measured by the answer's own Date."""
    text = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,9})?", text):
        return min(math.ceil(float(text)), MAX_RETRY_AFTER_S)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    try:
        now = parsedate_to_datetime(headers.get("Date", ""))
    except ValueError:
        now = datetime.now(UTC)
    seconds = (_aware(until) - _aware(now)).total_seconds()
    return min(max(math.ceil(seconds), 0), MAX_RETRY_AFTER_S)


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def check_status(status: str, description: str, credentials: Credentials) -> None:
    """Raise the CallFailedError that any ``Status`` but Success means."""
    if status == "Success":
        return
    text = scrub(description, credentials)
    message = f"{scrub(status, credentials)}: {text or 'no description'}"
    if bad_credentials(text):
        raise CallFailedError("unauthorized", "credentials", message)
    raise CallFailedError("rejected", "resman_error", message)
