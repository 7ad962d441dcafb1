"""When what happens in the demo, in seconds after the runner has started."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import partial

from runner.demo_story import Lead, Office
from runner.simulator import Simulator

Step = tuple[float, str, Callable[[], object]]
"""Seconds after the start, what to say ('' for nothing), what to do."""

OUTAGE = (4.0, 7.5)
"""From when to when ResMan is away, in seconds after the start."""
_WAVES = ((0.2, range(7)), (4.2, range(7, 12)), (7.8, range(12, 18)))
_BETWEEN_S = 0.35


def make_steps(offices: list[Office], simulator: Simulator) -> list[Step]:
    """All of it, in order."""
    away, back = OUTAGE
    steps: list[Step] = [
        (away, "!! ResMan goes away: nothing answers any more", simulator.stop),
        (back, "!! ResMan is back", simulator.start),
        (1.0, "", offices[0].look_around),
    ]
    for start, numbers in _WAVES:
        count = len(numbers) * len(offices)
        steps.append((start, f"{count} people begin to chat", lambda: None))
        for position, number in enumerate(numbers):
            for office in offices:
                at = start + position * _BETWEEN_S
                steps.append((at, "", partial(office.arrive, number)))
    for office in offices:
        steps += _edits(office)
    return sorted(steps, key=lambda step: step[0])


def _edits(office: Office) -> list[Step]:
    """What becomes of the first leads of a property: `lead(n)` exists when its step comes."""

    def lead(number: int) -> Lead:
        return office.leads[number]

    day = office.day + timedelta(days=3)
    morning, noon = datetime.combine(day, time(10, 30)), datetime.combine(day, time(12))
    where = f" ({office.place.name})"
    steps: list[Step] = [
        (
            2.6,
            "a visitor books a tour" + where,
            lambda: office.edit(
                lead(2), is_book_tour=True, tour_type="in_person", tour_datetime=morning
            ),
        ),
        (
            3.0,
            "a lead is marked lost" + where,
            lambda: office.edit(lead(4), status="lost"),
        ),
        (
            3.2,
            "",
            lambda: office.edit(lead(3), pre_qualified=True, is_qualified=True),
        ),
        (
            3.8,
            "a visitor corrects name and phone while the push is under way" + where,
            lambda: office.edit_user(
                lead(6), last_name="Corrected", phone=office.place.manager_phone[:-2] + "77"
            ),
        ),
        (
            5.0,
            "a visitor comes back and starts a second chat" + where,
            lambda: office.come_back(
                lead(1),
                occupants_count=5,
                move_in_date=day,
                ai_intent_summary="Back again: is it still free?",
                status="contacted",
            ),
        ),
        (
            5.6,
            "a visitor books a tour while ResMan is away" + where,
            lambda: office.edit(
                lead(5), is_book_tour=True, tour_type="virtual", tour_datetime=noon
            ),
        ),
        (
            9.0,
            "a tour is moved" + where,
            lambda: office.edit(lead(2), tour_datetime=noon + timedelta(days=1)),
        ),
        (
            9.4,
            "a lost lead is active again" + where,
            lambda: office.edit(lead(4), status="contacted"),
        ),
        (
            9.8,
            "",
            lambda: office.edit(lead(8), status="lost"),
        ),
    ]
    for number in range(8):
        at = 8.4 + number * 0.1  # one chat, many edits
        summary = f"Visitor 10 thinks again, {number + 1} of 8."
        steps.append((at, "", partial(_think_again, office, summary, 2 + number % 3)))
    return steps


def _think_again(office: Office, summary: str, occupants: int) -> None:
    office.edit(office.leads[9], ai_intent_summary=summary, occupants_count=occupants)
