"""The simulated ResMan's clock: the machine's, moved or stopped by switches."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from runner.simulator_switches import Switches

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


class SimulatedClock:
    """Another clock, ahead by ``clock_offset_s``; it stands from the first look at it."""

    def __init__(self, switches: Switches, base: Clock = system_clock) -> None:
        self._switches = switches
        self._base = base
        self._stopped: datetime | None = None

    def __call__(self) -> datetime:
        """This ResMan's time."""
        return self._now() + timedelta(seconds=self._switches.clock_offset_s)

    def _now(self) -> datetime:
        if self._switches.clock_stopped == "no":
            self._stopped = None
            return self._base()
        self._stopped = self._stopped or self._base()
        return self._stopped

    def step(self, seconds: float) -> None:
        """Move the clock on, or back. Raises ValueError."""
        self._switches.set("clock_offset_s", self._switches.clock_offset_s + seconds)

    def move(self, at: datetime) -> None:
        """Set the clock to a time. Raises ValueError."""
        offset = (at - self._now()).total_seconds()
        self._switches.set("clock_offset_s", offset)
