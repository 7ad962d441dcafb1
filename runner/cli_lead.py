"""`leadsync lead` and `leadsync user`: single leads, their history, and who is not synced."""

from typing import Any
from uuid import UUID

import click

from runner import calls_leads
from runner.calls_service import lead_status
from runner.cli_options import Group, json_option, option, with_settings
from runner.cli_output import print_document, print_json, print_rows
from runner.db import session
from runner.settings import Settings

_CHANGES = (
    "at",
    "field",
    "kind",
    "changed_in",
    "domiq_from",
    "domiq_to",
    "resman_from",
    "resman_to",
    "policy",
)
_CONFLICTS = ("at", "field", "type", "status", "policy", "winner", "kept", "resolved_by")
_ATTEMPTS = ("at", "operation", "type", "status", "attempt", "error_code", "pushed")

_conversation = click.argument("conversation_id", type=click.UUID)
_yes = option("--yes", is_flag=True, help="Yes, erase it; it cannot be brought back.")


@click.group(cls=Group)
def lead() -> None:
    """Single leads: how they stand, their history, and keeping them from being synced."""


@lead.command()
@_conversation
@option("--history/--no-history", default=True, help="With the history; it shows values.")
@json_option
@with_settings()
def show(settings: Settings, conversation_id: UUID, history: bool, as_json: bool) -> None:
    """Show how a conversation stands, why it does not move, and its history.

    The history says who changed each field when, from what to what, and which policy or
    person decided: it prints values of the person.
    """
    with session(settings) as connection:
        found = lead_status(connection, conversation_id)
        told = calls_leads.lead_history(connection, conversation_id) if history else {}
    if as_json:
        print_json({**found, **({"history": told} if history else {})})
        return
    print_document(found, False)
    for name, columns in (
        ("changes", _CHANGES),
        ("conflicts", _CONFLICTS),
        ("attempts", _ATTEMPTS),
    ):
        if told.get(name):
            click.echo(f"\n{name}:")
            print_rows(told[name], columns, False)


@lead.command()
@_conversation
@option("--reason", required=True, metavar="TEXT", help="Why; without personal data.")
@json_option
@with_settings()
def suppress(settings: Settings, conversation_id: UUID, reason: str, as_json: bool) -> None:
    """Keep a person at a property from being pushed, pulled or made again."""
    with session(settings) as connection:
        calls_leads.suppress_lead(connection, conversation_id, reason)
    _done({"conversation_id": conversation_id, "suppressed": True}, "suppressed", as_json)


@lead.command()
@_conversation
@json_option
@with_settings()
def lift(settings: Settings, conversation_id: UUID, as_json: bool) -> None:
    """Let a lead sync again that `suppress` had stopped; a push is queued."""
    with session(settings) as connection:
        item_id = calls_leads.lift_suppression(connection, conversation_id)
    text = "lifted; a push is queued" if item_id else "lifted; it is no lead to push"
    _done({"conversation_id": conversation_id, "item_id": item_id}, text, as_json)


@lead.command()
@_conversation
@_yes
@json_option
@with_settings()
def erase(settings: Settings, conversation_id: UUID, yes: bool, as_json: bool) -> None:
    """Erase what the package keeps of a person at a property, archives included.

    DomIQ's own rows and ResMan's lead stay. The person does not come back with the next pull.
    """
    _sure(yes)
    with session(settings) as connection:
        erased = calls_leads.erase_lead(connection, conversation_id)
    print_document(erased, as_json)


@click.group(cls=Group)
def user() -> None:
    """Single users of DomIQ's."""


@user.command("erase")
@click.argument("user_id", type=click.UUID)
@_yes
@json_option
@with_settings()
def erase_user(settings: Settings, user_id: UUID, yes: bool, as_json: bool) -> None:
    """Erase what the package keeps of a user at every property, as `lead erase`."""
    _sure(yes)
    # one user is one transaction: all of it, or nothing
    with session(settings) as connection:
        erased = calls_leads.erase_user(connection, user_id)
    print_document(erased, as_json)


def _sure(yes: bool) -> None:
    if not yes:
        raise click.UsageError(
            "this removes the link, the log's values, the conflicts and the items for good: "
            "say --yes to do it"
        )


def _done(value: dict[str, Any], text: str, as_json: bool) -> None:
    if as_json:
        print_json(value)
    else:
        click.echo(text)
