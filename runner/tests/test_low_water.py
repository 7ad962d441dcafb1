"""What is in flight is counted from a low-water mark: none is missed, and claims stay cheap."""

import json
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from runner.tests.conftest import Connect

Session = psycopg.Connection[Any]
_COUNT = 600


def _one(session: Session, query: str, *values: object) -> Any:
    row = session.execute(query, values).fetchone()
    assert row is not None
    return row[0]


def _row(session: Session, query: str) -> tuple[Any, ...]:
    row: tuple[Any, ...] | None = session.execute(query.encode()).fetchone()
    assert row is not None
    return row


@pytest.fixture
def admin(database: str, connect: Connect) -> Session:
    """One property that has many leads to push and no limit in their way."""
    session = connect(database, autocommit=True)
    home = _one(
        session,
        "with c as (insert into company (name) values ('c') returning id)"
        " insert into property (company_id, name, address, city, state, zip_code)"
        " select id, 'p', 'a', 'b', 'CO', '80202' from c returning id",
    )
    session.execute(
        "insert into resman_integration (property_id, resman_property_id, api_credentials)"
        " values (%s, 'RP', %s)",
        (home, Jsonb({"v": 1, "kid": "k", "nonce": "AAAA", "ct": "BBBB"})),
    )
    session.execute(
        "insert into lead_sync_private.property_setting (property_id, name, value)"
        " values (%(p)s, 'in_flight_limit', '100'), (%(p)s, 'rate_limit', '0')",
        {"p": home},
    )
    bot = _one(
        session, "insert into chatbot (property_id, name) values (%s, 'b') returning id", home
    )
    session.execute(
        """with u as (insert into "user" (first_name, last_name, email)
             select 'Ada', 'Example', 'ada' || n || '@example.com'
             from generate_series(1, %s) as n returning id)
           insert into conversation (chatbot_id, user_id, status)
           select %s, id, 'new' from u""",
        (_COUNT, bot),
    )
    session.execute("analyze")
    return session


def _claim(session: Session, limit: int = 1) -> int:
    """Claim items; the number of the last one's claim."""
    session.execute("select lead_sync.claim_items('r', %s, '60 s')", (limit,))
    return int(
        _one(
            session,
            "select max(claim_number) from lead_sync_queue where status = 'processing'",
        )
    )


def _reading(database: str, connect: Connect) -> Session:
    """A session that holds its snapshot, as a report does."""
    session = connect(database, autocommit=False)
    session.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    _one(session, "select count(*) from lead_sync_queue")
    return session


def _end_all(session: Session) -> None:
    session.execute(
        "select lead_sync_private.close_item(q, 'completed') from lead_sync_queue q"
        " where status = 'processing'"
    )


def _low(session: Session) -> int:
    return int(_one(session, "select lead_sync_private.claim_low_water()"))


def _pass_by(session: Session, claims: int = 3000) -> None:
    """Let so many claims have come and ended since."""
    session.execute(
        "select setval('lead_sync_private.claim_number', last_value + %s)"
        " from lead_sync_private.claim_number",
        (claims,),
    )


def _room(session: Session) -> int:
    return int(
        _one(
            session,
            "select g.room from resman_integration i, lead_sync_private.open_gate("
            "i.property_id, now(), lead_sync_private.claim_low_water()) g",
        )
    )


def test_a_claim_that_has_not_committed_is_not_passed(
    database: str, connect: Connect, admin: Session
) -> None:
    slow = connect(database, autocommit=False)
    number = _claim(slow)
    for _ in range(3):
        _pass_by(admin)
        assert _low(admin) <= number
    slow.commit()
    for _ in range(3):
        _pass_by(admin)
        assert _low(admin) <= number, "it is in flight"
    assert _room(admin) == 99, "and counted"
    _end_all(admin)
    assert _low(admin) > number
    assert _room(admin) == 100


def test_a_claim_by_an_old_snapshot_moves_nothing(
    database: str, connect: Connect, admin: Session
) -> None:
    old = _reading(database, connect)
    number = _claim(admin)
    for _ in range(3):
        _pass_by(admin)
        assert _low(old) <= number
    assert _room(admin) == 99


def test_a_report_does_not_hold_it_back(
    database: str, connect: Connect, admin: Session
) -> None:
    _reading(database, connect)
    number = _claim(admin)
    _end_all(admin)
    for _ in range(2):
        _pass_by(admin)
        _low(admin)
    assert _low(admin) > number


def test_a_claim_does_not_walk_what_a_report_keeps(
    database: str, connect: Connect, admin: Session
) -> None:
    _reading(database, connect)
    touched = []
    for _ in range(_COUNT // 20):
        plan = _one(
            admin,
            "explain (analyze, buffers, format json)"
            " select lead_sync.claim_items('r', 20, '60 s')",
        )
        top = (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]
        touched.append(top["Shared Hit Blocks"] + top["Shared Read Blocks"])
        _end_all(admin)
    assert not _one(admin, "select count(*) from lead_sync_queue where status = 'pending'")
    assert touched[-1] < 2 * touched[1], touched


def test_a_report_shows_as_what_keeps_vacuums_from_clearing(
    database: str, connect: Connect, admin: Session
) -> None:
    held = (
        "select max(held_by), coalesce(max(held_age), 0), count(distinct held_age)"
        " from lead_sync.table_health"
    )
    report = _reading(database, connect)
    for _ in range(5):
        _claim(admin)
    by, age, ages = _row(admin, held)
    assert (by, ages) == ("session", 1)
    assert age >= 5, "the transactions that have come since"
    assert _one(
        admin,
        "select value from lead_sync.metrics where metric = 'leadsync_held_transactions'",
    ) == pytest.approx(age, abs=2)
    report.rollback()
    assert _row(admin, held)[1] < age  # a server's own worker may have a young one
