"""Sequences that once broke a law, or that a break of the code must not survive, step by step.

An example that fails prints its steps as calls of the machine's rules: they are copied here as
they are, less those that do not matter. So they outlive seeds, strategies and Hypothesis.
"""

from collections.abc import Callable
from datetime import date, timedelta

from runner.tests.convergence.machine import Convergence
from runner.tests.convergence.world import Switches

DAY = date(2027, 1, 2)
SEQUENCES: dict[str, Callable[[Convergence], None]] = {}


def sequence(steps: Callable[[Convergence], None]) -> Callable[[Convergence], None]:
    """Take a sequence up in the list, under its name."""
    SEQUENCES[steps.__name__] = steps
    return steps


@sequence
def a_push_after_the_clock_has_stepped_back(state: Convergence) -> None:
    one = state.begin(Switches(), None, DAY)
    state.step_clock(step=timedelta(minutes=61))
    state.run(fault="", limit=1)
    state.step_clock(step=timedelta(minutes=0))
    state.edit_in_domiq(one, {"occupants_count": 2})
    state.run(fault="", limit=1)
    (lead,) = state.resman.leads.values()
    assert lead["occupants"] == 2, "it was not pushed at once"


@sequence
def an_edit_of_the_office_after_the_clock_has_stepped_back(state: Convergence) -> None:
    one = state.begin(Switches(), None, DAY)
    state.step_clock(step=timedelta(minutes=61))
    state.run(fault="", limit=1)
    state.pull(everything=False)
    state.run(fault="", limit=1)
    state.edit_in_resman(one, {"occupants": 3})


@sequence
def an_edit_whose_save_did_not_arrive(state: Convergence) -> None:
    one = state.begin(Switches(), None, DAY, linked=True)
    state.edit_in_domiq(one, {"occupants_count": 3})
    state.run(fault="timeout_before", limit=1, saving=True)


@sequence
def an_edit_while_another_is_under_way(state: Convergence) -> None:
    one = state.begin(Switches(own_writes_in_feed=False), None, DAY, linked=True)
    state.edit_in_domiq(one, {"occupants_count": 3})
    state.take_off(limit=1)
    state.land(how="one", pick=0)
    state.edit_in_domiq(one, {"occupants_count": 2})


@sequence
def an_event_whose_answer_was_lost(state: Convergence) -> None:
    one = state.begin(Switches(), None, DAY, linked=True)
    state.edit_in_domiq(one, {"status": "lost"})
    state.run(fault="timeout_after", limit=1, saving=True)


@sequence
def a_create_whose_answer_was_lost(state: Convergence) -> None:
    state.begin(Switches(), None, DAY)
    state.run(fault="killed_after", limit=1, saving=True)


@sequence
def an_answer_after_its_item_was_claimed_again(state: Convergence) -> None:
    state.begin(Switches(), None, DAY)
    state.take_off(limit=1)
    state.land(how="late", pick=0)
    state.change("due", ("comment", "union"))
    state.take_off(limit=1)
    state.land(how="one", pick=0)
    state.land(how="one", pick=0)


@sequence
def edits_on_both_sides_that_a_policy_decides(state: Convergence) -> None:
    one = state.begin(Switches(), None, DAY, linked=True)
    for policy, day in (("resman_wins", 3), ("domiq_wins", 4)):
        state.change("policy", ("move_in_date", policy))
        state.edit_in_domiq(one, {"move_in_date": date(2027, 2, day)})
        state.edit_in_resman(one, {"move_in_date": f"2027-03-0{day}"})
        state.pull(everything=True)
        for _ in range(3):
            state.run(fault="", limit=5, due=True)


@sequence
def an_edit_that_a_person_decides(state: Convergence) -> None:
    one = state.begin(Switches(), None, DAY, linked=True)
    state.change("policy", ("move_in_date", "manual_review"))
    for strategy, day in (("domiq_wins", 3), ("resman_wins", 4), ("restore", 5)):
        state.edit_in_domiq(one, {"move_in_date": date(2027, 2, day)})
        state.edit_in_resman(one, {"move_in_date": f"2027-03-0{day}"})
        state.pull(everything=True)
        state.domiq.settle(state.resman)
        if strategy == "restore":
            state.decide(0, "domiq_wins", "domiq_value")
            state.domiq.settle(state.resman)
        state.decide(0, strategy, "domiq_value")
        state.domiq.settle(state.resman)


@sequence
def an_edit_that_time_could_not_decide(state: Convergence) -> None:
    one = state.begin(Switches(), None, DAY, linked=True)
    state.edit_in_domiq(one, {"price_range_min": 100, "price_range_max": 400})
    state.edit_in_resman(one, {"rent_min": 400, "rent_max": 400})


