"""The keys that sign booking tokens, and the public key set that devices keep.

A signing key text is a few lines, kept outside the database:

    version:3
    0107:active:2026-01-05:2028-01-05:BASE64      kid, status, first and last day of its tokens, private key

The dates bound the appointments a key may vouch for, so a reader needs no clock to apply them.
"""

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric import ec

_CURVE = ec.SECP256R1()
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_DAYS_OF_A_KEY = 2 * 365
_PARTS = 5


class BadSigningKeys(ValueError):
    """The signing key text cannot be used. The message never shows a key."""


class KeyStatus(StrEnum):
    ACTIVE = "active"
    RETIRED = "retired"  # signs no more, its tokens are still good
    REVOKED = "revoked"  # its tokens are refused


@dataclass(frozen=True)
class VerifyingKey:
    """What anybody may know of a signing key."""

    kid: int
    public: ec.EllipticCurvePublicKey
    not_before: datetime
    expires: datetime
    status: KeyStatus

    def covers(self, starts_at: datetime, expires_at: datetime) -> bool:
        return self.not_before <= starts_at and expires_at <= self.expires


@dataclass(frozen=True)
class SigningKey:
    verifying: VerifyingKey
    private: ec.EllipticCurvePrivateKey = field(repr=False)

    @property
    def kid(self) -> int:
        return self.verifying.kid


@dataclass(frozen=True)
class KeySet:
    """The public keys by kid; devices refuse a lower version than they have seen."""

    version: int
    keys: Mapping[int, VerifyingKey]

    def to_json(self) -> str:
        listed = [_public_entry(key) for _, key in sorted(self.keys.items())]
        return json.dumps({"v": self.version, "keys": listed}, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True)
class SigningKeys:
    version: int
    keys: Mapping[int, SigningKey]

    @classmethod
    def from_text(cls, text: str) -> "SigningKeys":
        """Read a signing key text; entries stand on lines of their own or are parted by commas."""
        version = 0
        keys: dict[int, SigningKey] = {}
        entries = (entry.strip() for entry in text.replace(",", "\n").splitlines())
        for position, entry in enumerate(filter(None, entries), start=1):
            if entry.startswith("version:"):
                version = _whole_number(entry.removeprefix("version:"), position)
                continue
            key = _signing_key(entry, position)
            if key.kid in keys:
                raise BadSigningKeys(f"entry {position}: kid {key.kid:04x} stands there twice")
            keys[key.kid] = key
        if not keys or version < 1:
            raise BadSigningKeys("need a version line and at least one key")
        return cls(version=version, keys=keys)

    def signer(self, now: datetime) -> SigningKey:
        """The key to sign with now: of the active ones that have begun, the newest."""
        usable = [
            key
            for key in self.keys.values()
            if key.verifying.status is KeyStatus.ACTIVE
            and key.verifying.not_before <= now < key.verifying.expires
        ]
        if not usable:
            raise BadSigningKeys("no active signing key is valid at this moment")
        return max(usable, key=lambda key: (key.verifying.not_before, key.kid))

    def public(self) -> KeySet:
        return KeySet(self.version, {kid: key.verifying for kid, key in self.keys.items()})


def public_key_set(keys: SigningKeys) -> str:
    """The JSON that devices fetch: every public key with its dates and status."""
    return keys.public().to_json()


def generate_signing_keys(today: date) -> str:
    """A fresh signing key text with one active key."""
    return f"version:1\n{_fresh_entry(set(), today)}\n"


def rotate_signing_keys(text: str, today: date) -> str:
    """The same text with a new active key; those that were active are retired."""
    keys = SigningKeys.from_text(text)
    entries = [entry.strip() for entry in text.replace(",", "\n").splitlines()]
    kept = [entry.replace(":active:", ":retired:", 1) for entry in entries if _is_key(entry)]
    return "\n".join([f"version:{keys.version + 1}", *kept, _fresh_entry(set(keys.keys), today), ""])


def _is_key(entry: str) -> bool:
    return bool(entry) and not entry.startswith("version:")


def _fresh_entry(taken: set[int], today: date) -> str:
    kid = secrets.choice([kid for kid in range(1, 0x10000) if kid not in taken])
    private = base64.urlsafe_b64encode((1 + secrets.randbelow(ORDER - 1)).to_bytes(32, "big")).decode()
    # Days are UTC's: a day earlier, so that today's first appointments in New Caledonia are covered too.
    return f"{kid:04x}:active:{today - timedelta(1)}:{today + timedelta(_DAYS_OF_A_KEY)}:{private}"


def _signing_key(entry: str, position: int) -> SigningKey:
    parts = entry.split(":")
    if len(parts) != _PARTS:
        raise BadSigningKeys(f"entry {position} is not of the form KID:STATUS:FIRST-DAY:LAST-DAY:KEY")
    kid_text, status, first_day, last_day, encoded = parts
    try:
        kid = int.from_bytes(bytes.fromhex(kid_text).rjust(2, b"\0"), "big")
        secret = int.from_bytes(base64.b64decode(encoded, altchars=b"-_", validate=True), "big")
        private = ec.derive_private_key(secret, _CURVE)
        verifying = VerifyingKey(
            kid, private.public_key(), _midnight(first_day), _midnight(last_day), KeyStatus(status)
        )
    except ValueError:
        # The reason may quote the key: it is not passed on.
        raise BadSigningKeys(f"entry {position} holds a wrong kid, status, day or key") from None
    if not 1 <= kid <= 0xFFFF or verifying.not_before >= verifying.expires:
        raise BadSigningKeys(f"entry {position}: kid 0001 to ffff, and the first day before the last")
    return SigningKey(verifying, private)


def _whole_number(text: str, position: int) -> int:
    if not (text.isascii() and text.isdigit()):
        raise BadSigningKeys(f"entry {position}: the version is a whole number")
    return int(text)


def _midnight(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(), UTC)


def _public_entry(key: VerifyingKey) -> dict[str, str | int]:
    numbers = key.public.public_numbers()
    return {
        "kid": f"{key.kid:04x}",
        "alg": "ES256",
        "x": _base64url(numbers.x),
        "y": _base64url(numbers.y),
        "nbf": int(key.not_before.timestamp()),
        "exp": int(key.expires.timestamp()),
        "status": key.status.value,
    }


def _base64url(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()
