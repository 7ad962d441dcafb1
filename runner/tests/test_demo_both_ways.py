"""The demo's second half notices each step that does not come about."""

from collections.abc import Iterator

import psycopg
import pytest

from runner import calls_merge
from runner import calls_service as service
from runner.demo_both_ways import BothWays
from runner.demo_screen import Screen
from runner.demo_story import Lead, open_offices
from runner.demo_world import (
    DemoError,
    make_keys,
    make_places,
    prepare_domiq,
    prepare_resman,
    run_runner,
    switch_on,
)
from runner.simulator import Simulator
from runner.tests.daemon_support import eventually

NUMBER = 7


@pytest.fixture
def both(database: str) -> Iterator[BothWays]:
    """One property with one lead that went across, and a runner."""
    place, keys = make_places()[0], make_keys()
    with (
        psycopg.connect(database, autocommit=True) as connection,
        Simulator(port=0) as simulator,
    ):
        prepare_resman(simulator, place)
        prepare_domiq(connection, place)
        switch_on(connection, place, simulator, keys)
        with (
            run_runner(database, simulator.url, keys),
            open_offices(database, [place]) as (office,),
        ):
            office.arrive(NUMBER)
            eventually(
                lambda: connection.execute(
                    "select 1 from public.conversation where resman_sync_status = 'synced'"
                ).fetchone()
            )
            yield BothWays(
                screen=Screen(),
                url=database,
                simulator=simulator,
                connection=connection,
                office=office,
                look=lambda: None,
                patience_s=3.0,
            )


@pytest.fixture
def lead(both: BothWays) -> Lead:
    return both.office.leads[0]


def test_both_sides_change_a_field_and_it_is_decided(
    both: BothWays, lead: Lead, capsys: pytest.CaptureFixture[str]
) -> None:
    both.both_edit(lead)
    both.decide(lead)
    said = capsys.readouterr().out
    assert "data_conflict  occupants" in said
    assert '{"occupants": 5}  {"occupants": 2}' in said
    assert "--strategy domiq_wins" in said
    [shown] = both.simulator.leads()
    assert shown["occupants"] == "5"
    [row] = both.connection.execute("select resolution_status from public.lead_sync_conflicts")
    assert row == ("resolved",)


def test_a_summary_that_does_not_arrive(both: BothWays, lead: Lead) -> None:
    property_id = both.office.place.property_id
    service.set_property_setting(both.connection, property_id, "summary_event", False)
    with pytest.raises(DemoError, match="3 s: ResMan has the summary as an event"):
        both.end_chat(lead)


def test_an_edit_of_the_office_that_does_not_arrive(both: BothWays, lead: Lead) -> None:
    both.connection.execute("update public.resman_integration set sync_direction = 'to_resman'")
    with pytest.raises(DemoError, match="3 s: the office's edit is in DomIQ"):
        both.office_edits(lead)


def test_a_conflict_that_does_not_come_up(both: BothWays, lead: Lead) -> None:
    calls_merge.set_field_policy(both.connection, "occupants", "domiq_wins", None)
    with pytest.raises(DemoError, match="3 s: a conflict is open"):
        both.both_edit(lead)


def test_a_conflict_that_was_overwritten(both: BothWays, lead: Lead) -> None:
    class Overwritten(BothWays):
        def _wait(self, *_: object) -> None:
            """Do not wait for the conflict; one side is written meanwhile."""
            self.office.edit(lead, occupants_count=1)

    with pytest.raises(DemoError, match="overwritten"):
        Overwritten(**vars(both)).both_edit(lead)


def test_a_decision_that_does_not_reach_both_sides(both: BothWays, lead: Lead) -> None:
    both.both_edit(lead)
    service.pause_property(both.connection, both.office.place.property_id, "for the test")
    with pytest.raises(DemoError, match="3 s: both sides hold what was decided"):
        both.decide(lead)


def test_a_command_that_fails(both: BothWays, lead: Lead) -> None:
    both.both_edit(lead)
    both.connection.execute("drop function lead_sync.resolve_conflict cascade")
    with pytest.raises(DemoError, match="leadsync conflicts resolve failed"):
        both.decide(lead)
