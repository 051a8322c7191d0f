"""Which page of a long list an address asks for."""

from flask import request


def asked_page() -> int:
    """`?page=`, 1 when it is missing or no number."""
    return request.args.get("page", 1, type=int)
