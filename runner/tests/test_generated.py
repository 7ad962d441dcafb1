"""The generated files are what a database with the package makes of them."""

from pathlib import Path

import psycopg

from tools import schema


def test_the_generated_files_are_up_to_date(database: str) -> None:
    differences = schema.compare(schema.generate(database))
    assert differences == "", differences


def test_a_change_is_seen_and_the_command_that_mends_it_named(database: str) -> None:
    before = schema.generate(database)
    with psycopg.connect(database) as connection:
        connection.execute("alter table public.lead_sync_queue add column extra int")
        connection.execute(
            "comment on column public.lead_sync_queue.extra is 'One more. It''s new.'"
        )
        connection.execute("grant execute on function lead_sync.run_schedule() to public")
    after = schema.generate(database)
    by_name = {path.name: path for path in before}
    added = _added(before, after, by_name["schema.sql"])
    assert "  extra integer," in added
    assert "'One more. It''s new.';" in added
    assert "grant execute on function lead_sync.run_schedule() to public;" in added
    assert _added(before, after, by_name["REFERENCE.md"]) == {
        "| `extra` | integer | One more. It's new. |"
    }
    assert schema.compare(after).endswith("Run: make schema\n")


def _added(before: dict[Path, str], after: dict[Path, str], path: Path) -> set[str]:
    return set(after[path].splitlines()) - set(before[path].splitlines())
