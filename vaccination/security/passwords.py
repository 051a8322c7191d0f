"""Passwords of staff: argon2id with the parameters that OWASP recommends, and the rule for a new one."""

import unicodedata
from functools import cache

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

MIN_LENGTH = 12
MAX_LENGTH = 128
_MIN_DIFFERENT = 5
_MIN_LOGIN_PART = 3
# 19 MiB, 2 passes, 1 lane: 50 ms here, so a burst of sign-ins does not exhaust the memory of a small server.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)


def hash_password(password: str) -> str:
    return _HASHER.hash(_form(password))


def is_password(given: str, kept_hash: str | None) -> bool:
    """Whether the password is right. No hash (an unknown login) is False and takes as long."""
    if len(given) > MAX_LENGTH:
        return False
    try:
        right = _HASHER.verify(kept_hash or _nobodys_hash(), _form(given))
    except (VerificationError, InvalidHashError):
        return False
    return right and kept_hash is not None


def needs_rehash(kept_hash: str) -> bool:
    """True when the hash was made with other parameters: hash the password anew at the next sign-in."""
    return _HASHER.check_needs_rehash(kept_hash)


def password_faults(password: str, login: str) -> tuple[str, ...]:
    """Codes of what is wrong with a new password. No rule about kinds of character: length is what helps."""
    form = _form(password)
    faults = {
        "too_short": len(form) < MIN_LENGTH,
        "too_long": len(form) > MAX_LENGTH,
        "too_uniform": len(set(form.casefold())) < _MIN_DIFFERENT,
        "has_login": len(login) >= _MIN_LOGIN_PART and login.casefold() in form.casefold(),
    }
    return tuple(code for code, wrong in faults.items() if wrong)


def _form(password: str) -> str:
    """One form of the same letters, whichever keyboard composed the accents."""
    return unicodedata.normalize("NFKC", password)


@cache
def _nobodys_hash() -> str:
    return _HASHER.hash("")
