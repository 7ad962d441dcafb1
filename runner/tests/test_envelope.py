"""Envelopes: they open for their own property and key only, and nothing shows a secret."""

import base64
import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from runner.envelope import Credentials, EnvelopeError, Keyring, generate_key

PROPERTY = "0B5C8F6E-0000-4000-8000-00000000000A"
OTHER = "0b5c8f6e-0000-4000-8000-00000000000b"
KEY = bytes(range(32))
TEXT = base64.b64encode(KEY).decode()
SECOND = base64.b64encode(bytes(32)).decode()
CREDENTIALS = Credentials("partner-secret", "key-secret", "4711")
CLEAR = {
    "integration_partner_id": "partner-secret",
    "api_key": "key-secret",
    "account_id": "4711",
}


def envelope_of(clear: bytes, aad: str = PROPERTY.lower(), kid: str = "a") -> dict[str, Any]:
    """An envelope made by hand, as the contract has it."""
    ct = AESGCM(KEY).encrypt(b"n" * 12, clear, aad.encode())
    encoded = {"nonce": base64.b64encode(b"n" * 12), "ct": base64.b64encode(ct)}
    return {"v": 1, "kid": kid, **{name: value.decode() for name, value in encoded.items()}}


@pytest.fixture
def keyring() -> Keyring:
    return Keyring.from_env(f"a:{TEXT}")


def test_an_envelope_is_as_the_contract_has_it(keyring: Keyring) -> None:
    envelope = keyring.seal(PROPERTY, CREDENTIALS)
    assert json.loads(json.dumps(envelope)) == envelope
    assert set(envelope) == {"v", "kid", "nonce", "ct"}
    assert (envelope["v"], envelope["kid"]) == (1, "a")
    nonce = base64.b64decode(envelope["nonce"], validate=True)
    ct = base64.b64decode(envelope["ct"], validate=True)
    assert len(nonce) == 12
    clear = AESGCM(KEY).decrypt(nonce, ct, PROPERTY.lower().encode())
    assert json.loads(clear) == CLEAR


def test_one_made_elsewhere_opens(keyring: Keyring) -> None:
    assert keyring.open(OTHER.upper(), envelope_of(json.dumps(CLEAR).encode(), OTHER))
    numeric = json.dumps(CLEAR | {"account_id": 4711, "more": 1}).encode()
    assert keyring.open(PROPERTY, envelope_of(numeric)) == CREDENTIALS


def test_each_seal_has_a_nonce_of_its_own(keyring: Keyring) -> None:
    nonces = {keyring.seal(PROPERTY, CREDENTIALS)["nonce"] for _ in range(100)}
    assert len(nonces) == 100


def test_the_first_key_encrypts_and_all_decrypt(keyring: Keyring) -> None:
    both = Keyring.from_env(f"b:{SECOND}, a:{TEXT}")
    assert both.primary_kid == "b"
    assert both.seal(PROPERTY, CREDENTIALS)["kid"] == "b"
    assert both.open(PROPERTY, keyring.seal(PROPERTY, CREDENTIALS)) == CREDENTIALS


def test_another_propertys_envelope_does_not_open(keyring: Keyring) -> None:
    with pytest.raises(EnvelopeError, match="another property's envelope"):
        keyring.open(OTHER, keyring.seal(PROPERTY, CREDENTIALS))


def test_another_key_of_the_same_name_does_not_open(keyring: Keyring) -> None:
    with pytest.raises(EnvelopeError, match="set the credentials again"):
        Keyring.from_env(f"a:{SECOND}").open(PROPERTY, keyring.seal(PROPERTY, CREDENTIALS))


def test_a_key_that_is_not_here(keyring: Keyring) -> None:
    with pytest.raises(EnvelopeError, match="'a', which is not given; add it to LEADSYNC_KEYS"):
        Keyring.from_env(f"b:{SECOND}").open(PROPERTY, keyring.seal(PROPERTY, CREDENTIALS))


@pytest.mark.parametrize("part", ["nonce", "ct"])
@pytest.mark.parametrize("index", [0, 5, -1])
def test_a_changed_envelope_does_not_open(keyring: Keyring, part: str, index: int) -> None:
    envelope = keyring.seal(PROPERTY, CREDENTIALS)
    data = bytearray(base64.b64decode(envelope[part]))
    data[index] ^= 1
    envelope[part] = base64.b64encode(data).decode()
    with pytest.raises(EnvelopeError, match="a changed one"):
        keyring.open(PROPERTY, envelope)


@pytest.mark.parametrize("envelope", [None, "x", [], {}, CLEAR, {"v": 2}, {"v": "1"}])
def test_what_is_no_envelope(keyring: Keyring, envelope: object) -> None:
    with pytest.raises(EnvelopeError, match="not an envelope of version 1"):
        keyring.open(PROPERTY, envelope)


