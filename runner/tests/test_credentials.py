"""`credentials rotate` and `set --partner`: online, compare-and-set, resumable."""

import base64
import signal
import threading
from uuid import UUID

import pytest

from runner.envelope import Credentials, Keyring
from runner.tests.credential_support import (
    BOTH,
    NEW,
    command,
    configure,
    envelopes,
    given_property,
    kids,
    locked,
    opened,
    run_json,
    store,
    waiting,
)
from runner.tests.daemon_support import KEYS, PATIENCE, Office, eventually
from runner.tests.test_cli import leadsync

SAVE = "PostLeadManagement4_0"
OTHERS = Credentials("other-partner", "other-key", "77")


def rotated(office: Office, *more: str, keys: str = BOTH) -> tuple[int, str, str]:
    result = leadsync(
        "credentials", "rotate", *more, DATABASE_URL=office.url, LEADSYNC_KEYS=keys
    )
    return result.exit_code, result.stdout, result.stderr


def test_rotate_seals_every_envelope_with_the_first_key(office: Office) -> None:
    for _ in range(3):
        given_property(office, OTHERS)
    paused = given_property(office, OTHERS)
    office.one("select lead_sync.pause_property(%s, 'a test')", paused)
    given_property(office, OTHERS, NEW)
    before = opened(office, BOTH)
    found = run_json(office, "credentials", "rotate")
    assert found == {
        "kid": "k2",
        "dry_run": False,
        "sealed": 5,
        "sealed_by_old_kid": {"k1": 5},
        "envelopes_by_kid": {"k2": 6},
        "unneeded_kids": ["k1"],
        "moved": [],
        "failed": [],
    }
    assert kids(office) == ["k2"] * 6
    assert opened(office, NEW) == before


def test_rotate_says_nothing_of_the_credentials_themselves(office: Office) -> None:
    office.connection.execute(
        "update public.resman_integration set sync_status = 'disconnected', "
        "status_reason = 'refused'"
    )
    shown = (
        "select sync_status, status_reason, credentials_changed_at, error_count "
        "from public.resman_integration"
    )
    before = office.one(shown)
    run_json(office, "credentials", "rotate")
    assert kids(office) == ["k2"]
    assert office.one(shown) == before


def test_rotate_leaves_alone_what_has_the_first_key(office: Office) -> None:
    run_json(office, "credentials", "rotate")
    before = envelopes(office)
    exit_code, stdout, stderr = rotated(office)
    assert (exit_code, stderr) == (0, "")
    assert stdout.splitlines() == [
        "0 of 1 envelopes sealed with key k2",
        "key k1 may go from LEADSYNC_KEYS: no envelope is sealed with it; keep it for as long "
        "as a backup may be restored",
    ]
    assert envelopes(office) == before


def test_a_dry_run_changes_nothing(office: Office) -> None:
    given_property(office, OTHERS)
    before = office.items(), envelopes(office)
    exit_code, stdout, _ = rotated(office, "--dry-run")
    assert exit_code == 0
    assert stdout.splitlines() == [
        "2 of 2 envelopes would be sealed with key k2, before with k1: 2",
        "key k1 is needed: 2 envelopes are sealed with it",
    ]
    assert (office.items(), envelopes(office)) == before


