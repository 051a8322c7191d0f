"""Codes that people read from paper, say on the phone and type: booking references and secret codes.

Crockford's base 32: no I, L, O, U, so nothing looks like a digit. A reference names a request and
is no secret; the secret code lets its holder see and cancel it.
"""

import secrets
from typing import NewType

from vaccination.errors import Invalid

Reference = NewType("Reference", str)
SecretCode = NewType("SecretCode", str)

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES = {letter: value for value, letter in enumerate(ALPHABET)}
_LOOK_ALIKES = str.maketrans("OIL", "011")
_SEPARATORS = str.maketrans("", "", " -.–—_/\u00a0\u202f\u2011\t\r\n")
_GROUP = 4
PAYLOAD_LENGTH = 9
SECRET_LENGTH = 12
REFERENCES = 32**PAYLOAD_LENGTH


class BadReference(Invalid):
    """The typed text is not a reference, or one character of it is wrong."""

    code = "bad_reference"


class BadSecretCode(Invalid):
    """The typed text cannot be a secret code."""

    code = "bad_secret_code"


def new_reference() -> Reference:
    """A random reference. Two requests may draw the same one in 35 million million: the table refuses it."""
    return reference_of(secrets.randbelow(REFERENCES))


def reference_of(number: int) -> Reference:
    """The reference of a number below REFERENCES: nine characters and a check character."""
    if not 0 <= number < REFERENCES:
        raise ValueError(f"need 0 <= number < {REFERENCES}, got {number}")
    payload = "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(PAYLOAD_LENGTH)))
    return Reference(payload + _check_character(payload))


def parse_reference(typed: str) -> Reference:
    """The reference that somebody typed; BadReference when a character is wrong or two changed places."""
    text = _folded(typed)
    if len(text) != PAYLOAD_LENGTH + 1 or not set(text) <= _VALUES.keys():
        raise BadReference
    if _check_character(text[:-1]) != text[-1]:
        raise BadReference
    return Reference(text)


def new_secret_code() -> SecretCode:
    """60 random bits, enough where guesses are counted."""
    return SecretCode("".join(secrets.choice(ALPHABET) for _ in range(SECRET_LENGTH)))


def secret_code_of(random_bytes: bytes) -> SecretCode:
    """The secret code that 60 bits of a keyed fingerprint spell: the same bytes, the same code."""
    number = int.from_bytes(random_bytes[:8], "big")
    return SecretCode("".join(ALPHABET[number >> 5 * place & 31] for place in range(SECRET_LENGTH)))


def parse_secret_code(typed: str) -> SecretCode:
    """The secret code that somebody typed; BadSecretCode when it cannot be one."""
    text = _folded(typed)
    if len(text) != SECRET_LENGTH or not set(text) <= _VALUES.keys():
        raise BadSecretCode
    return SecretCode(text)


def grouped(code: str) -> str:
    """As it is shown and read aloud: 7QK4-M2XW-8D."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def _folded(typed: str) -> str:
    return typed.translate(_SEPARATORS).upper().translate(_LOOK_ALIKES)


def _check_character(payload: str) -> str:
    """A weighted sum in the field of 32 elements.

    The weights are different and none is zero, so every single wrong character and every swap of two
    changes the sum: a plain sum modulo 32 would miss some of both.
    """
    total = 0
    weight = 1
    for letter in payload:
        weight = _times(weight, 2)
        total ^= _times(weight, _VALUES[letter])
    return ALPHABET[total]


def _times(left: int, right: int) -> int:
    """Product in GF(32), modulo x^5 + x^2 + 1."""
    product = 0
    while right:
        if right & 1:
            product ^= left
        left <<= 1
        if left & 32:
            left ^= 0b100101
        right >>= 1
    return product
