"""Two sessions at work on the same rows: nobody waits, and nothing is lost."""

from typing import Any, NamedTuple
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb

from runner.tests.conftest import Connect

Session = psycopg.Connection[Any]


class Lead(NamedTuple):
    property: UUID
    user: UUID
    conversation: UUID


@pytest.fixture
def admin(database: str, connect: Connect) -> Session:
    return _session(database, connect, autocommit=True)


def _session(database: str, connect: Connect, *, autocommit: bool = False) -> Session:
    """A session for which a wait is an error."""
    return connect(database, autocommit=autocommit, options="-c lock_timeout=1s")


def _one(session: Session, query: str, *values: object) -> Any:
    row = session.execute(query, values).fetchone()
    assert row is not None
    return row[0]


def _given_lead(session: Session, email: str = "ada@example.com") -> Lead:
    company = _one(
        session, "insert into company (name) values (gen_random_uuid()) returning id"
    )
    home = _one(
        session,
        "insert into property (company_id, name, address, city, state, zip_code)"
        " values (%s, 'p', 'a', 'b', 'CO', '80202') returning id",
        company,
    )
    bot = _one(
        session, "insert into chatbot (property_id, name) values (%s, 'b') returning id", home
    )
    session.execute(
        "insert into resman_integration (property_id, resman_property_id, api_credentials)"
        " values (%s, 'RP', %s)",
        (home, Jsonb({"v": 1, "kid": "k", "nonce": "AAAA", "ct": "BBBB"})),
    )
    session.execute(
        "insert into lead_sync_private.property_setting (property_id, name, value)"
        " values (%(p)s, 'default_agent', '\"Agent\"'), (%(p)s, 'default_source', '\"Web\"')",
        {"p": home},
    )
    for kind, name in (("source", "Web"), ("agent", "Agent")):
        session.execute(
            "select lead_sync_private.store_lookup(%s, %s, %s)",
            (home, kind, Jsonb([{"id": name, "name": name, "active": True}])),
        )
    user = _one(
        session,
        """insert into "user" (first_name, last_name, email)"""
        " values ('Ada', 'Example', %s) returning id",
        email,
    )
    conversation = _one(
        session,
        "insert into conversation (chatbot_id, user_id, status) values (%s, %s, 'new')"
        " returning id",
        bot,
        user,
    )
    return Lead(home, user, conversation)


def _claim(session: Session) -> list[Any]:
    return session.execute(
        "select item_id, lease_token, conversation_id, request"
        " from lead_sync.claim_items('r', 10, '60 s')"
    ).fetchall()


def _answer(session: Session, item: Any, leads: list[dict[str, Any]]) -> Any:
    return _one(
        session,
        "select lead_sync.advance_item(%s, %s, %s)",
        item[0],
        item[1],
        Jsonb({"outcome": "ok", "leads": leads}),
    )


def _finish_pending(session: Session) -> None:
    session.execute("update lead_sync_queue set status = 'cancelled' where status = 'pending'")


def _versions(session: Session, lead: Lead) -> tuple[int, int]:
    return (
        _one(session, "select resman_sync_version from conversation where id = %s",
             lead.conversation),
        _one(session, """select resman_sync_version from "user" where id = %s""", lead.user),
    )  # fmt: skip


def test_crosswise_edits_do_not_wait(database: str, connect: Connect, admin: Session) -> None:
    lead = _given_lead(admin)
    _finish_pending(admin)
    conversation, user = _versions(admin, lead)
    first, second = _session(database, connect), _session(database, connect)
    first.execute("""update "user" set last_name = 'First' where id = %s""", (lead.user,))
    second.execute("update conversation set occupants_count = 3 where id = %s",
                   (lead.conversation,))  # fmt: skip
    first.commit()
    second.commit()
    assert _versions(admin, lead) == (conversation + 1, user + 1)
    claimed = _claim(admin)
    assert [each[2] for each in claimed] == [lead.conversation]
    _answer(admin, claimed[0], [])
    sent = _one(admin, "select state #> '{asking,lead}' from lead_sync_queue where id = %s",
                claimed[0][0])  # fmt: skip
    assert (sent["last_name"], sent["occupants"]) == ("First", 3)


