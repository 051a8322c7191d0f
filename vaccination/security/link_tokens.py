"""Tokens of links: each opens one thing, is derived from the keys, and so needs no column of its own.

A token for one purpose is of no use for another, and tells nothing of the secret code of the request.
"""

import hmac
from base64 import b32encode

from vaccination.security.fields import keys


def link_token(purpose: str, *ids: int) -> str:
    """The token that opens this and nothing else: 26 letters and digits."""
    named = ":".join(str(one) for one in ids).encode()
    return b32encode(keys().index(f"link.{purpose}", named)).decode().rstrip("=").lower()


def is_link_token(given: str, purpose: str, *ids: int) -> bool:
    """Whether a token is the one for this, in a time that tells nothing."""
    return hmac.compare_digest(given.lower().encode(), link_token(purpose, *ids).encode())
