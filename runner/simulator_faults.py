"""Switches and faults of the simulated ResMan.

A *switch* is a standing answer to something that the public material on ResMan leaves open; a
*fault* is queued for the next calls that match it.
"""

import threading
from dataclasses import asdict, dataclass, fields
from typing import Any

CHOICES: dict[str, tuple[str, ...]] = {
    "duplicate_policy": ("allow", "error"),
    "own_writes_in_feed": ("yes", "no"),
    "omitted": ("keep", "clear"),
    "window_bounds": ("inclusive", "exclusive"),
    "bad_credentials": ("http401", "status_error"),
    "single_element": ("list", "object"),
    "namespace": ("none", "default", "prefixed"),
    "element_order": ("documented", "reversed"),
    "blanks": ("empty", "omit"),
    "event_dates": ("z", "naive", "offset"),
    "overload": ("none", "429", "502", "503", "timeout_before_commit", "timeout_after_commit"),
}

STATUS_FAULTS: dict[str, tuple[int, str]] = {
    "rate_limited": (429, "Too many requests"),
    "server_error": (500, "Internal server error"),
    "bad_gateway": (502, "Bad gateway"),
    "too_large": (502, "buffer overflow"),
    "unavailable": (503, "Service unavailable"),
    "gateway_timeout": (504, "Gateway timeout"),
    "http": (500, "Fault"),
}
GARBLED_FAULTS = ("truncated", "not_xml", "doctype", "oversize")
FAULTS: tuple[str, ...] = (
    *STATUS_FAULTS,
    "error",
    "reset_before_commit",
    "reset_after_commit",
    "timeout_before_commit",
    "timeout_after_commit",
    "late_commit",
    *GARBLED_FAULTS,
    "latency",
)
_OVERLOAD = {"429": "rate_limited", "502": "too_large", "503": "unavailable"}


@dataclass
class Switches:
    """Standing behaviour. Texts take the values of ``CHOICES``; numbers are not negative."""

    duplicate_policy: str = "allow"
    own_writes_in_feed: str = "yes"
    omitted: str = "keep"
    window_bounds: str = "inclusive"
    bad_credentials: str = "http401"
    normalise: str = ""
    """Comma list of ``phone``, ``name``, ``comment:N`` and ``event_comment:N``."""
    single_element: str = "list"
    namespace: str = "none"
    element_order: str = "documented"
    blanks: str = "empty"
    event_dates: str = "z"
    overload: str = "none"
    window_max_leads: int = 0
    """A search that finds more answers 502 "buffer overflow"; 0 is no limit."""
    window_max_s: int = 0
    """So does a modified window longer than this many seconds; 0 is no limit."""
    latency_ms: float = 0.0
    hold_s: float = 30.0
    """How long a timeout fault keeps its answer back, in seconds."""
    retry_after: float = 0.0
    """Retry-After of the 429 and 503 that `overload` makes, in seconds; 0 sends none."""

    def set(self, name: str, value: Any) -> None:
        """Set one switch from a text or a value. Raises ValueError, changing nothing."""
        known = {f.name: f.type for f in fields(self)}
        if name not in known:
            raise ValueError(f"unknown switch {name!r}; one of {', '.join(sorted(known))}")
        if name in CHOICES:
            value = (
                {True: "yes", False: "no"}.get(value, value)
                if value in (True, False)
                else value
            )
            if str(value) not in CHOICES[name]:
                raise ValueError(f"switch {name} is one of {', '.join(CHOICES[name])}")
            setattr(self, name, str(value))
        elif name == "normalise":
            parse_normalise(str(value))
            self.normalise = str(value)
        else:
            try:
                number = float(value)
                number = int(number) if known[name] is int else number
            except (TypeError, ValueError, OverflowError):
                raise ValueError(f"switch {name} is a number") from None
            if not 0 <= number < 1e9:
                raise ValueError(f"switch {name} is a number from 0")
            setattr(self, name, number)

    def update(self, values: dict[str, Any]) -> None:
        """Set several switches, all or none. Raises ValueError."""
        trial = Switches(**asdict(self))
        for name, value in values.items():
            trial.set(name, value)
        for name in values:
            setattr(self, name, getattr(trial, name))

    def as_dict(self) -> dict[str, Any]:
        """All switches, for JSON."""
        return asdict(self)


