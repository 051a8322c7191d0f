"""The keys that lock personal fields, and the separate keys that make them findable.

A key text is a few lines, kept outside the database:

    index:BASE64      never rotated alone: every blind index would have to be rewritten
    1:BASE64          field keys by number; the highest one writes, all of them read
    2:BASE64
"""

import base64
import hmac
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from types import MappingProxyType

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

FORMAT = 1
MAX_KEY_NUMBER = 255
_MASTER_BYTES = 32
_NONCE_BYTES = 12
_HEAD_BYTES = 2
_INDEX_NAME = "index"


class BadKeyText(ValueError):
    """The key text cannot be used. The message never shows a key."""


class Undecipherable(RuntimeError):
    """A stored field was not written by these keys, or was changed, or stands in another column."""

    def __init__(self, column: str) -> None:
        super().__init__(f"{column}: the stored value cannot be opened with the keys of this process")


@dataclass(frozen=True)
class KeyRing:
    """Versioned field keys and one index key; what is really used is derived for each column."""

    field_masters: Mapping[int, bytes] = field(repr=False)
    index_master: bytes = field(repr=False)
    _ciphers: dict[tuple[int, str], AESGCM] = field(default_factory=dict, repr=False, compare=False)
    _index_keys: dict[str, bytes] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.field_masters:
            raise BadKeyText("there is no field key")
        if any(not 1 <= number <= MAX_KEY_NUMBER for number in self.field_masters):
            raise BadKeyText(f"field keys are numbered 1 to {MAX_KEY_NUMBER}")
        masters = [*self.field_masters.values(), self.index_master]
        if any(len(master) != _MASTER_BYTES for master in masters):
            raise BadKeyText(f"every key has {_MASTER_BYTES} bytes")
        if len(set(masters)) != len(masters):
            raise BadKeyText("the same key stands there twice")
        object.__setattr__(self, "field_masters", MappingProxyType(dict(self.field_masters)))

    @classmethod
    def from_text(cls, text: str) -> "KeyRing":
        """Read a key text; entries stand on lines of their own or are parted by commas."""
        masters: dict[str, bytes] = {}
        for name, master in _entries(text):
            if name in masters:
                raise BadKeyText(f"entry {name!r} stands there twice")
            masters[name] = master
        try:
            index_master = masters.pop(_INDEX_NAME)
        except KeyError:
            raise BadKeyText("there is no index key") from None
        field_masters = {int(name): master for name, master in masters.items()}
        return cls(field_masters=field_masters, index_master=index_master)

    @property
    def current(self) -> int:
        """The number of the key that writes."""
        return max(self.field_masters)

    def encrypt(self, column: str, clear: bytes) -> bytes:
        head = bytes((FORMAT, self.current))
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self._cipher(self.current, column).encrypt(nonce, clear, _bound_to(head, column))
        return head + nonce + sealed

    def decrypt(self, column: str, stored: bytes) -> bytes:
        head, nonce = stored[:_HEAD_BYTES], stored[_HEAD_BYTES : _HEAD_BYTES + _NONCE_BYTES]
        if len(nonce) != _NONCE_BYTES or head[0] != FORMAT or head[1] not in self.field_masters:
            raise Undecipherable(column)
        sealed = stored[_HEAD_BYTES + _NONCE_BYTES :]
        try:
            return self._cipher(head[1], column).decrypt(nonce, sealed, _bound_to(head, column))
        except InvalidTag:
            raise Undecipherable(column) from None

    def is_current(self, stored: bytes) -> bool:
        """False for a value that a re-encrypting job should write anew."""
        return stored[:_HEAD_BYTES] == bytes((FORMAT, self.current))

    def index(self, column: str, value: bytes) -> bytes:
        """A keyed fingerprint of the value: equal values meet, and nothing is learnt without the key."""
        key = self._index_keys.get(column)
        if key is None:
            key = self._index_keys[column] = _derive(self.index_master, f"blind index|{column}")
        return hmac.digest(key, value, sha256)[:16]

    def _cipher(self, number: int, column: str) -> AESGCM:
        cipher = self._ciphers.get((number, column))
        if cipher is None:
            cipher = AESGCM(_derive(self.field_masters[number], f"field|{column}"))
            self._ciphers[number, column] = cipher
        return cipher


def generate_keys() -> str:
    """A fresh key text with one field key, for a new installation."""
    return f"{_INDEX_NAME}:{_fresh_key()}\n1:{_fresh_key()}\n"


def add_field_key(text: str) -> str:
    """The same key text with one more field key, which from now on writes."""
    ring = KeyRing.from_text(text)
    return f"{text.rstrip()}\n{ring.current + 1}:{_fresh_key()}\n"


def _fresh_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(_MASTER_BYTES)).decode("ascii")


def _entries(text: str) -> Iterator[tuple[str, bytes]]:
    entries = (entry.strip() for entry in text.replace(",", "\n").splitlines())
    for position, entry in enumerate(filter(None, entries), start=1):
        name, colon, encoded = entry.partition(":")
        if not colon or not (name == _INDEX_NAME or (name.isascii() and name.isdigit())):
            raise BadKeyText(f"entry {position} is not of the form NUMBER:KEY or {_INDEX_NAME}:KEY")
        try:
            master = base64.b64decode(encoded, altchars=b"-_", validate=True)
        except ValueError:
            raise BadKeyText(f"entry {position} ({name}) is not base64") from None
        yield name.lstrip("0") or name, master


def _derive(master: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=_MASTER_BYTES, salt=None, info=purpose.encode()).derive(master)


def _bound_to(head: bytes, column: str) -> bytes:
    """What the cipher text is tied to: moved to another column or key number, it no longer opens."""
    return head + column.encode()
