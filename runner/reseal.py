"""Seals anew what the database holds: under the first key, or with another API key in it.

Each envelope is replaced by a statement of its own, and only if it is still the one that was
opened: credentials that somebody else sets meanwhile stay, and whoever is interrupted begins
again where it stopped.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import psycopg

from runner.calls import Json
from runner.calls_service import list_credentials, replace_credentials
from runner.db import Connection
from runner.envelope import Credentials, EnvelopeError, Keyring, kid_of

PASSES = 5
"""How often envelopes are read again because others replaced some of them meanwhile."""

Progress = Callable[[list[Any]], Iterable[Any]]
"""Passes the properties on one by one, and shows how far it has come."""


@dataclass
class Report:
    """What was done. No credentials: ids, names of keys, and errors that hold no secret."""

    kid: str
    dry_run: bool
    done: dict[UUID, str] = field(default_factory=dict)  # the kid each was sealed with before
    moved: list[UUID] = field(default_factory=list)
    failed: dict[UUID, str] = field(default_factory=dict)
    by_kid: Counter[str] = field(default_factory=Counter)  # all envelopes, as they are now

    @property
    def old_kids(self) -> dict[str, int]:
        """How many envelopes still need a key other than the first."""
        return {kid: n for kid, n in sorted(self.by_kid.items()) if kid != self.kid}


def rotate(
    connection: Connection, keyring: Keyring, progress: Progress, *, dry_run: bool
) -> Report:
    """Seal every envelope under the first key; those that are so already are left alone."""

    def wanted(property_id: UUID, envelope: Json) -> Credentials | None:
        if kid_of(envelope) == keyring.primary_kid:
            return None
        return keyring.open(property_id, envelope)

    report = Report(keyring.primary_kid, dry_run)
    _reseal(connection, keyring, wanted, report, progress, resealed=True)
    return report


def change_api_key(
    connection: Connection,
    keyring: Keyring,
    progress: Progress,
    *,
    partner_id: str,
    api_key: str,
    account_id: str | None,
    dry_run: bool,
) -> Report:
    """Put a partner's new API key into every property of that partner.

    Each property keeps its account; with `account_id` only those of that account are changed.
    """

    def wanted(property_id: UUID, envelope: Json) -> Credentials | None:
        stored = keyring.open(property_id, envelope)
        if stored.integration_partner_id != partner_id:
            return None
        if account_id is not None and stored.account_id != account_id:
            return None
        return replace(stored, api_key=api_key)

    report = Report(keyring.primary_kid, dry_run)
    _reseal(connection, keyring, wanted, report, progress, resealed=False)
    return report


def _reseal(
    connection: Connection,
    keyring: Keyring,
    wanted: Callable[[UUID, Json], Credentials | None],
    report: Report,
    progress: Progress,
    *,
    resealed: bool,
) -> None:
    seen = list_credentials(connection)
    waiting = seen
    for _ in range(PASSES):
        moved = set()
        for property_id, envelope in progress(waiting):
            try:
                clear = wanted(property_id, envelope)
            except EnvelopeError as error:
                report.failed[property_id] = str(error)
                continue
            if clear is None:
                continue
            new = keyring.seal(property_id, clear)
            if report.dry_run or _replaced(
                connection, property_id, envelope, new, resealed=resealed
            ):
                report.done[property_id] = kid_of(envelope)
            else:
                moved.add(property_id)
        if report.dry_run:
            break
        seen = list_credentials(connection)
        waiting = [each for each in seen if each[0] in moved]
        report.moved = [property_id for property_id, _ in waiting]
        if not waiting:
            break
    report.by_kid = Counter(kid_of(envelope) for _, envelope in seen)


def _replaced(
    connection: Connection, property_id: UUID, old: Json, new: Json, *, resealed: bool
) -> bool:
    try:
        return replace_credentials(connection, property_id, old, new, resealed=resealed)
    except psycopg.Error as error:
        if error.sqlstate != "LS003":  # its integration has been deleted meanwhile
            raise
        return False