def test_a_runner_goes_on_while_keys_are_rotated(office: Office) -> None:
    """Leads arrive all the time; one call is under way with the old envelope throughout."""
    simulator = office.simulator
    known = Credentials(**simulator.credentials(office.resman_property_id))
    for _ in range(20):
        simulator.add_property(str(given_property(office, known)))
    simulator.hold(SAVE)
    made: list[UUID] = []
    stop = threading.Event()

    def write_leads() -> None:
        while not stop.is_set():
            made.append(office.given_lead(len(made) + 2))
            stop.wait(0.02)

    with office.process("--slots", "8", LEADSYNC_KEYS=BOTH) as process:
        held = office.given_lead(1)
        assert simulator.wait_for(lambda: simulator.held == 1, timeout=PATIENCE)
        writer = threading.Thread(target=write_leads)
        writer.start()
        eventually(lambda: len(made) > 3)
        with command(office, "credentials", "rotate") as rotation:
            stdout, stderr = rotation.communicate(timeout=PATIENCE)
            assert (rotation.returncode, stderr) == (0, "")
        assert stdout.startswith("21 of 21 envelopes sealed with key k2")
        assert not office.synced(held)
        so_far = len(made)
        eventually(lambda: len(made) > so_far + 3)
        stop.set()
        writer.join()
        simulator.release()
        eventually(lambda: all(office.synced(each) for each in [held, *made]))
        process.send_signal(signal.SIGTERM)
        _, stderr = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0
    assert len(simulator.leads()) == len(made) + 1
    assert {row["sync_status"] for row in log(office)} == {"success"}
    statuses = office.connection.execute(
        "select distinct sync_status from public.resman_integration"
    )
    assert [row["sync_status"] for row in statuses] == ["active"]
    # and now without the old key
    late = office.given_lead(900)
    with office.process("--drain", LEADSYNC_KEYS=NEW) as process:
        assert process.wait(PATIENCE) == 0
    assert office.synced(late)


def log(office: Office) -> list[dict[str, object]]:
    return office.connection.execute("select * from public.lead_sync_log").fetchall()


@pytest.mark.parametrize("keys", [NEW, KEYS], ids=["with the new key", "with the old key"])
def test_what_somebody_sets_meanwhile_stays(office: Office, keys: str) -> None:
    newest = Credentials("partner", "the-newest-key", "400")
    with (
        locked(office, office.property_id) as other,
        command(office, "credentials", "rotate") as rotation,
    ):
        waiting(office)
        configure(
            other, office.property_id, Keyring.from_env(keys).seal(office.property_id, newest)
        )
        other.commit()
        stdout, stderr = rotation.communicate(timeout=PATIENCE)
        assert (rotation.returncode, stderr) == (0, "")
    assert opened(office, BOTH)[office.property_id] == newest
    assert kids(office) == ["k2"]
    assert "key k1 may go" in stdout


def test_a_rotation_that_was_killed_goes_on(office: Office) -> None:
    for _ in range(6):
        given_property(office, OTHERS)
    before = opened(office, KEYS)
    middle = sorted(before)[3]
    with locked(office, middle), command(office, "credentials", "rotate") as rotation:
        waiting(office)
        rotation.kill()
        rotation.wait()
    eventually(lambda: kids(office).count("k2") >= 3)
    assert kids(office).count("k1") >= 3  # what lies behind the locked one
    run_json(office, "credentials", "rotate")
    assert opened(office, NEW) == before


def test_tampered_and_moved_envelopes_are_refused_by_name(office: Office) -> None:
    tampered, moved, foreign = (given_property(office, OTHERS) for _ in range(3))
    all_of_them = envelopes(office)
    ct = bytearray(base64.b64decode(all_of_them[tampered]["ct"]))
    ct[3] ^= 1
    store(
        office,
        tampered,
        {**all_of_them[tampered], "ct": base64.b64encode(ct).decode()},
    )
    store(office, moved, all_of_them[office.property_id])
    store(office, foreign, {**all_of_them[foreign], "kid": "k9"})
    before = envelopes(office)
    exit_code, stdout, stderr = rotated(office)
    assert exit_code == 1
    assert stdout.startswith("1 of 4 envelopes sealed with key k2, before with k1: 1\n")
    assert "key k1 is needed: 2 envelopes" in stdout
    assert "key k9 is needed: 1 envelopes" in stdout
    assert "may go" not in stdout
    lines = stderr.splitlines()
    assert lines[-1] == "Error: 3 envelopes were left as they are"
    for property_id in (tampered, moved):
        [line] = [each for each in lines if str(property_id) in each]
        assert "do not open with key 'k1'" in line
    [line] = [each for each in lines if str(foreign) in each]
    assert "sealed with key 'k9', which is not given" in line
    assert not any(str(office.property_id) in each for each in lines)
    after = envelopes(office)
    assert {each: after[each] for each in (tampered, moved, foreign)} == {
        each: before[each] for each in (tampered, moved, foreign)
    }
    found = run_json(office, "credentials", "rotate", exit_code=1)
    assert {each["property_id"] for each in found["failed"]} == {
        str(each) for each in (tampered, moved, foreign)
    }


