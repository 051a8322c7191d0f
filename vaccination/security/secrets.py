"""Tokens and codes that open something: made at random, kept only as a hash, compared in constant time."""

import hashlib
import hmac
import secrets

_TOKEN_BYTES = 16
_PASSWORD_LETTERS = "23456789abcdefghjkmnpqrstvwxyz"  # noqa: S105 (an alphabet, without look-alikes)
_PASSWORD_GROUPS = 4
_GROUP = 5


def new_session_token() -> str:
    """128 random bits for a cookie or an entry of a form."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def hash_secret(secret: str) -> bytes:
    """What the database keeps of a random secret. Not for passwords: those can be guessed."""
    return hashlib.sha256(secret.encode()).digest()


def is_secret(given: str, kept_hash: bytes) -> bool:
    return hmac.compare_digest(hash_secret(given), kept_hash)


def new_password() -> str:
    """A password that can be read from a paper and typed: 98 random bits in four groups."""
    groups = (
        "".join(secrets.choice(_PASSWORD_LETTERS) for _ in range(_GROUP)) for _ in range(_PASSWORD_GROUPS)
    )
    return "-".join(groups)
