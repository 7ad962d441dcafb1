"""Reads the values of the simulated ResMan's switches from texts and JSON."""

import re
from dataclasses import Field
from typing import Any

LARGEST = 1e9
_ZONE = re.compile(r"[+-](?:0\d|1[0-4]):[0-5]\d", re.ASCII)


def read_choice(known: Field[Any], value: Any) -> str:
    """One of a switch's values; true and false are yes and no. Raises ValueError."""
    if isinstance(value, bool):
        value = "yes" if value else "no"
    if str(value) not in known.metadata["choices"]:
        wanted = ", ".join(known.metadata["choices"])
        raise ValueError(f"switch {known.name} is one of {wanted}")
    return str(value)


def read_number(known: Field[Any], value: Any) -> float:
    """A switch's number. Raises ValueError."""
    whole = isinstance(known.default, int)
    try:
        number = float("nan" if isinstance(value, bool) else value)
    except (TypeError, ValueError, OverflowError):
        number = float("nan")
    least = known.metadata["least"]
    if not least <= number < LARGEST or (whole and number != int(number)):
        kind = "a whole number" if whole else "a number"
        limit = "" if least < 0 else " from 0"
        raise ValueError(f"switch {known.name} is {kind}{limit}")
    return int(number) if whole else number


def parse_normalise(text: str) -> dict[str, int]:
    """``phone,comment:40`` as ``{"phone": 0, "comment": 40}``. Raises ValueError."""
    result: dict[str, int] = {}
    for part in filter(None, (p.strip() for p in text.split(","))):
        name, _, number = part.partition(":")
        if name in ("phone", "name") and not number:
            result[name] = 0
        elif name in ("comment", "event_comment") and number.isdecimal() and len(number) < 9:
            result[name] = int(number)
        else:
            raise ValueError(
                f"switch normalise takes phone, name, comment:N, event_comment:N, not {part!r}"
            )
    return result


def parse_zone(text: str) -> str:
    """``-05:00``. Raises ValueError."""
    if not _ZONE.fullmatch(text):
        raise ValueError("switch window_zone is an offset such as -05:00")
    return text
