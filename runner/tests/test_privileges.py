"""The privilege matrix: who may call and read what, found out by logging in as each role."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import errors

from runner.postgres import LocalServer
from runner.simulator import Simulator
from runner.tests.daemon_support import Office
from runner.tests.roles_support import GROUPS, STRANGER, as_role, install_without_superuser

# What may be called. All else that the package has, and all of it by anybody else, is refused.
FUNCTIONS = {
    "daemon": """
        lead_sync.apply_pulled
        lead_sync.advance_item            lead_sync.next_wakeup
        lead_sync.next_due_item
        lead_sync.advance_items           lead_sync.release_items
        lead_sync.claim_items             lead_sync.rescue_expired_leases
        lead_sync.end_sleep               lead_sync.run_maintenance
        lead_sync.extend_leases           lead_sync.run_schedule
        lead_sync.get_connection          lead_sync.take_place
        lead_sync.try_sleep
    """,
    "service": """
        lead_sync.cancel_item             lead_sync.list_items
        lead_sync.configure_integration   lead_sync.pause_property
        lead_sync.count_eligible          lead_sync.requeue_failed
        lead_sync.enqueue_backfill        lead_sync.requeue_item
        lead_sync.enqueue_sync            lead_sync.resume_property
        lead_sync.lead_status             lead_sync.set_property_setting
        lead_sync.list_integrations       lead_sync.list_credentials
        lead_sync.preview_integration
        lead_sync.replace_credentials
        lead_sync.check_installation      lead_sync.check_server

        lead_sync.enqueue_pull            lead_sync.receive_lead
        lead_sync.merge_leads             lead_sync.lead_history
        lead_sync.suppress_lead           lead_sync.lift_suppression
        lead_sync.erase_lead              lead_sync.erase_user
        lead_sync.run_reconciliation      lead_sync.reconciliation_report

        lead_sync.resolve_conflict        lead_sync.restore_value
        lead_sync.explain_conflict        lead_sync.list_conflicts
        lead_sync.set_field_policy        lead_sync.list_field_policies
        lead_sync.preview_field_policy    lead_sync.undo_pulls

        lead_sync.archive_old_sync_logs        public.archive_old_sync_logs
        lead_sync.archive_resolved_conflicts   public.archive_resolved_conflicts
        lead_sync.cleanup_old_queue_items      public.cleanup_old_queue_items
        lead_sync.purge_archive
    """,
}

# What may be read. Nothing may be written.
RELATIONS = {
    "monitor": """
        lead_sync.dead_letters            public.property_sync_status
        lead_sync.open_conflicts          public.queue_performance_metrics
        lead_sync.queue_backlog           public.sync_health_monitoring
        lead_sync.drift                   lead_sync.table_health
        lead_sync.metrics
        public.conflict_resolution_stats  public.sync_success_rates
    """,
}

LOGINS = [*GROUPS, STRANGER]
DOMIQ = [login for login, group in GROUPS.items() if group.startswith("app_")]

ROUTINES = """
select format('%s.%s', p.pronamespace::regnamespace, p.proname) as name,
  format('select %s.%I(%s)', p.pronamespace::regnamespace, p.proname,
    (select string_agg(format('null::%s', format_type(t, null)), ', ' order by n)
     from unnest(p.proargtypes::oid[]) with ordinality as a (t, n))) as call
from pg_proc p
where p.pronamespace in ('lead_sync'::regnamespace, 'lead_sync_private'::regnamespace)
   or p.pronamespace = 'public'::regnamespace and p.proowner = 'lead_sync_owner'::regrole
order by 1
"""

TABLES = """
select format('%s.%I', c.relnamespace::regnamespace, c.relname) as name, c.relkind::text,
  (select quote_ident(a.attname) from pg_attribute a
   where a.attrelid = c.oid and a.attnum = 1) as first_column