@sequence
def an_edit_acknowledged_since_an_older_read(state: Convergence) -> None:
    one = state.begin(Switches(), None, DAY, linked=True)
    state.edit_in_domiq(one, {"occupants_count": 2})
    state.run(fault="", limit=1)
    state.edit_in_resman(one, {"bedrooms": 2})
    state.pull(everything=True)
    state.take_off(limit=1)
    state.edit_in_domiq(one, {"occupants_count": 4})
    state.run(fault="", limit=1)
    state.land(how="one", pick=0)
    (link,) = state.domiq.links()
    assert link["domiq"]["occupants"] == 4, "an older read has reverted an acknowledged edit"


@sequence
def a_pull_that_nobody_edited_back(state: Convergence) -> None:
    one = state.begin(Switches(), None, DAY, linked=True)
    state.edit_in_resman(one, {"occupants": 2})
    state.pull(everything=True)
    state.run(fault="", limit=1)
    assert not state.domiq.rows(
        "select id from public.lead_sync_queue where status = 'pending' and property_id = %s "
        "and sync_operation = 'push'",
        state.domiq.property_id,
    ), "what a pull wrote is to be pushed"


@sequence
def an_edit_that_a_pull_finds_in_its_own_group(state: Convergence) -> None:
    one = state.begin(Switches(), None, DAY, linked=True)
    state.pull(everything=True)
    state.edit_in_domiq(one, {"occupants_count": 2})
    state.edit_in_resman(one, {"occupants": 4})
    state.run(fault="", limit=1)
    assert state.domiq.rows(
        "select id from public.lead_sync_conflicts where conflict_field = 'occupants'"
    ), "a pull has written over an edit"


@sequence
def an_edit_of_what_a_pull_has_brought(state: Convergence) -> None:
    one = state.begin(Switches(), None, DAY, linked=True)
    state.edit_in_resman(one, {"occupants": 2})
    state.pull(everything=True)
    state.run(fault="", limit=1)
    state.edit_in_domiq(one, {"occupants_count": 4})
    state.run(fault="", limit=1)
    (lead,) = state.resman.leads.values()
    assert lead["occupants"] == 4, "an edit of one side alone was a conflict"


@sequence
def a_create_that_was_rejected(state: Convergence) -> None:
    state.begin(Switches(), None, DAY)
    state.run(fault="rejected", limit=1, saving=True)


@sequence
def a_text_cut_short_that_an_enrichment_reads_first(state: Convergence) -> None:
    one = state.begin(Switches(own_writes_in_feed=False, comment_limit=2), None, DAY)
    state.edit_in_domiq(one, {"ai_intent_summary": "c c"})
    state.edit_in_domiq(one, {"status": "qualified"})


@sequence
def a_text_that_an_enrichment_reads_and_resman_cuts_short(state: Convergence) -> None:
    one = state.begin(Switches(comment_limit=2), None, DAY, linked=True)
    state.notify(one, kind="new_lead")
    state.edit_in_resman(one, {"comment": "y y"})
    state.run(fault="timeout_after", limit=1, saving=True)
    assert not state.domiq.rows(
        "select id from public.conversation where id = %s and ai_intent_summary"
        " is distinct from 'y y'",
        one,
    ), "what was read before the save is not there"


@sequence
def a_text_that_a_status_update_reads_and_resman_cuts_short(state: Convergence) -> None:
    one = state.begin(Switches(comment_limit=2), None, DAY, linked=True)
    state.domiq.rows("select lead_sync.enqueue_sync(%s, 'status_update', 3)", one)
    state.edit_in_domiq(one, {"status": "lost"})
    state.edit_in_resman(one, {"comment": "y y"})
    state.run(fault="timeout_after", limit=1, saving=True)


@sequence
def a_notification_whose_answer_was_lost(state: Convergence) -> None:
    one = state.begin(Switches(), None, DAY, linked=True)
    state.notify(one, kind="tour_reminder")
    state.run(fault="timeout_after", limit=1, saving=True)


def _leave(lost: bool, how: str) -> Callable[[Convergence], None]:
    def steps(state: Convergence) -> None:
        one = state.begin(Switches(), None, DAY)
        state.take_off(limit=1)
        while not state.resman.leads:
            state.land(how="one", pick=0)
        if lost:
            state.land(how="late", pick=0)
        state.leave(one, how=how)

    return steps


for _how in ("deleted", "deleted as a user", "erased", "suppressed"):
    SEQUENCES[f"{_how} while the create is under way"] = _leave(False, _how)
    SEQUENCES[f"{_how} after the answer was lost"] = _leave(True, _how)


@sequence
def a_notification_of_somebody_who_comes_back(state: Convergence) -> None:
    one = state.begin(Switches(), None, DAY, linked=True)
    state.notify(one, kind="tour_reminder")
    state.leave(one, how="suppressed")
    state.leave(one, how="lifted")


@sequence
def somebody_leaves_and_is_edited(state: Convergence) -> None:
    one = state.begin(Switches(), None, DAY, linked=True)
    state.leave(one, how="suppressed")
    state.edit_in_domiq(one, {"occupants_count": 4})
    state.edit_in_resman(one, {"move_in_date": "2027-03-03"})
