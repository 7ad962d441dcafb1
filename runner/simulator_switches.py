"""Switches of the simulated ResMan: standing answers to what the public material leaves open.

``simulator_about`` says what each does and what is known about it. The command line, the
control endpoint, the page and the documentation are made from both.
"""

from dataclasses import Field, asdict, dataclass, field, fields
from typing import Any

from runner.simulator_values import (
    LARGEST,
    parse_normalise,
    parse_zone,
    read_choice,
    read_number,
)

_YES_NO = ("yes", "no")


def _choice(*choices: str) -> Any:
    """A switch between texts; the first is the default."""
    return field(default=choices[0], metadata={"choices": choices})


def _number(default: float, least: float = 0) -> Any:
    """A switch that is a number; whole if its default is."""
    return field(default=default, metadata={"least": least})


def _text(default: str, form: str) -> Any:
    """A switch that is a text with a form of its own."""
    return field(default=default, metadata={"form": form})


@dataclass
class Switches:
    """Standing behaviour. Set it by ``set`` or ``update``, which check."""

    # what a save does
    duplicate_policy: str = _choice("allow", "error")
    omitted: str = _choice("keep", "clear")
    normalise: str = _text("", "phone,name,comment:N,event_comment:N")
    own_writes_in_feed: str = _choice(*_YES_NO)
    merge_retires: str = _choice("gone", "lost")
    lead_limit: int = _number(100_000)

    # what a search answers
    window_bounds: str = _choice("inclusive", "exclusive")
    window_zone: str = _text("+00:00", "+HH:MM")
    window_max_leads: int = _number(0)
    window_max_s: int = _number(0)
    empty_result: str = _choice("empty", "missing")
    modified_in_payload: str = _choice("no", "yes")

    # the form of answers
    single_element: str = _choice("list", "object")
    blanks: str = _choice("empty", "omit")
    event_dates: str = _choice("z", "naive", "offset")
    event_ids: str = _choice(*_YES_NO)
    element_order: str = _choice("documented", "reversed")
    namespace: str = _choice("none", "default", "prefixed")

    # access
    bad_credentials: str = _choice("http401", "status_error")
    parameter_case: str = _choice("any", "exact")
    v2: str = _choice("on", "off", "not_entitled")

    # load
    overload: str = _choice(
        "none",
        "429",
        "502",
        "502_gateway",
        "503",
        "504",
        "timeout_before_commit",
        "timeout_after_commit",
    )
    rate_limit: float = _number(0.0)
    retry_after: float = _number(0.0)
    retry_after_form: str = _choice("seconds", "date")
    latency_ms: float = _number(0.0)
    hold_s: float = _number(30.0)

    # time
    clock_stopped: str = _choice("no", "yes")
    clock_offset_s: float = _number(0.0, -LARGEST)

    def set(self, name: str, value: Any) -> None:
        """Set one switch from a text or a value. Raises ValueError, changing nothing."""
        known = BY_NAME.get(name)
        if known is None:
            raise ValueError(f"unknown switch {name!r}; one of {', '.join(sorted(BY_NAME))}")
        if "choices" in known.metadata:
            setattr(self, name, read_choice(known, value))
        elif "least" in known.metadata:
            setattr(self, name, read_number(known, value))
        else:
            _TEXTS[name](str(value))
            setattr(self, name, str(value))

    def update(self, values: dict[str, Any]) -> None:
        """Set several switches, all or none. Raises ValueError."""
        trial = Switches(**asdict(self))
        for name, value in values.items():
            trial.set(name, value)
        for name in values:
            setattr(self, name, getattr(trial, name))

    def as_dict(self) -> dict[str, Any]:
        """All switches, for JSON."""
        return dict(vars(self))


_TEXTS = {"normalise": parse_normalise, "window_zone": parse_zone}
BY_NAME: dict[str, Field[Any]] = {f.name: f for f in fields(Switches)}
CHOICES: dict[str, tuple[str, ...]] = {
    name: each.metadata["choices"]
    for name, each in BY_NAME.items()
    if "choices" in each.metadata
}


def describe_values(name: str) -> str:
    """Which values a switch takes, in a word."""
    known = BY_NAME[name]
    if name in CHOICES:
        return " | ".join(CHOICES[name])
    if "form" in known.metadata:
        return str(known.metadata["form"])
    return "whole number" if isinstance(known.default, int) else "number"


def parse_switch(text: str) -> tuple[str, str]:
    """Split and check ``name=value`` from a command line. Raises ValueError."""
    name, separator, value = text.partition("=")
    if not separator:
        raise ValueError(f"a switch is name=value, not {text!r}")
    Switches().set(name.strip(), value.strip())
    return name.strip(), value.strip()
