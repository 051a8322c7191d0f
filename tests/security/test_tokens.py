import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from hashlib import sha256

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given
from hypothesis import strategies as st

from vaccination.security import base45
from vaccination.security.scanner import candidates
from vaccination.security.signing_keys import (
    ORDER,
    BadSigningKeys,
    SigningKeys,
    generate_signing_keys,
    public_key_set,
    rotate_signing_keys,
)
from vaccination.security.tokens import (
    BadSignature,
    BookingToken,
    Garbled,
    NotOurs,
    OutsideKeyDates,
    RevokedKey,
    TokenRefused,
    Truncated,
    UnknownKey,
    WrongAlgorithm,
    read,
    sign,
)

SECRET = base64.urlsafe_b64encode(sha256(b"vaxplan test key 1").digest()).decode()
KEY_TEXT = f"version:17\n0107:active:2026-01-01:2027-01-01:{SECRET}\n"
KEYS = SigningKeys.from_text(KEY_TEXT)
PUBLIC = KEYS.public()
NOW = datetime(2026, 2, 1, 8, tzinfo=UTC)
TOKEN = BookingToken(
    reference=bytes.fromhex("0011223344556677"),
    centre=12034,
    starts_at=datetime.fromtimestamp(1773129600, UTC),
    expires_at=datetime.fromtimestamp(1773216000, UTC),
    dose=1,
    issue=0,
)
COSE = bytes.fromhex(
    "d28447a2012604420107a0581fa60148001122334455667702192f02031a69afcf80041a69b121000501060058404e2bc259"
    "50531c73f80473df57774e55aace174ef322e5e20666886e3309b60f71ecacc8722d71c8856890074c4b32b83ef195da73de"
    "2e13995dbe4b38865ae7"
)
TEXT = (
    "VX1:RRQN29O60AO0%508CK204D70H00PE4XS8-.C.B0J.5TH0AGDKAQFN0CGDX74LS06Y027BV*9SPO/6A%Q3.FV8TEQ2BS+9VQLQ."
    "27XUZ2TI 06BHFK6W0N4IE.$LOJEDHE.%GG9I1T9OI63/7M.I7TE5$5LHJP2OP676MB"
)
tokens = st.builds(
    BookingToken,
    reference=st.binary(min_size=8, max_size=8),
    centre=st.integers(0, 0xFFFF),
    starts_at=st.just(TOKEN.starts_at),
    expires_at=st.just(TOKEN.expires_at),
    dose=st.integers(1, 23),
    issue=st.integers(0, 255),
)


def as_text(cose: bytes) -> str:
    return "VX1:" + base45.encode(cose)


def resigned(payload: bytes) -> str:
    """A payload of any content, under our own good signature."""
    signed = cbor2.dumps(["Signature1", COSE[3:10], b"", payload])
    r, s = decode_dss_signature(KEYS.keys[0x107].private.sign(signed, ec.ECDSA(SHA256())))
    signature = r.to_bytes(32, "big") + min(s, ORDER - s).to_bytes(32, "big")
    return as_text(COSE[:12] + bytes([len(payload)]) + payload + b"\x58\x40" + signature)


def test_known_token_is_written_and_read_byte_for_byte() -> None:
    assert sign(TOKEN, KEYS.signer(NOW)) == TEXT == as_text(COSE)
    assert len(COSE) == 110 and len(TEXT) == 169
    assert read(TEXT, PUBLIC) == TOKEN


def test_known_token_is_a_cose_message_to_any_reader() -> None:
    message = cbor2.loads(COSE)
    assert message.tag == 18
    protected, unprotected, payload, signature = message.value
    assert cbor2.loads(protected) == {1: -7, 4: bytes.fromhex("0107")}
    assert (unprotected, len(signature)) == ({}, 64)
    assert cbor2.loads(payload) == {
        1: TOKEN.reference, 2: 12034, 3: 1773129600, 4: 1773216000, 5: 1, 6: 0
    }  # fmt: skip


@given(tokens)
def test_every_token_comes_back_and_fits_the_qr_version(token: BookingToken) -> None:
    text = sign(token, KEYS.signer(NOW))
    assert read(f"  {text}\r\n", PUBLIC) == token
    assert len(text) <= 178


