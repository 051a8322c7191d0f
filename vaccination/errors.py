"""Refusals of the domain: each kind has a stable code and belongs to one of four families.

The families are what the rim knows: `web/errors.py` maps them to HTTP once. Sentences may change, codes may
not. `detail` holds plain, non-personal facts for the sentence (a field name, a centre's name, a count).
"""

from typing import ClassVar


class DomainError(Exception):
    """A refusal with a reason; `code` is stable and unique, `detail` carries facts for the sentence."""

    code: ClassVar[str] = "refused"

    def __init__(self, message: str = "", **detail: object) -> None:
        super().__init__(message or self.code)
        self.detail = detail


class NotFound(DomainError):
    """What was asked for does not exist, or not for this actor."""

    code = "not_found"


class NotAllowed(DomainError):
    """The actor or the person may not do or have this."""

    code = "not_allowed"


class Conflict(DomainError):
    """The state of the world does not allow it (any more)."""

    code = "conflict"


class Invalid(DomainError):
    """What was handed in is wrong in itself; `detail['faults']` may list every fault found."""

    code = "invalid"
