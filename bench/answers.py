"""Answers to the database's requests that come at once, and a drain that uses them."""

import uuid
from datetime import timedelta
from typing import Any

from bench.harness import Connection
from runner import calls
from runner.calls import Json

LEASE = timedelta(minutes=10)


def answer(request: Json) -> Json:
    """What a ResMan that knows nobody says: searches find nothing, every save is a new lead."""
    response: dict[str, Any] = {"outcome": "ok", "elapsed_ms": 0}
    if request["call"] == "save_lead":
        lead_id = request.get("lead_id") or str(uuid.uuid4())
        contact_id = request.get("contact_id") or str(uuid.uuid4())
        response["leads"] = [{"lead_id": lead_id, "contact_id": contact_id}]
    elif request["call"] == "search_leads":
        response["leads"] = []
    else:
        response["items"] = []
    if "issued_at" in request:
        response["issued_at"] = request["issued_at"]
    return response


def drain(
    connection: Connection, batch: int = 100, *, together: bool = True, limit: int = 0
) -> int:
    """Claim and answer until nothing comes, or `limit` items have been claimed; how many were.

    `together`: answers are handed over in one call of advance_items, else one by one.
    """
    claimed = 0
    while not limit or claimed < limit:
        found = calls.claim_items(connection, "bench", batch, LEASE)
        if not found:
            break
        claimed += len(found)
        finish(connection, found, together=together)
    return claimed


def finish(
    connection: Connection, found: list[calls.Claimed], *, together: bool = True
) -> None:
    """Answer the claimed items until all have ended."""
    waiting = {item.item_id: (item.lease_token, item.request) for item in found}
    while waiting:
        results = _together(connection, waiting) if together else _singly(connection, waiting)
        waiting = {
            item_id: (waiting[item_id][0], result["request"])
            for item_id, result in results.items()
            if "request" in result
        }


Waiting = dict[uuid.UUID, tuple[uuid.UUID, Json]]


def _together(connection: Connection, waiting: Waiting) -> dict[uuid.UUID, Json]:
    answers = [
        {"item_id": str(item_id), "lease_token": str(token), "response": answer(request)}
        for item_id, (token, request) in waiting.items()
    ]
    return {row.item_id: row.result for row in calls.advance_items(connection, answers)}


def _singly(connection: Connection, waiting: Waiting) -> dict[uuid.UUID, Json]:
    return {
        item_id: calls.advance_item(connection, item_id, token, answer(request))
        for item_id, (token, request) in waiting.items()
    }
