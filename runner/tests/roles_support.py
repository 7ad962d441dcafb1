"""A database whose DomIQ tables an ordinary role owns, and a login for each kind of caller."""

import psycopg

from runner.domiq import load_domiq
from runner.migrate import migrate
from runner.postgres import LocalServer

GROUPS = {
    "daemon": "lead_sync_runner",
    "service": "lead_sync_service",
    "monitor": "lead_sync_monitor",
    "admin": "app_admin",
    "app": "app_property_manager",
    "reader": "app_readonly",
}
"""Login roles and the group each is in."""

STRANGER = "stranger"
"""A login that nobody granted anything."""


def as_role(url: str, role: str) -> str:
    """The URL of another login at the same server."""
    return psycopg.conninfo.make_conninfo(url, user=role)


def install_without_superuser(server: LocalServer) -> str:
    """DomIQ's tables belong to tables_owner, and migrator installs the package."""
    database = server.create_database("domiq")
    load_domiq(database, owner="tables_owner")
    with psycopg.connect(database, autocommit=True) as connection:
        for statement in (
            "create role migrator login createrole",
            "grant tables_owner to migrator",
            # what 0001 asks a DBA for
            "grant create on database domiq to migrator",
            "grant create on schema public to migrator",
            "create role lead_sync_owner nologin",
            "grant tables_owner to lead_sync_owner",
            "grant lead_sync_owner to migrator",
        ):
            connection.execute(statement.encode())
    migrate(as_role(database, "migrator"))
    with psycopg.connect(database, autocommit=True) as connection:
        for login, group in GROUPS.items():
            connection.execute(f"create role {login} login".encode())
            connection.execute(f"grant {group} to {login}".encode())
        connection.execute(f"create role {STRANGER} login".encode())
    return database
