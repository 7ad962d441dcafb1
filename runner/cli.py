"""The command `leadsync`: its groups, and how errors end it.

A command's module is imported when the command is called. Data goes to stdout, logs and
messages to stderr; the exit codes are those of design section 9.
"""

import importlib

import click

from runner import __version__
from runner.cli_options import CONTEXT, describe_failure

_COMMANDS = {
    "integration": ("cli_integration", "Switch properties on, pause them, try credentials."),
    "credentials": ("cli_credentials", "Make keys, set credentials, rotate keys."),
    "migrate": ("cli_database", "Install the package, or bring it up to date."),
    "rollback": ("cli_database", "Take the package out again."),
    "doctor": ("cli_doctor", "Look for what is wrong, and say what to do about it."),
    "run": ("cli_run", "Make the calls to ResMan that the database asks for."),
    "status": ("cli_status", "Show how each property stands and what waits."),
    "queue": ("cli_queue", "List, show, requeue and cancel items."),
    "conflicts": ("cli_conflicts", "List, show, resolve conflicts, restore what lost."),
    "undo": ("cli_undo", "Bring back what pulls have overwritten in DomIQ."),
    "policy": ("cli_policy", "Show, set and preview who wins when both sides changed."),
    "lead": ("cli_lead", "Show how a lead stands and came to; suppress or erase it."),
    "user": ("cli_lead", "Erase what is kept of a user."),
    "reconcile": ("cli_reconcile", "Compare all links of a property with ResMan."),
    "archive": ("cli_database", "Move what has ended into the archives."),
    "demo": ("cli_run", "See it all work on this machine."),
    "simulator": ("cli_simulator", "Run a ResMan to try things against."),
}

EPILOG = (
    "DATABASE_URL names the database as libpq does, RESMAN_BASE_URL another ResMan than "
    "ResMan's own, LEADSYNC_KEYS or LEADSYNC_KEYS_FILE the keys of the credentials. Every "
    "option may be given as LEADSYNC_NAME too. Exit codes: 0 done, 1 error, 2 usage or "
    "configuration, 3 database unreachable, 4 check failed or migrations missing, 5 unhealthy."
)


class _Main(click.Group):
    """Imports a command's module when it is called, and puts errors into words."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """All commands, in the order of a first day's work."""
        return list(_COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"runner.{_COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; every error leaves as one of click's, with its exit code."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception as error:
            raise describe_failure(error) from None


@click.group(cls=_Main, context_settings=CONTEXT, epilog=EPILOG)
@click.version_option(__version__, prog_name="leadsync")
def cli() -> None:
    """Keeps leads in DomIQ's database and in ResMan in step, both ways."""


def main() -> None:
    """Run the command line; ends the process."""
    cli.main(prog_name="leadsync")
