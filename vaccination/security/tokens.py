"""The signed text in the QR code of a dose appointment ("VX1"): a COSE_Sign1 message in base45.

It carries no personal fact: a photographed sheet tells somebody, one centre and one time. Its text
is never an identity (a signature can be written twice): reference and issue counter are.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from vaccination.errors import Invalid
from vaccination.security import base45
from vaccination.security.scanner import candidates
from vaccination.security.signing_keys import ORDER, KeySet, KeyStatus, SigningKey, VerifyingKey
from vaccination.security.signing_keys import SigningKeys as SigningKeys
from vaccination.security.signing_keys import generate_signing_keys as generate_signing_keys
from vaccination.security.signing_keys import public_key_set as public_key_set

PREFIX = "VX1:"
REFERENCE_BYTES = 8
_LONGEST_TEXT = 400
_GOOD_AFTER_SLOT = timedelta(hours=24)
_ES256 = b"\xa2\x01\x26\x04\x42"  # {1: -7, 4: two bytes of kid}
_HEAD = b"\xd2\x84\x47"  # tag 18, four items, the first of 7 bytes
_NO_OPEN_HEADERS = b"\xa0"
_PAYLOAD_OF = b"\x58"
_SIGNATURE_OF = b"\x58\x40"
_SHORTEST_PAYLOAD, _LONGEST_PAYLOAD = 29, 32
_FRAME = 13 + 66  # bytes before the payload and after it


class TokenRefused(Invalid):
    """The text is not a booking token that we signed; `code` says why."""

    code = "token_refused"


class NotOurs(TokenRefused):
    """Some other text or code."""

    code = "not_ours"


class Truncated(TokenRefused):
    """It begins as ours but is too short: a scan or copy that broke off."""

    code = "truncated"


class Garbled(TokenRefused):
    """It begins as ours but is not written as we write it."""

    code = "garbled"


class WrongAlgorithm(TokenRefused):
    code = "wrong_algorithm"


class UnknownKey(TokenRefused):
    code = "unknown_key"


class RevokedKey(TokenRefused):
    code = "revoked_key"


class BadSignature(TokenRefused):
    code = "bad_signature"


class OutsideKeyDates(TokenRefused):
    """Well signed, for a moment the key may not vouch for."""

    code = "outside_key_dates"


@dataclass(frozen=True, slots=True)
class BookingToken:
    """Reference and issue of a dose appointment, with the place and time it was written for."""

    reference: bytes
    centre: int
    starts_at: datetime
    expires_at: datetime
    dose: int
    issue: int

    def __post_init__(self) -> None:
        if len(self.reference) != REFERENCE_BYTES:
            raise ValueError(f"a reference has {REFERENCE_BYTES} bytes")
        if not (0 <= self.centre <= 0xFFFF and 1 <= self.dose <= 23 and 0 <= self.issue <= 255):
            raise ValueError("centre, dose or issue counter out of range")
        if self.starts_at.utcoffset() is None or self.expires_at.utcoffset() is None:
            raise ValueError("moments carry their time zone")
        if not 0x10000 <= self.starts_at.timestamp() < self.expires_at.timestamp() <= 0xFFFFFFFF:
            raise ValueError("starts, then expires")


class DoseToSign(Protocol):
    """What a dose appointment must tell to be signed; the card that is printed does."""

    @property
    def token_ref(self) -> bytes: ...
    @property
    def centre_id(self) -> int: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def dose_number(self) -> int: ...
    @property
    def issue(self) -> int: ...


def sign_dose(dose: DoseToSign, key: SigningKey) -> str:
    """The QR text of a dose appointment, good until a day after its slot."""
    token = BookingToken(
        reference=dose.token_ref,
        centre=dose.centre_id,
        starts_at=dose.starts_at,
        expires_at=dose.ends_at + _GOOD_AFTER_SLOT,
        dose=dose.dose_number,
        issue=dose.issue,
    )
    return sign(token, key)


def sign(token: BookingToken, key: SigningKey) -> str:
    """The text of the QR code. The same token and key give the same text, always."""
    if not key.verifying.covers(token.starts_at, token.expires_at):
        raise ValueError(f"key {key.kid:04x} does not reach the days of this appointment")
    protected = _ES256 + key.kid.to_bytes(2, "big")
    payload = _payload(token)
    algorithm = ec.ECDSA(SHA256(), deterministic_signing=True)
    r, s = decode_dss_signature(key.private.sign(_to_be_signed(protected, payload), algorithm))
    signature = r.to_bytes(32, "big") + min(s, ORDER - s).to_bytes(32, "big")
    return PREFIX + base45.encode(
        _HEAD + protected + _NO_OPEN_HEADERS + _PAYLOAD_OF + bytes([len(payload)]) + payload
        + _SIGNATURE_OF + signature
    )  # fmt: skip


def read(text: str, keys: KeySet) -> BookingToken:
    """The token in a scanned or typed text, also when a French keyboard scrambled it.

    It says who signed what. Whether centre, day and issue are the right ones is the desk's rule.
    """
    if len(text) > _LONGEST_TEXT:
        raise NotOurs
    # The likeliest reading that is ours at all tells the reason.
    refusals: list[TokenRefused] = []
    for reading in candidates(text):
        try:
            return _read_one(reading, keys)
        except NotOurs:
            continue
        except TokenRefused as refused:
            refusals.append(refused)
    raise refusals[0] if refusals else NotOurs


def _read_one(text: str, keys: KeySet) -> BookingToken:
    if not text.startswith(PREFIX):
        raise NotOurs
    cose = _decoded(text.removeprefix(PREFIX))
    protected, payload, signature = _taken_apart(cose)
    key = _known_key(protected, keys)
    _verify(key, _to_be_signed(protected, payload), signature)
    token = _token(payload)
    if not key.covers(token.starts_at, token.expires_at):
        raise OutsideKeyDates
    return token


def _decoded(body: str) -> bytes:
    try:
        return base45.decode(body)
    except ValueError:
        pass
    # A text that broke off inside a group is truncated, not garbled: look at the whole groups before it.
    try:
        _taken_apart(base45.decode(body[: len(body) - len(body) % 3]))
    except ValueError:
        raise Garbled from None
    raise Garbled


def _taken_apart(cose: bytes) -> tuple[bytes, bytes, bytes]:
    """Protected header, payload and signature. The frame is fixed, so one writing only is accepted."""
    if len(cose) < _SHORTEST_PAYLOAD + _FRAME:
        raise Truncated
    length = cose[12]
    if not _SHORTEST_PAYLOAD <= length <= _LONGEST_PAYLOAD:
        raise Garbled
    if len(cose) < length + _FRAME:
        raise Truncated
    payload, tail = cose[13 : 13 + length], cose[13 + length :]
    framed = (
        cose.startswith(_HEAD)
        and cose[10:12] == _NO_OPEN_HEADERS + _PAYLOAD_OF
        and tail.startswith(_SIGNATURE_OF)
        and len(cose) == length + _FRAME
    )
    if not framed:
        raise Garbled
    return cose[3:10], payload, tail[2:]


def _known_key(protected: bytes, keys: KeySet) -> VerifyingKey:
    # The token's own algorithm is compared, never trusted.
    if not protected.startswith(_ES256):
        raise WrongAlgorithm
    key = keys.keys.get(int.from_bytes(protected[5:], "big"))
    if key is None:
        raise UnknownKey
    if key.status is KeyStatus.REVOKED:
        raise RevokedKey
    return key


def _verify(key: VerifyingKey, signed: bytes, signature: bytes) -> None:
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    # (r, n - s) would verify as well: only the one that sign() writes is accepted.
    if s > ORDER // 2:
        raise BadSignature
    try:
        key.public.verify(encode_dss_signature(r, s), signed, ec.ECDSA(SHA256()))
    except InvalidSignature:
        raise BadSignature from None


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    return cbor2.dumps(["Signature1", protected, b"", payload])


def _payload(token: BookingToken) -> bytes:
    content = {
        1: token.reference,
        2: token.centre,
        3: int(token.starts_at.timestamp()),
        4: int(token.expires_at.timestamp()),
        5: token.dose,
        6: token.issue,
    }
    return cbor2.dumps(content, canonical=True)


def _token(payload: bytes) -> BookingToken:
    """Decode a payload whose signature is already verified; still, only the one canonical form."""
    try:
        content = cbor2.loads(payload)
        token = BookingToken(
            reference=content[1],
            centre=content[2],
            starts_at=datetime.fromtimestamp(content[3], UTC),
            expires_at=datetime.fromtimestamp(content[4], UTC),
            dose=content[5],
            issue=content[6],
        )
        canonical = _payload(token) == payload
    except (cbor2.CBORDecodeError, LookupError, TypeError, ValueError, OverflowError):
        raise Garbled from None
    if not canonical:
        raise Garbled
    return token
