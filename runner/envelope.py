"""Credentials at rest: AES-256-GCM envelopes that only the runner's side can open.

An envelope is ``{"v": 1, "kid": ..., "nonce": ..., "ct": ...}``: the key's name, a nonce of
12 bytes and the ciphertext with its 16-byte tag, both in base64.  The property's uuid in lower
case is authenticated with it, so that an envelope opens for its own property only.  The clear
text is the JSON object ``{"integration_partner_id", "api_key", "account_id"}``.
"""

import base64
import binascii
import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = 1
KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16

_KID = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")
_NAMING = "1 to 64 letters, digits, dots, hyphens, underscores"
_KEYGEN = "make one with: leadsync credentials keygen"


class EnvelopeError(Exception):
    """Keys or an envelope cannot be used. The text says what to do and holds no secret."""


@dataclass(frozen=True)
class Credentials:
    """What ResMan asks for with every call. Never shown: not by repr, not in an error."""

    integration_partner_id: str = field(repr=False)
    api_key: str = field(repr=False)
    account_id: str = field(repr=False)

    def __post_init__(self) -> None:
        """Raises EnvelopeError naming a part that is missing or blank."""
        for name in ("integration_partner_id", "api_key", "account_id"):
            value = getattr(self, name)
            if not isinstance(value, str) or not value.strip():
                raise EnvelopeError(f"the credentials lack {name}; set them again")


def partner_mark(partner_id: str) -> str:
    """What stands for a partner in the database, so that its properties share its limits."""
    return hashlib.sha256(partner_id.strip().encode()).hexdigest()[:16]


