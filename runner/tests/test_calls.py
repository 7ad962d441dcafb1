"""The twins of SQL functions that no command and no runner of the other tests needs."""

from datetime import timedelta

import psycopg
import pytest

from runner import calls, calls_service
from runner.caller import Caller
from runner.tests.daemon_support import Office, settings_for


def test_an_item_is_queued_and_answered_by_hand(office: Office) -> None:
    conversation_id = office.given_lead()
    with psycopg.connect(office.url, autocommit=True) as connection:
        item_id = calls_service.enqueue_sync(connection, conversation_id)
        [queued] = office.items()
        assert queued["id"] == item_id, "it joins capture's item"
        [claimed] = calls.claim_items(connection, "by-hand", 10, timedelta(seconds=60))
        assert claimed.item_id == item_id
        call = Caller.from_settings(settings_for(office.url, office.simulator))
        result: calls.Json = {"request": claimed.request}
        while "request" in result:
            response = call(result["request"], claimed.connection)
            result = calls.advance_item(connection, item_id, claimed.lease_token, response)
        assert result == {"ended": "completed"}
        assert office.synced(conversation_id)
        late = calls.advance_item(connection, item_id, claimed.lease_token, response)
        assert late == {"stale": True}


def test_what_is_no_lead_is_not_queued(office: Office) -> None:
    conversation_id = office.given_lead()
    office.connection.execute('update public."user" set email = null, phone = null')
    with (
        psycopg.connect(office.url) as connection,
        pytest.raises(psycopg.Error) as refused,
    ):
        calls_service.enqueue_sync(connection, conversation_id)
    assert refused.value.sqlstate == "LS005"
    assert refused.value.diag.message_detail == "no_contact"