def parse_switch(text: str) -> tuple[str, str]:
    """Split and check ``name=value`` from a command line. Raises ValueError."""
    name, separator, value = text.partition("=")
    if not separator:
        raise ValueError(f"a switch is name=value, not {text!r}")
    Switches().set(name.strip(), value.strip())
    return name.strip(), value.strip()


def parse_normalise(text: str) -> dict[str, int]:
    """``phone,comment:40`` as ``{"phone": 0, "comment": 40}``. Raises ValueError."""
    result: dict[str, int] = {}
    for part in filter(None, (p.strip() for p in text.split(","))):
        name, _, number = part.partition(":")
        if name in ("phone", "name") and not number:
            result[name] = 0
        elif name in ("comment", "event_comment") and number.isdecimal():
            result[name] = int(number)
        else:
            raise ValueError(
                f"switch normalise takes phone, name, comment:N, event_comment:N, not {part!r}"
            )
    return result


@dataclass
class Fault:
    """One queued fault. ``count`` None means until cleared; ``skip`` lets calls pass first."""

    fault: str
    method: str | None = None
    property_id: str | None = None
    count: int | None = 1
    skip: int = 0
    status: int | None = None
    retry_after: float | None = None
    message: str | None = None
    hold_s: float | None = None
    ms: float = 0.0
    bytes: int = 20_000_000
    commit: bool = False

    @classmethod
    def make(cls, values: dict[str, Any]) -> "Fault":
        """Check a fault given from outside. Raises ValueError."""
        names = {f.name for f in fields(cls)}
        unknown = sorted(set(values) - names)
        if unknown:
            raise ValueError(
                f"unknown fault option {unknown[0]!r}; of {', '.join(sorted(names))}"
            )
        if values.get("fault") not in FAULTS:
            raise ValueError(f"unknown fault; one of {', '.join(FAULTS)}")
        for name in ("method", "property_id", "message"):
            if not isinstance(values.get(name), str | None):
                raise ValueError(f"{name} is a text")
        for name in ("count", "skip", "status", "bytes", "retry_after", "hold_s", "ms"):
            value = values.get(name)
            whole = name in ("count", "skip", "status", "bytes")
            if value is None and name in ("skip", "bytes", "ms") and name in values:
                raise ValueError(f"{name} is a number")
            if value is not None and (
                isinstance(value, bool)
                or not isinstance(value, int if whole else int | float)
                or value < 0
            ):
                raise ValueError(f"{name} is a {'whole ' if whole else ''}number from 0")
        if not 100 <= int(values.get("status") or 500) <= 599:
            raise ValueError("status is an HTTP status")
        return cls(**values)

    def matches(self, method: str, property_id: str) -> bool:
        """Whether this fault is meant for a call of that method and property."""
        return (self.method is None or self.method.lower() == method.lower()) and (
            self.property_id is None or self.property_id.lower() == property_id.lower()
        )


class FaultQueue:
    """Faults in the order in which they were queued. Safe to use from several threads."""

    def __init__(self, switches: Switches) -> None:
        self._switches = switches
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Queue a fault."""
        if fault.count == 0:
            return
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        """DropError all faults."""
        with self._lock:
            self._faults.clear()

    def as_list(self) -> list[dict[str, Any]]:
        """The faults that wait, for JSON."""
        with self._lock:
            return [asdict(fault) for fault in self._faults]

    def take(self, method: str, property_id: str) -> Fault | None:
        """The fault for this call, counted down; else what `overload` asks for; else None."""
        if self._faults:
            with self._lock:
                for fault in self._faults:
                    if not fault.matches(method, property_id):
                        continue
                    if fault.skip > 0:
                        fault.skip -= 1
                        continue
                    if fault.count is not None:
                        fault.count -= 1
                        if fault.count == 0:
                            self._faults.remove(fault)
                    return fault
        overload = self._switches.overload
        if overload == "none":
            return None
        wait = self._switches.retry_after or None
        return Fault(_OVERLOAD.get(overload, overload), count=None, retry_after=wait)
