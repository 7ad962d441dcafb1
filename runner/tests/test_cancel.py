"""Cancelling an item, or its lead, while DomIQ writes its conversation: nobody waits."""

import pytest

from runner.tests.conftest import Connect
from runner.tests.daemon_support import Office


@pytest.mark.parametrize(
    "call",
    [
        "lead_sync.cancel_item(%(item)s)",
        "lead_sync.suppress_lead(%(conversation)s, 'asked for it')",
    ],
)
def test_a_locked_conversation_is_set_back_later(
    call: str, office: Office, connect: Connect
) -> None:
    conversation_id = office.given_lead()
    office.simulator.fault("unavailable", method="PostLeadManagement4_0")
    office.drain()
    [item] = office.items()
    assert item["status"] == "pending"
    assert office.conversation(conversation_id)["resman_sync_status"] == "syncing"
    application = connect(office.url, autocommit=False)
    application.execute("select from public.conversation for update")
    with office.connection.transaction():
        office.connection.execute("set local statement_timeout = '5s'")
        office.connection.execute(
            f"select {call}", {"item": item["id"], "conversation": conversation_id}
        )
    assert office.items()[0]["status"] == "cancelled"
    assert office.one("select lead_sync.run_schedule() as paid")["paid"] == 0
    assert office.conversation(conversation_id)["resman_sync_status"] == "syncing"
    application.rollback()
    assert office.one("select lead_sync.run_schedule() as paid")["paid"] == 1
    assert office.conversation(conversation_id)["resman_sync_status"] == "not_synced"
