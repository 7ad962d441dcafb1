"""Writers that cost next to nothing themselves: pgbench, from the server's own package."""

import re
import subprocess
import tempfile
from pathlib import Path

from bench.harness import Bench

CLIENTS = 8


def transactions_per_second(
    bench: Bench, url: str, script: str, each: int, clients: int = CLIENTS
) -> float:
    """Run a script `each` times in every client; transactions a second of all."""
    program = bench.server.binaries.program("pgbench")
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        done = subprocess.run(
            [
                program,
                "--no-vacuum",
                f"--file={file.name}",
                f"--client={clients}",
                "--jobs=2",
                f"--transactions={each}",
                url,
            ],
            check=True,
            capture_output=True,
            text=True,
        )
    found = re.search(r"tps = ([0-9.]+) \(without", done.stdout)
    if found is None or "number of failed transactions: 0" not in done.stdout:
        raise RuntimeError(f"pgbench failed:\n{done.stdout}\n{done.stderr}")
    return float(found[1])


def available(bench: Bench) -> bool:
    """Whether the server came with pgbench."""
    return Path(bench.server.binaries.program("pgbench")).exists()