def test_a_runner_refuses_a_moved_envelope_and_names_the_property(office: Office) -> None:
    other = given_property(office, OTHERS)
    store(office, office.property_id, envelopes(office)[other])
    office.connection.execute(
        "delete from public.resman_integration where property_id = %s", (other,)
    )
    office.given_lead()
    office.drain()
    row = office.one(
        "select sync_status, status_reason from public.resman_integration "
        "where property_id = %s",
        office.property_id,
    )
    assert row["sync_status"] == "disconnected"
    assert f"property {office.property_id}: the credentials do not open" in row["status_reason"]
    assert office.simulator.requests() == []


def test_a_partners_new_key_reaches_all_its_properties(office: Office) -> None:
    second = given_property(office, Credentials("other-partner", "other-key", "78"))
    third = given_property(office, OTHERS)
    office.connection.execute(
        "update public.resman_integration set sync_status = 'disconnected', "
        "status_reason = 'refused'"
    )
    before = opened(office, KEYS)
    found = run_json(
        office,
        *("credentials", "set", "--partner", "other-partner", "--api-key-file", "-"),
        stdin="brand-new-key\n",
    )
    assert (found["sealed"], found["failed"], found["moved"]) == (2, [], [])
    after = opened(office, BOTH)
    assert after[second] == Credentials("other-partner", "brand-new-key", "78")
    assert after[third] == Credentials("other-partner", "brand-new-key", "77")
    assert after[office.property_id] == before[office.property_id]
    rows = office.connection.execute(
        "select property_id, sync_status from public.resman_integration"
    )
    assert {row["property_id"]: row["sync_status"] for row in rows} == {
        second: "active",
        third: "active",
        office.property_id: "disconnected",
    }


def test_a_partners_key_for_one_account_and_as_a_dry_run(office: Office) -> None:
    second = given_property(office, Credentials("other-partner", "other-key", "78"))
    third = given_property(office, OTHERS)
    arguments = ["credentials", "set", "--partner", "other-partner", "--api-key-file", "-"]
    arguments += ["--account-id", "78"]
    before = envelopes(office)
    found = run_json(office, *arguments, "--dry-run", stdin="brand-new-key")
    assert (found["sealed"], found["dry_run"]) == (1, True)
    assert envelopes(office) == before
    run_json(office, *arguments, stdin="brand-new-key")
    after = opened(office, BOTH)
    assert after[second].api_key == "brand-new-key"
    assert after[third].api_key == "other-key"
    assert envelopes(office)[third] == before[third]


def test_a_partner_that_nobody_has(office: Office) -> None:
    result = leadsync(
        *("credentials", "set", "--partner", "nobody", "--api-key-file", "-"),
        stdin="brand-new-key",
        DATABASE_URL=office.url,
        LEADSYNC_KEYS=KEYS,
    )
    assert result.exit_code == 1
    assert "no property has credentials of that partner" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--partner", "p", "--partner-id", "p"],
        ["5e500000-0000-4000-8000-000000000001"],
        ["5e500000-0000-4000-8000-000000000001", "--partner", "p"],
        ["5e500000-0000-4000-8000-000000000001", "--partner-id", "p"],
        [
            *("5e500000-0000-4000-8000-000000000001", "--partner-id", "p"),
            *("--account-id", "4", "--dry-run"),
        ],
    ],
    ids=" ".join,
)
def test_set_wants_a_property_or_a_partner(arguments: list[str]) -> None:
    result = leadsync(
        *("credentials", "set", *arguments, "--api-key-file", "-"),
        stdin="key",
        DATABASE_URL="postgresql:///nowhere",
        LEADSYNC_KEYS=KEYS,
    )
    assert result.exit_code == 2
    assert "Usage: " in result.stderr
