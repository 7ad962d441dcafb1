"""Holds that a released migration is never edited: a further one changes what it made.

    python -m runner.migrate_released [--add]

Compares the files of db/migrations with released.sha256; with --add it notes those that are not
in it yet, as the last step before a release. Development only.
"""

import hashlib
import sys
from pathlib import Path

from runner.paths import migrations_dir

RECORD = "released.sha256"


def hashes(migrations: Path) -> dict[str, str]:
    """Return the sha256, in hex, of each migration's files, rollbacks too, by their names."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(migrations.glob("[0-9]*"))
        if path.suffix in (".sql", ".py")
    }


def released(migrations: Path) -> dict[str, str]:
    """Return what the record says, by file name."""
    found = {}
    for line in (migrations / RECORD).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            sha256, name = line.split()
            found[name] = sha256
    return found


def edited(migrations: Path) -> list[str]:
    """Return a line for each released file that is gone or reads differently."""
    now = hashes(migrations)
    return [
        f"db/migrations/{name} was released and has been "
        + ("removed" if name not in now else "edited")
        + f": git checkout $(git log -1 --format=%h -- db/migrations/{RECORD})"
        f" -- db/migrations/{name}, and put the change into a new migration"
        for name, sha256 in released(migrations).items()
        if now.get(name) != sha256
    ]


def add(migrations: Path) -> list[str]:
    """Note all files that are not on record yet, and return their names."""
    known = released(migrations)
    new = {name: sha256 for name, sha256 in hashes(migrations).items() if name not in known}
    with (migrations / RECORD).open("a", encoding="utf-8") as record:
        record.writelines(f"{sha256}  {name}\n" for name, sha256 in new.items())
    return list(new)


def main(arguments: list[str]) -> int:
    """Compare, add where asked to, and return the exit code."""
    problems = edited(migrations_dir())
    for line in problems:
        print(line, file=sys.stderr)  # noqa: T201
    if problems:
        return 1
    if arguments == ["--add"]:
        for name in add(migrations_dir()):
            print(f"released: {name}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
