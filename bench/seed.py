"""Fills a database with properties, leads and items: sets of rows, without our triggers.

Rows go by number: property n is md5('p' || n), its chatbot md5('b' || n), user n md5('u' || n),
conversation n md5('c' || n), each as uuid. Conversation n is of property 1 + n mod their count.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from bench.harness import Connection, connect, one, run

LIMITS = {"rate_limit": 0, "in_flight_limit": 1_000_000, "write_guard": 1_000_000}
"""The settings that hold a property back, set so that they do not; a rate of 0 is none."""

_PROPERTIES = (
    "insert into public.company (id, name) values (md5('company')::uuid, 'Example Homes')"
    " on conflict do nothing",
    "insert into public.property (id, company_id, name, address, city, state, zip_code)"
    " select md5('p' || n)::uuid, md5('company')::uuid, 'Oaks ' || n, '1 Road', 'Austin', 'TX',"
    " '78701' from generate_series({first}, {last}) n",
    "insert into public.chatbot (id, property_id, name)"
    " select md5('b' || n)::uuid, md5('p' || n)::uuid, 'Bot'"
    " from generate_series({first}, {last}) n",
    "insert into public.resman_integration (property_id, resman_property_id, api_credentials,"
    " sync_direction, sync_status)"
    " select md5('p' || n)::uuid, md5('r' || n)::uuid,"
    """ '{{"v": 1, "kid": "k1", "nonce": "AAAA", "ct": "AAAA"}}', '{direction}', '{status}'"""
    " from generate_series({first}, {last}) n",
    "insert into lead_sync_private.lookup (property_id, kind, id, name, email)"
    " select md5('p' || n)::uuid, k.kind, k.id, k.name, k.email"
    " from generate_series({first}, {last}) n,"
    " (values ('source', 'S1', 'Website', null),"
    " ('agent', 'A1', 'Leasing Agent', 'agent@example.com')) as k(kind, id, name, email)",
    "insert into lead_sync_private.lookup_fetch (property_id, kind, fetched_at)"
    " select md5('p' || n)::uuid, k, now() + interval '1 day'"
    " from generate_series({first}, {last}) n, unnest(array['source', 'agent']) k",
    "insert into lead_sync_private.property_setting (property_id, name, value)"
    """ select md5('p' || n)::uuid, 'default_agent', '"Leasing Agent"'"""
    " from generate_series({first}, {last}) n",
)
_USERS = (
    'insert into public."user" (id, first_name, last_name, email)'
    " select md5('u' || n)::uuid, 'Robin', 'Renter', 'u' || n || '@example.com'"
    " from generate_series({first}, {last}) n"
)
_CONVERSATIONS = (
    "insert into public.conversation (id, chatbot_id, user_id, status, resman_sync_version)"
    " select md5('c' || n)::uuid, md5('b' || (1 + n % {properties}))::uuid,"
    " md5('u' || {user})::uuid, 'new', 1 from generate_series({first}, {last}) n"
)
_ITEMS = (
    "insert into public.lead_sync_queue"
    " (conversation_id, property_id, sync_operation, sync_data, priority, next_retry_at)"
    " select md5('c' || n)::uuid, md5('p' || (1 + n % {properties}))::uuid, '{operation}',"
    " jsonb_build_object('conversation_id', md5('c' || n)::uuid), {priority}, {retry}"
    " from generate_series({first}, {last}) n"
)


@contextmanager
def seeding(url: str, *, vacuum: bool = True) -> Iterator[Connection]:
    """A session in which no trigger and no foreign key acts; `vacuum analyze` at its end.

    Then a checkpoint: what filling has left to write must not fall into what is measured.
    """
    with connect(url) as connection:
        run(connection, "set session_replication_role = replica")
        run(connection, "set synchronous_commit = off")
        yield connection
        if vacuum:
            run(connection, "vacuum analyze")
            run(connection, "checkpoint")


def properties(
    connection: Connection,
    first: int,
    last: int,
    *,
    status: str = "active",
    direction: str = "to_resman",
) -> None:
    """Properties that are switched on, with their look-ups known."""
    for statement in _PROPERTIES:
        run(
            connection,
            statement.format(first=first, last=last, status=status, direction=direction),
        )


def set_if_exists(connection: Connection, name: str, value: int) -> None:
    """Give every property this setting, at most its maximum, where there is such a setting."""
    run(
        connection,
        "insert into lead_sync_private.property_setting (property_id, name, value)"
        " select i.property_id, d.name, to_jsonb(least(%s::numeric, d.maximum))"
        " from public.resman_integration i, lead_sync_private.setting_definition d"
        " where d.name = %s"
        " on conflict on constraint pk_property_setting do update set value = excluded.value",
        value,
        name,
    )


def lift_limits(connection: Connection) -> None:
    """Let no property be held back by its limits."""
    for name, value in LIMITS.items():
        set_if_exists(connection, name, value)


def users(connection: Connection, first: int, last: int) -> None:
    """Users with an e-mail, and no phone: two calls bring such a lead across."""
    run(connection, _USERS.format(first=first, last=last))


def conversations(
    connection: Connection, first: int, last: int, count: int, *, user: str = "n"
) -> None:
    """Conversations over `count` properties; `user`: an expression over n for its number."""
    run(
        connection,
        _CONVERSATIONS.format(first=first, last=last, properties=count, user=user),
    )


def leads(connection: Connection, first: int, last: int, count: int) -> None:
    """Conversations over `count` properties, each with a user of its own."""
    users(connection, first, last)
    conversations(connection, first, last, count)


def items(
    connection: Connection,
    first: int,
    last: int,
    count: int,
    *,
    operation: str = "push",
    priority: int = 2,
    retry: str = "null",
) -> None:
    """A pending item for each of the conversations; `retry`: an expression for its time."""
    run(
        connection,
        _ITEMS.format(
            first=first,
            last=last,
            properties=count,
            operation=operation,
            priority=priority,
            retry=retry,
        ),
    )


def synced(connection: Connection, first: int, last: int) -> None:
    """Bring the conversations and users in step, with a link each."""
    numbers = f"from generate_series({first}, {last}) n"
    run(
        connection,
        "insert into public.lead_sync_mapping"
        " (conversation_id, resman_lead_id, contact_id, property_id, domiq_base, resman_base,"
        " base_moved_at)"
        " select c.id, 'L' || n, 'P' || n, b.property_id, base, base, clock_timestamp()"
        f" {numbers} join public.conversation c on c.id = md5('c' || n)::uuid"
        " join public.chatbot b on b.id = c.chatbot_id,"
        " lateral (select jsonb_build_object('first_name', 'Robin', 'last_name', 'Renter',"
        " 'email', 'u' || n || '@example.com', 'phone', null, 'move_in_date', null,"
        " 'rent_min', null, 'rent_max', null, 'occupants', null, 'comment', null,"
        " 'status', 'prospect') as base) as x",
    )
    run(
        connection,
        "update public.conversation c set resman_lead_id = 'L' || n,"
        " resman_sync_status = 'synced', resman_last_sync_at = clock_timestamp()"
        f" {numbers} where c.id = md5('c' || n)::uuid",
    )
    run(
        connection,
        """update public."user" u set resman_contact_id = 'P' || n,"""
        " resman_sync_status = 'synced', resman_last_sync_at = clock_timestamp()"
        f" {numbers} where u.id = md5('u' || n)::uuid",
    )


def count_status(connection: Connection, status: str) -> int:
    """How many items are in this status."""
    return int(
        one(connection, "select count(*) from public.lead_sync_queue where status = %s", status)
    )