from pg_class c
where c.relowner = 'lead_sync_owner'::regrole and c.relkind in ('r', 'p', 'v', 'm')
order by 1
"""

OPEN_ALL = (
    "grant all on all tables in schema public to app_admin, app_property_manager, app_readonly"
)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    # a server of its own: roles are cluster-wide
    with LocalServer() as server:
        yield install_without_superuser(server)


@pytest.fixture(scope="module")
def opened(url: str) -> Iterator[str]:
    """The same, with rows in it, after DomIQ granted its roles everything in public."""
    with Simulator() as simulator:
        office = Office(url, simulator)
        office.given_lead(1)
        office.drain()
        office.given_lead(2)
        office.connection.execute(OPEN_ALL)
        yield url
        for group in ("app_admin", "app_property_manager", "app_readonly"):
            for name, _, _ in of_ours(url, TABLES):
                if name.startswith("public."):
                    office.connection.execute(f"revoke all on {name} from {group}".encode())
        office.close()


def of_ours(url: str, query: str) -> list[tuple[str, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(query.encode()).fetchall()


def said(connection: psycopg.Connection[object], statement: str) -> psycopg.Error | None:
    """Run a statement and undo it; the error it met."""
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(statement.encode())
    except psycopg.Error as error:
        return error
    return None


@pytest.mark.parametrize("login", LOGINS)
def test_who_may_call_what(url: str, login: str) -> None:
    routines = of_ours(url, ROUTINES)
    assert len(routines) > 100
    allowed, refused_inside = set(), []
    with psycopg.connect(as_role(url, login), autocommit=True) as connection:
        for name, call in routines:
            error = said(connection, call)
            if not isinstance(error, errors.InsufficientPrivilege):
                allowed.add(name)
                # an error of ours, or none: what it does inside is within its rights
                if error is not None and not (error.sqlstate or "").startswith("LS"):
                    refused_inside.append((name, str(error)))
    assert allowed == set(FUNCTIONS.get(login, "").split())
    assert refused_inside == []


@pytest.mark.parametrize("login", LOGINS)
def test_who_may_read_and_write_what(url: str, login: str) -> None:
    readable, writable = set(), []
    with psycopg.connect(as_role(url, login), autocommit=True) as connection:
        for name, kind, column in of_ours(url, TABLES):
            if said(connection, f"select * from {name}") is None:
                readable.add(name)
            for statement in writes(name, kind, column):
                if said(connection, statement) is None:
                    writable.append(statement)
    assert readable == set(RELATIONS.get(login, "").split())
    assert writable == []


def writes(name: str, kind: str, column: str) -> list[str]:
    statements = [
        f"insert into {name} default values",
        f"update {name} set {column} = null where false",
        f"delete from {name} where false",
    ]
    return statements if kind == "v" else [*statements, f"truncate {name} cascade"]


@pytest.mark.parametrize("login", DOMIQ)
def test_a_grant_on_all_tables_opens_nothing(opened: str, login: str) -> None:
    relations = [each for each in of_ours(opened, TABLES) if each[0].startswith("public.")]
    filled = [
        name
        for name, _, _ in relations
        if of_ours(opened, f"select from {name} having count(*) > 0")
    ]
    assert {
        "public.lead_sync_queue",
        "public.lead_sync_log",
        "public.lead_sync_mapping",
        "public.resman_integration",
        "public.property_sync_status",
    } <= set(filled)
    seen, written = [], []
    with psycopg.connect(as_role(opened, login), autocommit=True) as connection:
        for name, kind, column in relations:
            assert said(connection, f"select * from {name}") is None, "the grant has no effect"
            if connection.execute(f"select from {name}".encode()).fetchall():
                seen.append(name)
            if kind == "v":
                changes = [f"delete from {name}"]
            else:
                changes = [f"insert into {name} default values", f"truncate {name} cascade"]
                for change in (f"update {name} set {column} = {column}", f"delete from {name}"):
                    with connection.transaction(force_rollback=True):
                        if connection.execute(change.encode()).rowcount:
                            written.append(change)
            for change in changes:
                error = said(connection, change)
                if not isinstance(
                    error,
                    errors.InsufficientPrivilege
                    | errors.FeatureNotSupported
                    | errors.ObjectNotInPrerequisiteState,
                ):
                    written.append(f"{change}: {error}")
    assert (seen, written) == ([], [])


def test_the_functions_stay_closed_after_a_grant_on_all_tables(opened: str) -> None:
    for login in DOMIQ:
        with psycopg.connect(as_role(opened, login), autocommit=True) as connection:
            for name, call in of_ours(opened, ROUTINES):
                error = said(connection, call)
                assert isinstance(error, errors.InsufficientPrivilege), (login, name, error)
