"""What somebody needs: no steps, sign language or an interpreter at a centre, large print in letters."""

from collections.abc import Mapping
from dataclasses import dataclass

LARGE_PRINT = "large_print"
"""The key in a person's `needs` for letters in large print: nobody at the centre needs to know."""


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
