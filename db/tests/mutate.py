"""Breaks the code on purpose, a little at a time, to see whether its tests notice.

    python db/tests/mutate.py [--list] [PATH]...

Every file of functions, triggers and views below PATH (db without one) is changed in one place
after the other: a comparison turned round, a number or text altered, a statement or an
assignment left out. Each such mutant is loaded into a database of its own and the file's pgTAP
test run against it. A mutant with which the test passes has survived: it is printed, and the
exit code is 1. Some survivors are no fault of the test: what needs two sessions to show is
tested by pytest, and some changes change nothing. Read each and decide.
"""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

# The paths come first.
import psycopg  # noqa: E402
import run  # noqa: E402

from runner.postgres import open_server  # noqa: E402

KINDS = ("functions", "triggers", "views")
TIMEOUT_S = 10  # some mutants never come to an end

# What is found, and what it becomes. Names and layout are those of the conventions.
OPERATORS: list[tuple[str, str | Callable[[re.Match[str]], str]]] = [
    (r"(?<=\s)=(?=\s)", "<>"),
    (r"<>", "="),
    (r"(?<=\s)<(?=\s)", "<="),
    (r"(?<=\s)<=(?=\s)", "<"),
    (r"(?<=\s)>(?=\s)", ">="),
    (r"(?<=\s)>=(?=\s)", ">"),
    (r"\band\b(?! \d)", "or"),
    (r"\bor\b(?! replace)", "and"),
    (r"\bis null\b", "is not null"),
    (r"\bis not null\b", "is null"),
    (r"\bis distinct from\b", "is not distinct from"),
    (r"\bis not distinct from\b", "is distinct from"),
    (r"\bnot (exists|in|between)\b", r"\1"),
    (r"(?<!not )\b(exists|in|between)\b", r"not \1"),
    (r"\bnot (?=[a-z_]+[ .(])", ""),
    (r"\b(\d+)\b", lambda m: str(int(m.group(1)) + 1)),
    (r"'((?:[^'\n]|'')+)'", r"'\1x'"),
    (r"\bdesc\b", "asc"),
    (r"\btrue\b", "false"),
    (r"\bfalse\b", "true"),
    (r"\bleast\b", "greatest"),
    (r"\bgreatest\b", "least"),
    (r"\b(lower|btrim|round|coalesce)\(", "("),
    (r" \+ ", " - "),
    (r" - ", " + "),
    (r"\b(perform|insert|delete|raise|continue|exit|return)\b[^;]*;", "null;"),
    (r"\bv_\w+ := [^;]*;", "null;"),
    (r"\bleft join\b", "join"),
    (r"\bfor each statement\b", "for each row"),
    (r"\bset (?!search_path)(\w+) = (off|'\w+')$", r"set \1 to default"),
]


class Mutant(NamedTuple):
    """A change of a file: where it stands and what becomes of it."""

    line: int
    was: str
    text: str
    becomes: str


def main(arguments: list[str]) -> int:
    """Try the mutants of the files that the arguments name and return the exit code."""
    os.chdir(ROOT)
    only_list = "--list" in arguments
    paths = [Path(each) for each in arguments if each != "--list"] or [Path("db")]
    files = sorted(
        file
        for path in paths
        for file in ([path] if path.is_file() else path.rglob("*.sql"))
        if file.parts[1] in KINDS and test_of(file).is_file()
    )
    if only_list:
        for file in files:
            for mutant in mutants(file.read_text()):
                print(f"{file}:{mutant.line}: {mutant.was!r} becomes {mutant.becomes!r}")
        return 0
    with open_server(superuser=True) as server:
        url = run.make_database(server)
        variables, psql = run.environment(url), run.psql_for(server)
        variables["PGOPTIONS"] = f"-c statement_timeout={TIMEOUT_S}s"
        with psycopg.connect(url, autocommit=True) as connection:
            survived = sum(survivors(connection, psql, variables, each) for each in files)
            return 1 if survived else 0


