"""Writes the generated files db/schema.sql and db/REFERENCE.md, or compares them.

python -m tools.schema [--check]

With --check nothing is written: prints what differs and exits 1.
"""

import difflib
import sys
from pathlib import Path

from runner.paths import db_dir
from runner.postgres import PostgresMissingError
from tools import catalogue, reference, schema_sql
from tools.database import package_database

MEND = "make schema"


def main(arguments: list[str]) -> int:
    """Write or compare, and return the exit code."""
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        with package_database() as url:
            files = generate(url)
    except PostgresMissingError as error:
        print(error, file=sys.stderr)
        return 1
    if arguments:
        differences = compare(files)
        print(differences, end="")
        return 1 if differences else 0
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")
    return 0


def generate(url: str) -> dict[Path, str]:
    """Return the generated files and their texts, from a database with the package."""
    found = catalogue.read(url)
    return {
        db_dir() / "schema.sql": _tidy(schema_sql.render(found)),
        db_dir() / "REFERENCE.md": _tidy(reference.render(found)),
    }


def _tidy(text: str) -> str:
    lines = [line.rstrip() for line in text.splitlines()]
    kept = [each for i, each in enumerate(lines) if each or i == 0 or lines[i - 1]]
    return "\n".join(kept).strip("\n") + "\n"


def compare(files: dict[Path, str]) -> str:
    """Return what differs from the files as they are, and how to mend it; '' if nothing."""
    said = ""
    for path, text in files.items():
        there = path.read_text(encoding="utf-8") if path.exists() else ""
        name = path.relative_to(db_dir().parent).as_posix()
        diff = difflib.unified_diff(
            there.splitlines(keepends=True), text.splitlines(keepends=True), name, "generated"
        )
        said += "".join(list(diff)[:60])
    return said + f"\nThe generated files are not up to date. Run: {MEND}\n" if said else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