def test_user_is_edited_while_conversation_is_held(
    database: str, connect: Connect, admin: Session
) -> None:
    lead = _given_lead(admin)
    _finish_pending(admin)
    holder = _session(database, connect)
    holder.execute("select from conversation where id = %s for update", (lead.conversation,))
    admin.execute("""update "user" set last_name = 'Edited' where id = %s""", (lead.user,))
    assert _claim(admin) == []
    holder.commit()
    claimed = _claim(admin)
    assert [each[2] for each in claimed] == [lead.conversation]
    stored = _one(
        admin, "select conversation_id from lead_sync_queue where id = %s", claimed[0][0]
    )
    assert stored == lead.conversation


def test_concurrent_claims_share_no_conversation(
    database: str, connect: Connect, admin: Session
) -> None:
    lead = _given_lead(admin)
    # Another item of the conversation, of an operation that the first claim does not take.
    admin.execute(
        "insert into lead_notification (conversation_id, notification_type, status)"
        " values (%s, 'tour_scheduled', 'pending')",
        (lead.conversation,),
    )
    first, second = _session(database, connect), _session(database, connect)
    taken = first.execute(
        "select conversation_id from lead_sync.claim_items('a', 1, '60 s')"
    ).fetchall()
    assert taken == [(lead.conversation,)]
    other = _given_lead(admin, "bob@example.com")
    assert [each[2] for each in _claim(second)] == [other.conversation]
    first.commit()
    second.commit()
    in_flight = admin.execute(
        "select conversation_id from lead_sync_queue where status = 'processing'"
    ).fetchall()
    assert sorted(in_flight) == sorted([(lead.conversation,), (other.conversation,)])


def test_joined_row_is_claimed_after_the_commit(
    database: str, connect: Connect, admin: Session
) -> None:
    lead = _given_lead(admin)
    writer = _session(database, connect)
    writer.execute(
        """update "user" set email = 'new@example.com' where id = %s""", (lead.user,)
    )
    assert _one(admin, "select count(*) from lead_sync_queue") == 1
    assert _claim(admin) == []
    writer.commit()
    claimed = _claim(admin)
    assert [each[3]["by"] for each in claimed] == [{"email": "new@example.com"}]
    assert _one(admin, "select count(*) from lead_sync_queue") == 1


def test_answer_is_deferred_while_conversation_is_held(
    database: str, connect: Connect, admin: Session
) -> None:
    lead = _given_lead(admin)
    (item,) = _claim(admin)
    save = _answer(admin, item, [])["request"]
    assert save["call"] == "save_lead"
    holder = _session(database, connect)
    holder.execute("select from conversation where id = %s for update", (lead.conversation,))
    # In ResMan the lead is there now; what a read returns is what was sent.
    saved = {**save["lead"], "lead_id": "L1", "contact_id": "P1", "events": save["events"]}
    assert _answer(admin, item, [saved]) == {"ended": "deferred"}
    # A lock that was waited for ends with another message.
    message = _one(admin, "select error_message from lead_sync_queue where id = %s", item[0])
    assert message.startswith("the conversation or its user")
    holder.commit()
    admin.execute("update lead_sync_queue set next_retry_at = null where status = 'pending'")
    (again,) = _claim(admin)
    assert again[0] == item[0]
    assert again[3]["by"] == {"lead_id": "L1"}
    assert _answer(admin, again, [saved]) == {"ended": "completed"}
    state = _one(admin, "select resman_sync_status from conversation where id = %s",
                 lead.conversation)  # fmt: skip
    assert state == "synced"


@pytest.mark.parametrize(
    "edit",
    [
        "update conversation set occupants_count = 7 where id = %(conversation)s",
        """update "user" set first_name = 'Other' where id = %(user)s""",
        "update lead_notification set status = 'sent' where conversation_id = %(conversation)s",
    ],
)
def test_a_stamp_is_forgotten_with_its_transaction(admin: Session, edit: str) -> None:
    """Else every later edit of the session would pay for a look at its rows."""
    lead = _given_lead(admin)
    admin.execute(
        "insert into lead_notification (conversation_id, notification_type, status)"
        " values (%s, 'tour_scheduled', 'pending')",
        (lead.conversation,),
    )
    with admin.transaction():
        admin.execute(edit.encode(), lead._asdict())
        assert _one(admin, "select current_setting('lead_sync.stamped', true)")
    assert not _one(admin, "select current_setting('lead_sync.stamped', true)")
