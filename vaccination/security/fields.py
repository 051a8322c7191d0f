"""Column types that keep personal fields encrypted, and blind indexes to find them again.

The keys are bound once, at the edge. A process that never binds them (the planner) may still load
the models and select clear columns; touching an encrypted one is then refused.
"""

import json
import re
import unicodedata
from datetime import date
from typing import Any

from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.sql import operators
from sqlalchemy.types import TypeDecorator

from vaccination.security.key_ring import KeyRing as KeyRing
from vaccination.security.key_ring import add_field_key as add_field_key
from vaccination.security.key_ring import generate_keys as generate_keys

_COLUMN = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
# Letters which Unicode does not take apart although people write them both ways.
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ı": "i"})


class KeysUnbound(RuntimeError):
    """This process holds no field keys: it may use clear columns only."""

    def __init__(self) -> None:
        super().__init__("no field keys are bound: call use_keys(KeyRing.from_text(...)) at the edge")


class NotComparable(TypeError):
    """An encrypted column differs at every writing: it can be neither compared nor sorted by."""


_bound: KeyRing | None = None


def use_keys(ring: KeyRing | None) -> None:
    """Bind the keys of this process; None takes them away again."""
    global _bound
    _bound = ring


def keys() -> KeyRing:
    if _bound is None:
        raise KeysUnbound
    return _bound


class _NoComparison(TypeDecorator.Comparator[Any]):
    """Lets IS NULL through; refuses at once what would silently find nothing."""

    def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
        tests_for_null = op in (operators.eq, operators.ne, operators.is_, operators.is_not)
        if not (tests_for_null and other == (None,)):
            raise NotComparable(f"{self.expr} is encrypted: compare its blind index instead")
        return super().operate(op, *other, **kwargs)

    reverse_operate = operate


class _Encrypted(TypeDecorator[Any]):
    """AES-256-GCM over the bytes of a value, tied to the column and to the number of the key."""

    impl = LargeBinary
    cache_ok = True
    comparator_factory = _NoComparison

    def __init__(self, column: str) -> None:
        super().__init__()
        if not _COLUMN.fullmatch(column):
            raise ValueError(f"name the column as table.column, not {column!r}")
        self.column = column

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        return None if value is None else keys().encrypt(self.column, self.to_bytes(value))

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        return None if value is None else self.from_bytes(keys().decrypt(self.column, bytes(value)))

    def process_literal_param(self, value: Any, dialect: Dialect) -> str:
        raise NotComparable(f"{self.column} is encrypted and never written into a statement's text")

    def to_bytes(self, value: Any) -> bytes:
        raise NotImplementedError

    def from_bytes(self, clear: bytes) -> Any:
        raise NotImplementedError


class EncryptedText(_Encrypted):
    cache_ok = True

    def to_bytes(self, value: str) -> bytes:
        return value.encode()

    def from_bytes(self, clear: bytes) -> str:
        return clear.decode()


class EncryptedDate(_Encrypted):
    cache_ok = True

    def to_bytes(self, value: date) -> bytes:
        return value.isoformat().encode()

    def from_bytes(self, clear: bytes) -> date:
        return date.fromisoformat(clear.decode())


class EncryptedJSON(_Encrypted):
    """A JSON value. Assign a new one to change it: changes inside are not noticed."""

    cache_ok = True

    def to_bytes(self, value: Any) -> bytes:
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    def from_bytes(self, clear: bytes) -> Any:
        return json.loads(clear)


def normalise(text: str) -> str:
    """Fold a name so that its usual spellings meet: Jean-Éric, JEAN ERIC and jean eric are one."""
    folded = unicodedata.normalize("NFKD", text).casefold().translate(_LIGATURES)
    folded = unicodedata.normalize("NFKD", folded)
    return "".join(letter for letter in folded if letter.isalnum()) or folded.strip()


def blind_index(column: str, *parts: str | date) -> bytes:
    """16 bytes by which equal values are found, whatever their spelling. Not for telling e-mails apart."""
    return _index(
        column, *(part.isoformat() if isinstance(part, date) else normalise(part) for part in parts)
    )


def exact_index(column: str, value: str) -> bytes:
    """As blind_index, where punctuation tells values apart (e-mail): only case and outer space are folded."""
    return _index(column, unicodedata.normalize("NFC", value.strip().casefold()))


def _index(column: str, *parts: str) -> bytes:
    # Each part carries its length, so that ("ab", "c") and ("a", "bc") stay different.
    joined = "".join(f"{len(part)}:{part}" for part in parts)
    return keys().index(column, joined.encode())