@pytest.mark.parametrize(
    "change",
    [
        {"kid": None},
        {"kid": "a b"},
        {"nonce": "!"},
        {"nonce": "AAAA"},
        {"nonce": None},
        {"ct": "AAAA"},
        {"ct": 5},
        {"ct": "ü"},
    ],
)
def test_a_damaged_envelope(keyring: Keyring, change: dict[str, Any]) -> None:
    with pytest.raises(EnvelopeError, match="damaged; set the credentials again"):
        keyring.open(PROPERTY, keyring.seal(PROPERTY, CREDENTIALS) | change)


@pytest.mark.parametrize("clear", [b"key-secret", b"[]", b"\xff", b'"key-secret"'])
def test_an_envelope_of_something_else(keyring: Keyring, clear: bytes) -> None:
    with pytest.raises(EnvelopeError, match="holds no credentials") as caught:
        keyring.open(PROPERTY, envelope_of(clear))
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("name", CLEAR)
@pytest.mark.parametrize("value", [None, "", " "])
def test_an_incomplete_envelope(keyring: Keyring, name: str, value: str | None) -> None:
    clear = json.dumps(CLEAR | {name: value}).encode()
    with pytest.raises(EnvelopeError, match=f"lack {name}; set them again"):
        keyring.open(PROPERTY, envelope_of(clear))


def test_a_property_that_is_none(keyring: Keyring) -> None:
    with pytest.raises(EnvelopeError, match="'42' is not a property's uuid"):
        keyring.seal("42", CREDENTIALS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no key is given"),
        (" , ", "no key is given"),
        (TEXT, "key 1 is not of the form kid:base64"),
        (f"a:{TEXT},{SECOND}", "key 2 is not of the form"),
        (f"a:{TEXT},a:{SECOND}", "key 2 has the name of an earlier one"),
        (f":{TEXT}", "key 1 has no good name"),
        (f"{TEXT}:a", "key 1 is not valid base64"),
        (f"a:{TEXT[:-2]}", "key 1 is not valid base64"),
        (f"a:{TEXT[:-4]}", "key 1 has 30 bytes, 32 are needed"),
        ("a:", "key 1 has 0 bytes"),
        (f"a:{TEXT}:b", "key 1 is not valid base64"),
    ],
)
def test_bad_keys_are_told_by_number_and_never_shown(text: str, message: str) -> None:
    with pytest.raises(EnvelopeError, match=message) as caught:
        Keyring.from_env(text)
    assert caught.value.__cause__ is None
    assert TEXT[:8] not in str(caught.value)
    assert SECOND[:8] not in str(caught.value)


def test_keys_from_a_file(tmp_path: Path, keyring: Keyring) -> None:
    path = tmp_path / "keys"
    path.write_text(f"a:{TEXT}\nb:{SECOND}\n")
    from_file = Keyring.from_file(path)
    assert from_file.primary_kid == "a"
    assert from_file.open(PROPERTY, keyring.seal(PROPERTY, CREDENTIALS)) == CREDENTIALS
    path.write_text("a:oops")
    with pytest.raises(EnvelopeError, match=r"keys: key 1 .* make one with: leadsync"):
        Keyring.from_file(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(EnvelopeError, match="is not text"):
        Keyring.from_file(path)
    with pytest.raises(EnvelopeError, match=r"No such file.*LEADSYNC_KEYS_FILE"):
        Keyring.from_file(tmp_path / "absent")


def test_generated_keys() -> None:
    made = [generate_key() for _ in range(20)]
    assert len(set(made)) == 20
    kid, _, encoded = generate_key("main.1").partition(":")
    assert kid == "main.1"
    assert len(base64.b64decode(encoded, validate=True)) == 32
    ring = Keyring.from_env(",".join(made))
    assert f"{ring.primary_kid}:" == made[0][: made[0].index(":") + 1]
    for bad in ("", "a b", "a:b", "x" * 65):
        with pytest.raises(EnvelopeError, match="a key's name"):
            generate_key(bad)


def test_nothing_shows_a_secret(keyring: Keyring) -> None:
    shown = f"{CREDENTIALS!r} {CREDENTIALS} {keyring!r} {[CREDENTIALS]} {keyring}"
    assert "secret" not in shown
    assert "4711" not in shown
    assert TEXT[:8] not in shown
    with pytest.raises(EnvelopeError) as caught:
        Credentials("partner-secret", "", "4711")
    assert "secret" not in str(caught.value)
    with pytest.raises(TypeError):
        pickle.dumps(keyring)
