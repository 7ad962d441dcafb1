"""Breaks the code on purpose where a law rests on it, to see the convergence machine notice.

    python -m tools.convergence_mutants [EXAMPLES [WORD...]]

Each break is a few changes of the text of functions; it is loaded into a database of its own, and
the recorded sequences of runner/tests/convergence are played there, then random examples, EXAMPLES
at most (300), until a law fails. WORDs choose the breaks whose name holds one of them. A break that nothing noticed has
survived: it is printed, and the exit code is 1.
"""

import sys
from collections.abc import Callable
from typing import NamedTuple

import psycopg
from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from runner.domiq import load_domiq
from runner.migrate import migrate
from runner.paths import db_dir
from runner.postgres import open_server
from runner.tests.convergence.clock import give_clock
from runner.tests.convergence.machine import Convergence, disconnect
from runner.tests.convergence.replays import SEQUENCES

EXAMPLES = 300


class Change(NamedTuple):
    """A piece of a function's file, below db/functions, and what becomes of it."""

    file: str
    was: str
    becomes: str


BREAKS = {
    "the base moves when a push is planned": [
        Change(
            "merge/keep_merge.sql",
            "(p_base -> 'domiq') || (p_sorted -> 'now_domiq')",
            "(p_base -> 'domiq') || (p_sorted -> 'now_domiq') || (p_sorted -> 'domiq_base')",
        ),
        Change(
            "merge/keep_merge.sql",
            "(p_base -> 'resman') || (p_sorted -> 'now_resman')",
            "(p_base -> 'resman') || (p_sorted -> 'now_resman') || (p_sorted -> 'resman_base')",
        ),
    ],
    "the base takes what DomIQ holds, not what was sent": [
        Change(
            "resman/link_lead.sql",
            "|| coalesce(p_outcome -> 'domiq_base', '{}'),",
            "|| coalesce(p_outcome -> 'domiq_base', '{}')"
            " || lead_sync_private.build_lead(p_item.conversation_id),",
        ),
        Change(
            "resman/finish_rows.sql",
            "return v_conversation_moved or v_user_moved;",
            "return false;",
        ),
    ],
    "what a pull wrote is taken for an edit": [
        Change("capture/is_echo.sql", "return false;", "return false; null;"),
        Change("capture/without_echo.sql", "  return array(", "  return p_ids; return array("),
        Change(
            "merge/keep_merge.sql",
            "(p_base -> 'domiq') || (p_sorted -> 'now_domiq')",
            "p_base -> 'domiq'",
        ),
    ],
    "an answer counts whatever its lease": [
        Change(
            "queue/advance_item.sql",
            "\n     or v_item.lease_token is distinct from p_lease_token then",
            " then",
        ),
        Change(
            "queue/advance_item.sql",
            "and p_response ->> 'issued_at' is distinct from",
            "and false and '' is distinct from",
        ),
    ],
    "a stale answer is forgotten": [
        Change(
            "queue/advance_item.sql",
            "return '{\"stale\": true}'::jsonb;",
            "delete from public.lead_sync_queue q where q.id = p_item_id"
            " and q.status = 'pending'; return '{\"stale\": true}'::jsonb;",
        ),
    ],
    "an edit joins an item in flight": [
        Change(
            "capture/capture_conversations.sql",
            "and q.status = 'pending' and",
            "and q.status in ('pending', 'processing') and",
        ),
        Change(
            "resman/finish_rows.sql",
            "return v_conversation_moved or v_user_moved;",
            "return false;",
        ),
    ],
    "the loser of a conflict is not kept": [
        Change(
            "merge/keep_merge.sql",
            "if p_sorted -> 'conflicts' ? v_name or v_row ->> 'action' = 'decided' then",
            "if p_sorted -> 'conflicts' ? v_name then",
        ),
    ],
    "a create after a lost answer does not search": [
        Change(
            "resman/plan_identity.sql",
            "  if v_email is not null then",
            "  if p_state ? 'sent' then return '{\"lead\": null}'::jsonb; end if;\n"
            "  if v_email is not null then",
        ),
    ],
    "an event that ResMan shows is sent again": [
        Change(
            "resman/build_events.sql",
            "'$.events[*].key ? (@ == $key)'",
            "'$.events[*].key ? (@ == \"\")'",
        ),
        Change(
            "resman/adjust_base.sql",
            "if v_created or lead_sync_private.normalise_group(",
            "if false and lead_sync_private.normalise_group(",
        ),
        Change(
            "merge/compare_group.sql",
            "if v_domiq = v_resman then",
            "if v_has_base and false then",
        ),
    ],
    "an older observation is merged": [
        Change(
            "pull/merge_pulled.sql",
            "if p_issued_at <= v_mapping.base_moved_at or p_issued_at < v_mapping.resman_read_at\n",
            "if false\n",
        ),
    ],
    "a pull merges while a push is under way": [
        Change(
            "pull/merge_pulled.sql",
            "where q.status = 'processing' and q.lane",
            "where false and q.lane",
        ),
        Change(
            "pull/merge_pulled.sql",
            "if p_issued_at <= v_mapping.base_moved_at or p_issued_at < v_mapping.resman_read_at\n",
            "if false\n",
        ),
    ],
    "a pull passes over what it could not read": [
        Change(
            "pull/pull_start.sql",
            "else s.read_until -",
            "else s.read_until + interval '1 hour' -",
        ),
        Change(
            "pull/take_window.sql",
            "p_response -> 'leads', v_issued_at",
            "'[]'::jsonb, v_issued_at",
        ),
    ],
    "a tombstone does not stop a pull": [
        Change(
            "pull/apply_lead.sql",
            "elsif lead_sync_private.is_entombed(",
            "elsif false and lead_sync_private.is_entombed(",
        ),
    ],
    "a tombstone does not stop a push": [
        Change(
            "resman/plan_item.sql",
            "and lead_sync_private.is_entombed(v_lead.property_id",
            "and false and lead_sync_private.is_entombed(v_lead.property_id",
        ),
    ],
    "an expired lease ends its item": [
        Change(
            "queue/rescue_expired_leases.sql",
            "perform lead_sync_private.retry_item(v_item",
            "perform lead_sync_private.close_item(v_item, 'completed');\n"
            "    continue;\n    perform lead_sync_private.retry_item(v_item",
        ),
    ],
    "a decision does not move the base": [
        Change(
            "merge/settle_value.sql",
            "domiq_base = (m.domiq_base - v_fields) || case when v_pushes then v_resman else p_value end,",
            "domiq_base = m.domiq_base,",
        ),
        Change(
            "merge/settle_value.sql",
            "resman_base = (m.resman_base - v_fields) || v_resman,",
            "resman_base = m.resman_base,",
        ),
    ],
    "a clock that steps back is believed": [
        Change(
            "resman/reset_stamps.sql",
            "> v_now then\n    update",
            "> 'infinity' then\n    update",
        ),
    ],
    "a rejected save counts as sent": [
        Change(
            "queue/apply_failure.sql",
            "      -- ResMan said no: nothing of what was sent is there\n",
            "      perform lead_sync_private.complete_item(p_item, 'update', '{}', p_response);\n"
            '      return \'{"ended": "failed"}\'::jsonb;\n',
        ),
    ],
}