class Keyring:
    """Named keys; the first encrypts, all decrypt."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        """Raises EnvelopeError for no key, a name that is none, or a key not of 32 bytes."""
        if not keys:
            raise EnvelopeError(f"no key is given; {_KEYGEN}")
        for number, (kid, key) in enumerate(keys.items(), 1):
            _check_key(number, kid, key)
        self._ciphers = {kid: AESGCM(key) for kid, key in keys.items()}

    def __repr__(self) -> str:
        """Say how many keys, never which."""
        return f"Keyring({len(self._ciphers)} keys)"

    @property
    def primary_kid(self) -> str:
        """The name of the key that encrypts."""
        return next(iter(self._ciphers))

    @property
    def kids(self) -> tuple[str, ...]:
        """The names of all keys, the first that of the one that encrypts."""
        return tuple(self._ciphers)

    @classmethod
    def from_env(cls, text: str) -> "Keyring":
        """From ``kid:base64[,kid:base64...]``, spaces and line ends allowed between.

        Raises EnvelopeError that tells which entry is wrong by its number: even a name might
        be key material in the wrong place.
        """
        keys: dict[str, bytes] = {}
        for number, entry in enumerate(filter(None, re.split(r"[\s,]+", text)), 1):
            kid, colon, encoded = entry.partition(":")
            if not colon:
                raise EnvelopeError(f"key {number} is not of the form kid:base64; {_KEYGEN}")
            if kid in keys:
                raise EnvelopeError(f"key {number} has the name of an earlier one; rename it")
            key = _decode(encoded)
            if key is None:
                raise EnvelopeError(f"key {number} is not valid base64; {_KEYGEN}")
            _check_key(number, kid, key)
            keys[kid] = key
        return cls(keys)

    @classmethod
    def from_file(cls, path: str | Path) -> "Keyring":
        """From a file with the text of ``from_env``; raises EnvelopeError."""
        try:
            text = Path(path).read_text(encoding="utf-8")
        except OSError as error:
            raise EnvelopeError(
                f"cannot read the key file {path}: {error.strerror}; "
                "check LEADSYNC_KEYS_FILE and the file's rights"
            ) from None
        except UnicodeDecodeError:
            raise EnvelopeError(f"the key file {path} is not text; {_KEYGEN}") from None
        try:
            return cls.from_env(text)
        except EnvelopeError as error:
            raise EnvelopeError(f"key file {path}: {error}") from None

    def seal(self, property_id: UUID | str, credentials: Credentials) -> dict[str, Any]:
        """A new envelope for that property, under the first key."""
        clear = {
            "integration_partner_id": credentials.integration_partner_id,
            "api_key": credentials.api_key,
            "account_id": credentials.account_id,
        }
        nonce = secrets.token_bytes(NONCE_BYTES)
        kid = self.primary_kid
        ct = self._ciphers[kid].encrypt(nonce, json.dumps(clear).encode(), _bound(property_id))
        return {"v": VERSION, "kid": kid, "nonce": _encode(nonce), "ct": _encode(ct)}

    def open(self, property_id: UUID | str, envelope: object) -> Credentials:
        """The credentials in an envelope.

        Raises EnvelopeError, which names the property, when it is none, its key is not here,
        or it was changed or sealed for another property.
        """
        bound = _bound(property_id)
        try:
            return self._open(bound, envelope)
        except EnvelopeError as error:
            raise EnvelopeError(f"property {bound.decode()}: {error}") from None

    def _open(self, bound: bytes, envelope: object) -> Credentials:
        kid, nonce, ct = _parts(envelope)
        cipher = self._ciphers.get(kid)
        if cipher is None:
            raise EnvelopeError(
                f"the credentials are sealed with key {kid!r}, which is not given; "
                "add it to LEADSYNC_KEYS or set the credentials again"
            )
        try:
            clear = json.loads(cipher.decrypt(nonce, ct, bound))
        except InvalidTag:
            raise EnvelopeError(
                f"the credentials do not open with key {kid!r}: another key of that name, "
                "another property's envelope, or a changed one; set the credentials again"
            ) from None
        except ValueError:
            clear = None
        if not isinstance(clear, dict):
            raise EnvelopeError("the envelope holds no credentials; set them again")
        names = ("integration_partner_id", "api_key", "account_id")
        given = {name: clear.get(name) for name in names}
        return Credentials(**{n: "" if v is None else str(v) for n, v in given.items()})


def generate_key(kid: str | None = None) -> str:
    """A new random key as ``kid:base64``; raises EnvelopeError for a name that is none."""
    name = f"k-{secrets.token_hex(4)}" if kid is None else kid
    key = secrets.token_bytes(KEY_BYTES)
    if not _KID.match(name):
        raise EnvelopeError(f"a key's name is {_NAMING}")
    return f"{name}:{_encode(key)}"


def kid_of(envelope: object) -> str:
    """The name of the key that an envelope says it is sealed with; `?` where it is no name."""
    kid = envelope.get("kid") if isinstance(envelope, Mapping) else None
    return kid if isinstance(kid, str) and _KID.match(kid) else "?"


def _check_key(number: int, kid: str, key: bytes) -> None:
    if not _KID.match(kid):
        raise EnvelopeError(f"key {number} has no good name: {_NAMING}")
    if len(key) != KEY_BYTES:
        raise EnvelopeError(
            f"key {number} has {len(key)} bytes, {KEY_BYTES} are needed; {_KEYGEN}"
        )


def _parts(envelope: object) -> tuple[str, bytes, bytes]:
    if not isinstance(envelope, Mapping) or envelope.get("v") != VERSION:
        raise EnvelopeError(
            f"not an envelope of version {VERSION}; set the credentials again with "
            "leadsync credentials set"
        )
    kid, nonce, ct = envelope.get("kid"), envelope.get("nonce"), envelope.get("ct")
    sealed = (_decode(nonce), _decode(ct))
    if (
        not isinstance(kid, str)
        or not _KID.match(kid)
        or sealed[0] is None
        or len(sealed[0]) != NONCE_BYTES
        or sealed[1] is None
        or len(sealed[1]) < TAG_BYTES
    ):
        raise EnvelopeError("the envelope is damaged; set the credentials again")
    return kid, sealed[0], sealed[1]


def _bound(property_id: UUID | str) -> bytes:
    """The additional data: the property's uuid, lower case with hyphens."""
    try:
        return str(UUID(str(property_id))).encode()
    except ValueError:
        raise EnvelopeError(f"{property_id!r} is not a property's uuid") from None


def _encode(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _decode(text: object) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True) if isinstance(text, str) else None
    except (binascii.Error, ValueError):
        return None