def test_every_single_bit_flip_is_refused() -> None:
    accepted = []
    for bit in range(len(COSE) * 8):
        changed = bytearray(COSE)
        changed[bit // 8] ^= 1 << bit % 8
        try:
            accepted.append((bit, read(as_text(bytes(changed)), PUBLIC)))
        except TokenRefused:
            continue
    assert accepted == []


def test_the_twin_signature_is_refused() -> None:
    s = int.from_bytes(COSE[-32:], "big")
    with pytest.raises(BadSignature):
        read(as_text(COSE[:-32] + (ORDER - s).to_bytes(32, "big")), PUBLIC)


@pytest.mark.parametrize(
    "text", ["", "hello", "HC1:6BF", "https://example.org", TEXT[1:], "VX2" + TEXT[3:], "x" * 5000]
)
def test_other_codes_are_not_ours(text: str) -> None:
    with pytest.raises(NotOurs):
        read(text, PUBLIC)


@pytest.mark.parametrize("length", range(4, 169))
def test_every_broken_off_text_is_truncated(length: int) -> None:
    with pytest.raises(Truncated):
        read(TEXT[:length], PUBLIC)


def test_what_hangs_on_behind_is_refused() -> None:
    with pytest.raises(Garbled):
        read(as_text(COSE + b"\0"), PUBLIC)
    with pytest.raises(Garbled):
        read(TEXT + "000", PUBLIC)


def test_an_inner_space_must_survive() -> None:
    assert " " in TEXT
    with pytest.raises(TokenRefused):
        read(TEXT.replace(" ", ""), PUBLIC)


def test_another_algorithm_is_refused_before_anything_is_verified() -> None:
    with pytest.raises(WrongAlgorithm):
        read(as_text(COSE.replace(bytes.fromhex("a20126"), bytes.fromhex("a20124"))), PUBLIC)


def test_a_foreign_key_is_unknown() -> None:
    other = SigningKeys.from_text(generate_signing_keys(date(2026, 1, 1)).replace("0107", "0108"))
    with pytest.raises(UnknownKey):
        read(sign(TOKEN, other.signer(NOW)), PUBLIC)


def test_a_forged_token_under_our_kid_is_refused() -> None:
    fresh = generate_signing_keys(date(2026, 1, 1)).splitlines()[1]
    forger = SigningKeys.from_text("version:1\n0107" + fresh[4:])
    with pytest.raises(BadSignature):
        read(sign(TOKEN, forger.signer(NOW)), PUBLIC)


def test_retired_keys_still_read_and_revoked_ones_do_not() -> None:
    retired = SigningKeys.from_text(KEY_TEXT.replace("active", "retired"))
    assert read(TEXT, retired.public()) == TOKEN
    with pytest.raises(BadSigningKeys):
        retired.signer(NOW)
    with pytest.raises(RevokedKey):
        read(TEXT, SigningKeys.from_text(KEY_TEXT.replace("active", "revoked")).public())


def test_a_key_vouches_only_for_its_own_days() -> None:
    short = SigningKeys.from_text(KEY_TEXT.replace("2027-01-01", "2026-03-01"))
    with pytest.raises(OutsideKeyDates):
        read(TEXT, short.public())
    with pytest.raises(ValueError, match="0107"):
        sign(TOKEN, short.signer(NOW))


def test_a_well_signed_payload_in_another_writing_is_refused() -> None:
    content = cbor2.loads(cbor2.loads(COSE).value[2])
    assert read(resigned(cbor2.dumps(content, canonical=True)), PUBLIC) == TOKEN
    backwards = dict(reversed(content.items()))
    with pytest.raises(Garbled):
        read(resigned(cbor2.dumps(backwards)), PUBLIC)
    with pytest.raises(Garbled):
        read(resigned(cbor2.dumps({**content, 5: 0}, canonical=True)), PUBLIC)
    with pytest.raises(Garbled):
        read(resigned(b"\xff" * 31), PUBLIC)


@given(st.binary(max_size=120))
def test_rubbish_behind_our_prefix_is_refused_with_a_code(rubbish: bytes) -> None:
    with pytest.raises(TokenRefused):
        read(as_text(rubbish), PUBLIC)


ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
AZERTY = str.maketrans("0123456789AQZWM$%*+-./:", "à&é\"'(-è_çQAWZ?458+):!M")
# Under Windows Caps Lock shifts every key of a French keyboard: digits come out as digits, points as strokes.
AZERTY_CAPS_WINDOWS = str.maketrans("AQZWM$%*+-./:", "QAWZ,'(_=°/§M")


def as_sent(text: str) -> str:
    return text


def through_french(text: str) -> str:
    return text.translate(AZERTY)


def through_caps(text: str) -> str:
    return text.swapcase()


def through_french_caps(text: str) -> str:
    return text.translate(AZERTY).swapcase()


def through_french_caps_under_windows(text: str) -> str:
    return text.translate(AZERTY_CAPS_WINDOWS).swapcase()


KEYBOARDS = [as_sent, through_french, through_caps, through_french_caps, through_french_caps_under_windows]


@pytest.mark.parametrize("keyboard", KEYBOARDS)
@given(tokens)
def test_every_keyboard_is_seen_through(keyboard: Callable[[str], str], token: BookingToken) -> None:
    text = sign(token, KEYS.signer(NOW))
    assert read(keyboard(text), PUBLIC) == token


@pytest.mark.parametrize("keyboard", KEYBOARDS)
def test_every_keyboard_maps_one_to_one(keyboard: Callable[[str], str]) -> None:
    received = keyboard(ALPHABET)
    assert len(set(received)) == len(ALPHABET)
    assert ALPHABET in candidates(received)


def test_a_broken_off_french_scan_is_truncated_not_foreign() -> None:
    with pytest.raises(Truncated):
        read(TEXT.translate(AZERTY)[:90], PUBLIC)


@pytest.mark.parametrize(
    "change",
    [
        {"reference": b"short"},
        {"centre": 65536},
        {"dose": 0},
        {"issue": 256},
        {"starts_at": datetime(2026, 3, 10, 9)},  # noqa: DTZ001
        {"expires_at": TOKEN.starts_at},
    ],
)
def test_an_impossible_token_cannot_be_made(change: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        replace(TOKEN, **change)  # type: ignore[arg-type]


def test_rotation_retires_the_old_key_and_raises_the_version() -> None:
    rotated = SigningKeys.from_text(rotate_signing_keys(KEY_TEXT, date(2026, 2, 1)))
    signer = rotated.signer(NOW)
    assert (rotated.version, len(rotated.keys)) == (18, 2)
    assert signer.kid != 0x107
    assert read(sign(TOKEN, signer), rotated.public()) == TOKEN
    assert read(TEXT, rotated.public()) == TOKEN


def test_a_fresh_key_signs_for_today_anywhere_on_earth() -> None:
    key = SigningKeys.from_text(generate_signing_keys(date(2026, 2, 1))).signer(NOW)
    start = datetime(2026, 2, 1, 8, tzinfo=timezone(timedelta(hours=11)))
    assert sign(replace(TOKEN, starts_at=start, expires_at=start + timedelta(1)), key)


def test_public_key_set_shows_the_known_key_and_no_secret() -> None:
    key_set = json.loads(public_key_set(KEYS))
    assert key_set["v"] == 17
    (entry,) = key_set["keys"]
    assert set(entry) == {"kid", "alg", "x", "y", "nbf", "exp", "status"}
    assert (entry["kid"], entry["alg"], entry["status"]) == ("0107", "ES256", "active")
    x = base64.urlsafe_b64decode(entry["x"] + "=")
    assert x.hex() == "45698d0237d142ae82aa5bfaabd57f1f8b92025a75837dd37c518d96a0a58f91"
    assert entry["exp"] - entry["nbf"] == timedelta(365).total_seconds()
    assert SECRET not in repr(KEYS)


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "version:1",
        KEY_TEXT.replace("version:17\n", ""),
        KEY_TEXT.replace("17", "many"),
        KEY_TEXT + KEY_TEXT,
        KEY_TEXT.replace("active", "asleep"),
        KEY_TEXT.replace("2027-01-01", "2025-01-01"),
        KEY_TEXT.replace("2027", "20x7"),
        KEY_TEXT.replace("0107", "010701"),
        KEY_TEXT.replace(SECRET, ""),
        KEY_TEXT.replace(SECRET, SECRET[:-1]),
    ],
)
def test_a_wrong_signing_key_text_is_refused_without_showing_a_key(bad: str) -> None:
    with pytest.raises(BadSigningKeys) as refusal:
        SigningKeys.from_text(bad)
    assert SECRET[:20] not in str(refusal.value)