def survivors(
    connection: psycopg.Connection[tuple[object, ...]],
    psql: str,
    variables: dict[str, str],
    file: Path,
) -> int:
    """Try the mutants of one file, print those that survive, and return how many they are."""
    original = file.read_text()
    if not passes(psql, variables, test_of(file)):
        print(f"{file}: its test fails as it is")
        return 1
    tried = survived = 0
    for mutant in mutants(original):
        try:
            # Pinned as the loader pins it; the text is ours, psycopg asks for a literal.
            connection.execute("set search_path = pg_catalog, pg_temp")
            connection.execute(mutant.text.encode())
        except psycopg.Error:
            continue  # no SQL any more
        tried += 1
        if passes(psql, variables, test_of(file)):
            survived += 1
            print(f"{file}:{mutant.line}: {mutant.was!r} became {mutant.becomes!r}", flush=True)
    connection.execute(original.encode())
    print(f"{file}: {tried - survived} of {tried} killed", flush=True)
    return survived


def test_of(file: Path) -> Path:
    """Return the path of the pgTAP test of a code file."""
    parts = file.parts[2:] if file.parts[1] == "functions" else file.parts[1:]
    return Path("db/tests", *parts)


def passes(psql: str, variables: dict[str, str], test: Path) -> bool:
    """Run one test file and say whether it ran to its end and all of it succeeded."""
    command = [psql, "-XAtq", "-v", "ON_ERROR_STOP=1", "-f", str(test)]
    try:
        done = subprocess.run(
            command,
            env=variables,
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT_S * 6,
        )
    except subprocess.TimeoutExpired:
        return False
    plan = re.search(r"^1\.\.(\d+)$", done.stdout, re.MULTILINE)
    ok = re.findall(r"^ok \d+", done.stdout, re.MULTILINE)
    bad = re.search(r"^not ok", done.stdout, re.MULTILINE)
    return done.returncode == 0 and not bad and plan is not None and len(ok) == int(plan[1])


def mutants(text: str) -> Iterator[Mutant]:
    """Yield the mutants of a file's text, in the order of the operators."""
    inert = [m.span() for m in re.finditer(INERT, text, re.MULTILINE | re.DOTALL)]
    for pattern, becomes in OPERATORS:
        for match in re.finditer(pattern, text, re.MULTILINE):
            if not any(begin <= match.start() < end for begin, end in inert):
                new = match.expand(becomes) if isinstance(becomes, str) else becomes(match)
                yield mutant_at(text, match.start(), match.end(), new)
    for begin, end in assignments(text):
        yield mutant_at(text, begin, end, "")


# What decides nothing: the signature, comments, rights, the words of an error.
INERT = (
    r"\A.*?^(?=as \$fn\$|set (?!search_path)|  (?:before|after) |select|as$)"
    r"|--[^\n]*"
    r"|^(?:revoke|grant|comment) .*?;$"
    r"|(?:(?:message|hint|detail) = (?:format\()?|'message',\s*)"
    r"'(?:[^']|'')*'(?:\s*'(?:[^']|'')*')*"
    r"|\b(?:limit|returning) 1\b"  # of one, or whatever
    r"|\bset search_path = [^\n]*"
)
SET = r"\bset (?=\w+ = )(?!search_path|lock_timeout|enable_|jit)"
ENDS_SET = r";|\s(where|from|returning)\b"


def mutant_at(text: str, begin: int, end: int, becomes: str) -> Mutant:
    """Return the mutant in which a part of the text becomes another one."""
    return Mutant(
        text.count("\n", 0, begin) + 1,
        " ".join(text[begin:end].split()),
        text[:begin] + becomes + text[end:],
        becomes,
    )


def assignments(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the single assignments of UPDATE … SET stand, each with a comma."""
    for update in re.finditer(SET, text):
        depth, begin, parts = 0, update.end(), []
        for position in range(update.end(), len(text)):
            rest = text[position : position + 12]
            depth += (text[position] == "(") - (text[position] == ")")
            at_end = depth < 0 or (depth == 0 and re.match(ENDS_SET, rest) is not None)
            if at_end or (depth == 0 and text[position] == ","):
                parts.append((begin, position))
                begin = position + 1
            if at_end:
                break
        if len(parts) > 1:
            yield from ((b, e + 1) for b, e in parts[:-1])
            yield (parts[-1][0] - 1, parts[-1][1])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
