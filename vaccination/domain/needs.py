"""What somebody needs at a centre: a way without steps, sign language, an interpreter."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Needs:
    """`interpreter` is the code of the language, empty for none."""

    step_free: bool = False
    sign_language: bool = False
    interpreter: str = ""

    def __bool__(self) -> bool:
        return self.step_free or self.sign_language or bool(self.interpreter)


NO_NEEDS = Needs()


def needs_of(wheelchair: bool, stored: Mapping[str, object] | None) -> Needs:
    """From a request's `wheelchair` and a person's `needs`, as they are kept."""
    kept = stored or {}
    return Needs(wheelchair, bool(kept.get("sign_language")), str(kept.get("interpreter") or ""))
