"""What environment and options tell a process, and what it says when they are wrong."""

from datetime import timedelta
from pathlib import Path

import pytest

from runner.settings import DEFAULT_RESMAN_BASE_URL, Settings, SettingsError, read_secret

SECRET = "hunter2-very-secret"


def test_defaults() -> None:
    settings = Settings.load({})
    assert settings.resman_base_url == DEFAULT_RESMAN_BASE_URL
    assert settings.slots == 16
    assert settings.lease_interval == timedelta(seconds=60)


def test_an_option_wins_over_its_variable() -> None:
    environ = {"LEADSYNC_SLOTS": "3", "LEADSYNC_GRACE": "1.5"}
    settings = Settings.load(environ, {"slots": "5", "grace": None})
    assert (settings.slots, settings.grace) == (5, 1.5)


def test_an_empty_variable_is_none() -> None:
    assert Settings.load({"LEADSYNC_SLOTS": " "}).slots == 16


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://app@db1,db2:5433/domiq?target_session_attrs=read-write",
        "postgresql:///domiq?host=/var/run/postgresql",
        "host=/var/run/postgresql dbname=domiq",
        f"postgresql://app:{SECRET}@localhost/domiq",
    ],
)
def test_database_url_takes_all_forms_of_libpq(url: str) -> None:
    assert Settings.load({"DATABASE_URL": url}).require_database_url() == url


def test_database_url_may_name_the_driver_as_sqlalchemy_does() -> None:
    settings = Settings.load({"DATABASE_URL": "postgresql+psycopg://app@db/domiq"})
    assert settings.database_url == "postgresql://app@db/domiq"


def test_the_base_urls_path_is_kept() -> None:
    settings = Settings.load({"RESMAN_BASE_URL": "https://proxy.example.com/resman/v1"})
    assert settings.resman_base_url == "https://proxy.example.com/resman/v1"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", f"postgresql://app:{SECRET}@[bad/domiq"),
        ("DATABASE_URL", f"mysql://app:{SECRET}@db/domiq"),
        ("DATABASE_URL", f"postgresql://app:{SECRET}@db:port/domiq"),
        ("LEADSYNC_LISTEN_URL", f"password={SECRET} nonsense"),
        ("LEADSYNC_SLOTS", SECRET),
        ("LEADSYNC_SLOTS", "0"),
        ("LEADSYNC_SLOTS", "257"),
        ("LEADSYNC_LEASE", "nan"),
        ("LEADSYNC_LEASE", "0.5"),
        ("LEADSYNC_GRACE", "-1"),
        ("LEADSYNC_LOG_LEVEL", SECRET),
        ("LEADSYNC_LOG_FORMAT", "xml"),
    ],
)
def test_a_wrong_value_is_named_but_not_repeated(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as raised:
        Settings.load({name: value})
    assert name in str(raised.value)
    assert SECRET not in str(raised.value)
    assert raised.value.__cause__ is None


@pytest.mark.parametrize("name", ["database_url", "listen_url"])
def test_a_password_is_refused_among_the_arguments(name: str) -> None:
    with pytest.raises(SettingsError, match="holds a password") as raised:
        Settings.load({}, {name: f"postgresql://app:{SECRET}@db/domiq"})
    assert SECRET not in str(raised.value)


def test_secrets_are_left_out_of_repr() -> None:
    url = f"postgresql://app:{SECRET}@db/domiq"
    settings = Settings.load({"DATABASE_URL": url, "LEADSYNC_KEYS": f"k1:{SECRET}"})
    assert SECRET not in repr(settings)


def test_a_missing_database_url_is_said() -> None:
    with pytest.raises(SettingsError, match="DATABASE_URL is not set"):
        Settings.load({}).require_database_url()


def test_keys_come_from_the_variable_or_the_file(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text("k2:def\n")
    assert Settings.load({"LEADSYNC_KEYS": "k1:abc"}).read_keys() == "k1:abc"
    assert Settings.load({"LEADSYNC_KEYS_FILE": str(file)}).read_keys() == "k2:def"
    with pytest.raises(SettingsError, match="no key is set"):
        Settings.load({}).read_keys()


def test_a_file_that_cannot_be_read_is_not_named(tmp_path: Path) -> None:
    """What stands in place of the name may be the secret itself."""
    with pytest.raises(SettingsError, match="--api-key-file cannot be read: No such") as raised:
        read_secret(str(tmp_path / SECRET), "--api-key-file")
    assert SECRET not in str(raised.value)
    (tmp_path / "empty").write_text(" \n")
    with pytest.raises(SettingsError, match="is empty"):
        read_secret(str(tmp_path / "empty"), "--api-key-file")


@pytest.mark.parametrize("name", ["DATABASE_URL_FILE", "LEADSYNC_DATABASE_URL_FILE"])
def test_the_url_may_stand_in_a_file(tmp_path: Path, name: str) -> None:
    path = tmp_path / "url"
    path.write_text(f"postgresql+psycopg://app:{SECRET}@db/domiq\n")
    settings = Settings.load({name: str(path)})
    assert settings.require_database_url() == f"postgresql://app:{SECRET}@db/domiq"
    assert SECRET not in repr(settings)
    listen = Settings.load({"LEADSYNC_LISTEN_URL_FILE": str(path)})
    assert (listen.listen_url, listen.database_url) == (settings.database_url, "")


def test_which_of_several_urls_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "url"
    path.write_text("postgresql://file/domiq")
    environ = {"DATABASE_URL": "postgresql://variable/domiq", "DATABASE_URL_FILE": str(path)}
    for given, host in (
        ({}, "variable"),
        ({"database_url": "postgresql://option/domiq"}, "option"),
        ({"database_url_file": str(path)}, "file"),
        ({"database_url_file": str(path), "database_url": "postgresql://option/"}, "option"),
    ):
        assert f"//{host}/" in Settings.load(environ, given).database_url


def test_a_file_without_a_url_is_told_by_its_variable(tmp_path: Path) -> None:
    path = tmp_path / "url"
    for text, message in (("", "is empty"), (SECRET, "is not a connection string")):
        path.write_text(text)
        with pytest.raises(SettingsError, match=message) as caught:
            Settings.load({"DATABASE_URL_FILE": str(path)})
        assert "given with DATABASE_URL_FILE" in str(caught.value)
        assert SECRET not in str(caught.value)
    with pytest.raises(SettingsError, match="cannot be read: No such file") as caught:
        Settings.load({"DATABASE_URL_FILE": str(tmp_path / SECRET)})
    assert SECRET not in str(caught.value)
