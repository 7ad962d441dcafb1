"""What the commands share: options with their variables, settings, and errors in words."""

import functools
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import click
import psycopg

from runner import log
from runner.db import EXIT_ERROR, EXIT_USAGE, CommandError, translate
from runner.settings import LOG_FORMATS, LOG_LEVELS, Settings, SettingsError, variables

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 96}

F = TypeVar("F", bound=Callable[..., Any])

_HELP = {
    "database_url": ("URL", "DomIQ's database, in libpq's form; no password here."),
    "database_url_file": ("FILE", "File that holds that URL, with its password."),
    "listen_url": (
        "URL",
        "A direct connection for LISTEN, where the database is behind PgBouncer.",
    ),
    "listen_url_file": ("FILE", "File that holds that URL, with its password."),
    "health_file": ("FILE", "File to touch as long as the runner turns, for health checks."),
    "resman_base_url": ("URL", "Another ResMan than ResMan's own."),
    "keys_file": ("FILE", "File with the keys of the credentials."),
    "log_level": ("|".join(LOG_LEVELS), "How much to log on stderr."),
    "log_format": ("|".join(LOG_FORMATS), "How to log."),
    "slots": ("N", "Calls to ResMan at the same time."),
    "batch": ("N", "Items claimed, or answers handed over, at once at most."),
    "lease": ("S", "Seconds after which an item of a runner that died is taken up by another."),
    "grace": ("S", "Seconds that calls in flight may take to finish on SIGTERM."),
    "connect_timeout": ("S", "Seconds that connecting to the database may take."),
}


class Failure(click.ClickException):
    """An error that ends the command, in words, with its exit code."""

    def __init__(self, message: str, exit_code: int = 1, *more: str) -> None:
        super().__init__("\n".join([message, *(each for each in more if each)]))
        self.exit_code = exit_code  # type: ignore[misc]  # click's own way to set it


class Command(click.Command):
    """A command that never repeats what it did not understand: it might be a secret."""

    allow_extra_args = True

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse, and refuse what is left over by its number."""
        rest = super().parse_args(ctx, args)
        if rest and not ctx.resilient_parsing:
            ctx.fail(f"Got {len(rest)} unexpected extra argument(s).")
        return rest


class Group(click.Group):
    """A group of such commands."""

    command_class = Command


def option(*names: str, **more: Any) -> Callable[[F], F]:
    """A click option that may be given as its variable LEADSYNC_<NAME> too."""
    longest = max(names, key=len).partition("/")[0].lstrip("-").replace("-", "_")
    more.setdefault("envvar", variables(longest))
    return click.option(*names, **more)


def _remember(ctx: click.Context, param: click.Parameter, value: object) -> None:
    if value is not None and param.name:
        ctx.ensure_object(dict)[param.name] = value


def with_settings(*names: str) -> Callable[[F], F]:
    """Give a command the options of these settings, and `settings` as its first argument.

    Logging is set up before the command runs. `database_url` and the options of logging are
    added to all.
    """

    def decorate(function: F) -> F:
        @click.pass_context
        @functools.wraps(function)
        def wrapper(ctx: click.Context, *args: Any, **kwargs: Any) -> Any:
            settings = Settings.load(given=ctx.obj)
            log.configure(settings.log_level, settings.log_format)
            return function(settings, *args, **kwargs)

        decorated: Any = wrapper
        for name in reversed(
            (
                "database_url",
                "database_url_file",
                *names,
                "connect_timeout",
                "log_level",
                "log_format",
            )
        ):
            metavar, text = _HELP[name]
            decorated = click.option(
                "--" + name.replace("_", "-"),
                name,
                metavar=metavar,
                expose_value=False,
                callback=_remember,
                help=f"{text} [{variables(name)[-1]}]",
            )(decorated)
        result: F = decorated
        return result

    return decorate


def json_option(function: F) -> F:
    """`--json`, passed as `as_json`."""
    return option(
        "--json", "as_json", is_flag=True, envvar="LEADSYNC_JSON", help="Print JSON."
    )(function)


def page_options(statuses: Sequence[str], one: str) -> Callable[[F], F]:
    """What chooses a page of a list: property_id, status, limit and after, and `--json`.

    `one`: what a row is, in a word.
    """

    def decorate(function: F) -> F:
        for each in (
            json_option,
            option(
                "--after",
                type=click.UUID,
                metavar=f"{one.upper()}_ID",
                help=f"The page after this {one}.",
            ),
            option(
                "--limit",
                type=click.IntRange(1, 10000),
                default=100,
                metavar="N",
                help="At most; 100.",
            ),
            option("--status", type=click.Choice(statuses), help="In this state only."),
            option(
                "--property",
                "property_id",
                type=click.UUID,
                metavar="ID",
                help="Of this property only.",
            ),
        ):
            function = each(function)
        return function

    return decorate


class Assignment(click.ParamType):  # type: ignore[type-arg]  # as Moment
    """NAME=VALUE; a value that is JSON is taken as such, any other as a text, none as null."""

    name = "NAME=VALUE"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, object]:
        """The name, and the value."""
        name, equals, text = str(value).partition("=")
        if not equals:
            self.fail(f"{value!r} is no NAME=VALUE", param, ctx)
        try:
            return name, json.loads(text or "null")
        except ValueError:
            return name, text


class Moment(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.5 on
    """A point in time: ISO 8601, a date alone is its midnight; UTC unless it says otherwise."""

    name = "time"

    def __init__(self, *words: str) -> None:
        self.words = words

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:
        """Turn text into a datetime with a zone, or one of the words."""
        if isinstance(value, datetime) or value in self.words:
            return value
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            words = "".join(f", or {word}" for word in self.words)
            self.fail(
                f"wants a time such as 2026-01-31 or 2026-01-31T12:00:00Z{words}", param, ctx
            )
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def describe_failure(error: Exception) -> Failure:
    """Put any exception of a command into words; what it holds of values is left out."""
    if isinstance(error, SettingsError):
        return Failure(str(error), EXIT_USAGE)

    if isinstance(error, psycopg.Error):
        error = translate(error, "")
    if isinstance(error, CommandError):
        code = f" ({error.sqlstate})" if error.sqlstate.startswith("LS") else ""
        return Failure(error.message + code, error.exit_code, error.detail, error.hint)
    if isinstance(error, OSError):
        return Failure(error.strerror or type(error).__name__, EXIT_ERROR)
    known = log.describe(error)
    return Failure(f"internal error: {known['error']}", EXIT_ERROR, f"at {known.get('at')}")
