"""Makes the calls to ResMan that the database asks for: credentials first, then the adapter.

Used by the workers and by `leadsync integration test`.
"""

import threading
from typing import Any

from runner.calls import Json
from runner.envelope import Credentials, EnvelopeError, Keyring
from runner.resman import ResMan
from runner.settings import Settings, SettingsError

_CACHED = 4096  # credentials kept open: one a property


class Caller:
    """One ResMan and one key ring, for any number of threads and properties."""

    def __init__(self, resman: ResMan, keyring: Keyring) -> None:
        self._resman, self._keyring = resman, keyring
        self._opened: dict[tuple[Any, ...], Credentials] = {}
        self._lock = threading.Lock()

    @classmethod
    def from_settings(cls, settings: Settings) -> "Caller":
        """Raises SettingsError where the keys or ResMan's URL cannot be used."""
        keyring = open_keyring(settings)
        try:
            return cls(ResMan.from_environment(settings.resman_base_url), keyring)
        except ValueError as error:
            raise SettingsError(f"RESMAN_BASE_URL: {error}") from None

    def __call__(self, request: Json, connection: Json) -> Json:
        """Make one request and return its response, as design section 8 shapes them."""
        try:
            credentials = self.credentials(connection)
        except EnvelopeError as error:
            return {
                "outcome": "failed",
                "kind": "unauthorized",
                "code": "credentials",
                "message": str(error),
                "elapsed_ms": 0,
            }
        return self._resman.call(request, connection, credentials)

    def credentials(self, connection: Json) -> Credentials:
        """Open a connection's envelope, once for each ciphertext; raises EnvelopeError."""
        envelope, property_id = connection.get("credentials"), connection.get("property_id")
        if not isinstance(envelope, dict):
            raise EnvelopeError("the property has no credentials; set them first")
        key = (property_id, *(str(envelope.get(name)) for name in ("v", "kid", "nonce", "ct")))
        with self._lock:
            opened = self._opened.get(key)
        if opened is None:
            opened = self._keyring.open(str(property_id), envelope)
            with self._lock:
                if len(self._opened) >= _CACHED:
                    self._opened.clear()
                self._opened[key] = opened
        return opened


def open_keyring(settings: Settings) -> Keyring:
    """The key ring of LEADSYNC_KEYS or LEADSYNC_KEYS_FILE; raises SettingsError."""
    text = settings.read_keys()
    try:
        return Keyring.from_env(text)
    except EnvelopeError as error:
        name = "LEADSYNC_KEYS" if settings.keys.strip() else "LEADSYNC_KEYS_FILE"
        raise SettingsError(f"{name}: {error}") from None