def main(arguments: list[str]) -> int:
    """Try the breaks that the arguments name and return the exit code."""
    examples = int(arguments[0]) if arguments else EXAMPLES
    chosen = {
        name: changes
        for name, changes in BREAKS.items()
        if not arguments[1:] or any(word in name for word in arguments[1:])
    }
    survived = 0
    with open_server(superuser=True) as server:
        load_domiq(server.create_database("mutants_template"))
        migrate(server.url("mutants_template"))
        for number, (name, changes) in enumerate(chosen.items(), 1):
            url = server.create_database(f"mutant_{number}", "mutants_template")
            noticed = run(url, changes, examples)
            survived += noticed is None
            print(f"{name}: {noticed or 'SURVIVED'}", flush=True)
            server.drop_database(f"mutant_{number}")
    print(f"{len(chosen) - survived} of {len(chosen)} noticed")
    return 1 if survived else 0


def run(url: str, changes: list[Change], examples: int) -> str | None:
    """Run the machine on broken code; what it noticed."""
    texts: dict[str, str] = {}
    for file, was, becomes in changes:
        text = texts.get(file) or (db_dir() / "functions" / file).read_text()
        if text.count(was) != 1:
            raise ValueError(f"{file} does not hold once: {was}")
        texts[file] = text.replace(was, becomes)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("set search_path = pg_catalog, pg_temp")
        for text in texts.values():
            connection.execute(text.encode())
    give_clock(url)
    machine = type("Machine", (Convergence,), {"url": url})
    try:
        for name, steps in SEQUENCES.items():
            if flaw := play(machine(), steps):
                return f"{name}: {flaw}"
        return search(machine, examples)
    finally:
        disconnect(url)


def play(state: Convergence, steps: Callable[[Convergence], None]) -> str | None:
    """Play a recorded sequence; what it noticed."""
    try:
        try:
            steps(state)
        finally:
            state.teardown()
    except (AssertionError, psycopg.Error) as flaw:
        return first_line(flaw)
    return None


def search(machine: type[Convergence], examples: int) -> str | None:
    """Try random examples; what they noticed."""
    how = settings(
        max_examples=examples,
        stateful_step_count=50,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        verbosity=Verbosity.quiet,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(seed(1)(machine), settings=how)
    except (AssertionError, psycopg.Error) as flaw:
        return first_line(flaw)
    return None


def first_line(flaw: Exception) -> str:
    """What an error says, in short."""
    return (str(flaw) or type(flaw).__name__).splitlines()[0][:160]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
