"""Faults of the simulated ResMan, queued for the next calls that match them; overload."""

import threading
import time
from dataclasses import asdict, dataclass, fields
from typing import Any

from runner.simulator_switches import Switches

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
MAX_FAULTS = 1_000
_LARGEST = {"bytes": 100_000_000}
_OVERLOAD = {
    "429": "rate_limited",
    "502": "too_large",
    "502_gateway": "bad_gateway",
    "503": "unavailable",
    "504": "gateway_timeout",
}


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
                or not 0 <= value <= _LARGEST.get(name, 1e9)
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
        self._allowance: dict[str, tuple[float, float]] = {}

    def add(self, fault: Fault) -> None:
        """Queue a fault. Raises ValueError when too many wait."""
        if fault.count == 0:
            return
        with self._lock:
            if len(self._faults) >= MAX_FAULTS:
                raise ValueError(f"{MAX_FAULTS} faults wait already")
            self._faults.append(fault)

    def clear(self) -> None:
        """Drop all faults."""
        with self._lock:
            self._faults.clear()

    def as_list(self) -> list[dict[str, Any]]:
        """The faults that wait, for JSON."""
        with self._lock:
            return [asdict(fault) for fault in self._faults]

    def take(self, method: str, property_id: str, account_id: str) -> Fault | None:
        """The fault for this call, counted down; else what overload makes of it; else None."""
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
        switches = self._switches
        overload = switches.overload
        if switches.rate_limit:
            if self._is_allowed(account_id, switches.rate_limit):
                return None
            overload = "429" if overload == "none" else overload
        if overload == "none":
            return None
        wait = switches.retry_after or None
        return Fault(_OVERLOAD.get(overload, overload), count=None, retry_after=wait)

    def _is_allowed(self, account_id: str, rate: float) -> bool:
        """Whether an account may make one more call; a second's worth is saved up at most."""
        now = time.monotonic()
        with self._lock:
            if len(self._allowance) > 1_000:  # names sent by anybody
                self._allowance.clear()
            left, at = self._allowance.get(account_id, (max(rate, 1.0), now))
            left = min(left + (now - at) * rate, max(rate, 1.0))
            self._allowance[account_id] = (left - (left >= 1), now)
        return left >= 1
