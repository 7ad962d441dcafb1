"""The clock that deadlines are checked on."""

import time

_BOOT = getattr(time, "CLOCK_BOOTTIME", None)


def boottime() -> float:
    """Seconds on a clock that never steps and counts the time the machine was suspended.

    Where the system has none, the monotonic clock, which may stand still in a suspend.
    """
    return time.monotonic() if _BOOT is None else time.clock_gettime(_BOOT)
