"""`leadsync credentials`: keys, and the credentials sealed with them."""

import sys
from typing import Any
from uuid import UUID

import click

from runner.caller import open_keyring
from runner.calls import Json
from runner.calls_service import configure_integration, set_property_setting
from runner.cli_options import Failure, Group, json_option, option, with_settings
from runner.cli_output import print_json
from runner.cli_reseal import print_report, progress
from runner.db import session
from runner.envelope import Credentials, EnvelopeError, generate_key, partner_mark
from runner.reseal import change_api_key
from runner.reseal import rotate as reseal_all
from runner.settings import Settings, SettingsError, read_secret


@click.group(cls=Group)
def credentials() -> None:
    """Keys, and the credentials for ResMan that are sealed with them."""


@credentials.command()
@option("--kid", metavar="NAME", help="The key's name; made up otherwise.")
@json_option
def keygen(kid: str | None, as_json: bool) -> None:
    """Print a new key as kid:base64, for LEADSYNC_KEYS or LEADSYNC_KEYS_FILE."""
    try:
        key = generate_key(kid)
    except EnvelopeError as error:
        raise click.UsageError(str(error)) from None
    if as_json:
        print_json({"key": key})
    else:
        click.echo(key)


api_key_option = option(
    "--api-key-file",
    required=True,
    metavar="FILE|-",
    help="File that holds the API key; - reads stdin.",
)
dry_run_option = option(
    "--dry-run", is_flag=True, help="Say what would be done and change nothing."
)


def credential_options(function: Any) -> Any:
    """The options that credentials are given by; the API key by file only."""
    for decorate in (
        api_key_option,
        option("--partner-id", required=True, metavar="P", help="IntegrationPartnerID."),
        option(
            "--account-id",
            required=True,
            type=click.IntRange(min=1),
            metavar="N",
            help="AccountID.",
        ),
    ):
        function = decorate(function)
    return function


def seal(
    settings: Settings, property_id: UUID, account_id: int, partner_id: str, api_key_file: str
) -> "Json":
    """The envelope for a property; raises SettingsError, click.UsageError."""
    keyring = open_keyring(settings)
    try:
        clear = Credentials(partner_id.strip(), read_api_key(api_key_file), str(account_id))
        return keyring.seal(property_id, clear)
    except EnvelopeError as error:
        raise Failure(str(error), 2) from None


def read_api_key(source: str) -> str:
    """One line from a file, from stdin, or typed unseen where stdin is a terminal."""
    if source != "-":
        text = read_secret(source, "--api-key-file")
    elif sys.stdin.isatty():
        text = str(click.prompt("API key", hide_input=True, err=True)).strip()
    else:
        text = sys.stdin.read().strip()
    if not text:
        raise SettingsError("no API key was given on stdin")
    if len(text.split()) != 1:
        raise SettingsError(
            "the API key must be one word: the input of --api-key-file has more"
        )
    return text


@credentials.command("set")
@click.argument("property_id", type=click.UUID, required=False)
@option(
    "--partner",
    metavar="P",
    help="Instead of PROPERTY_ID: every property with this IntegrationPartnerID gets the new "
    "API key and keeps its account; with --account-id, those of that account.",
)
@option("--partner-id", metavar="P", help="IntegrationPartnerID, with PROPERTY_ID.")
@option("--account-id", type=click.IntRange(min=1), metavar="N", help="AccountID.")
@api_key_option
@dry_run_option
@json_option
@with_settings("keys_file")
def set_(
    settings: Settings,
    *,
    property_id: UUID | None,
    partner: str | None,
    partner_id: str | None,
    account_id: int | None,
    api_key_file: str,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Replace the credentials of a property, or the API key of all properties of a partner."""
    if (property_id is None) == (partner is None):
        raise click.UsageError("give either PROPERTY_ID or --partner")
    if partner is not None:
        if partner_id is not None:
            raise click.UsageError("--partner-id goes with PROPERTY_ID")
        account = None if account_id is None else str(account_id)
        keyring, api_key = open_keyring(settings), read_api_key(api_key_file)
        with session(settings) as connection:
            report = change_api_key(
                connection,
                keyring,
                progress("Setting"),
                partner_id=partner.strip(),
                api_key=api_key,
                account_id=account,
                dry_run=dry_run,
            )
        if not (report.done or report.moved or report.failed):
            raise Failure("no property has credentials of that partner")
        print_report(report, keyring, as_json)
        return
    if property_id is None or partner_id is None or account_id is None:
        raise click.UsageError("PROPERTY_ID wants --partner-id and --account-id as well")
    if dry_run:
        raise click.UsageError("--dry-run goes with --partner")
    envelope = seal(settings, property_id, account_id, partner_id, api_key_file)
    with session(settings) as connection:
        integration_id = configure_integration(
            connection,
            property_id,
            api_credentials=envelope,
            resman_property_id=None,
            sync_direction=None,
            sync_frequency=None,
            webhook_url=None,
        )
        set_property_setting(connection, property_id, "partner", partner_mark(partner_id))
    if as_json:
        print_json(
            {
                "integration_id": integration_id,
                "property_id": property_id,
                "kid": envelope["kid"],
            }
        )
    else:
        click.echo(str(integration_id))


@credentials.command()
@dry_run_option
@json_option
@with_settings("keys_file")
def rotate(settings: Settings, dry_run: bool, as_json: bool) -> None:
    """Seal all credentials with the first key. Runners that know both keys go on meanwhile."""
    keyring = open_keyring(settings)
    with session(settings) as connection:
        report = reseal_all(connection, keyring, progress("Sealing"), dry_run=dry_run)
    print_report(report, keyring, as_json)
