"""Faults of what was handed in, by the field's name: a code for the program, facts for the sentence."""

import dataclasses
from dataclasses import dataclass

from vaccination.errors import Invalid


@dataclass(frozen=True, slots=True)
class FieldFault:
    """One wrong field: which, a stable code, and plain facts (never personal) for the sentence."""

    field: str
    code: str
    facts: dict[str, object] = dataclasses.field(default_factory=dict)


class InvalidFields(Invalid):
    """A command with wrong fields; nothing was changed. Holds every fault found."""

    code = "invalid_fields"

    def __init__(self, faults: tuple[FieldFault, ...]) -> None:
        super().__init__(", ".join(f"{fault.field}: {fault.code}" for fault in faults), faults=faults)
        self.faults = faults


class Faults:
    """Collects faults; `check()` raises when there are any."""

    def __init__(self) -> None:
        self.found: list[FieldFault] = []

    def add(self, name: str, code: str, **facts: object) -> None:
        """Note a fault of a field."""
        self.found.append(FieldFault(name, code, facts))

    def add_if(self, wrong: bool, name: str, code: str, **facts: object) -> None:
        """Note a fault where the condition says so."""
        if wrong:
            self.add(name, code, **facts)

    def text(self, name: str, value: str, *, longest: int = 200) -> None:
        """A text that must not be empty, nor longer than its column."""
        self.add_if(not value.strip(), name, "missing")
        self.add_if(len(value) > longest, name, "too_long", longest=longest)

    def between(self, name: str, value: float | None, least: float, most: float) -> None:
        """A number, where given, within bounds."""
        if value is not None and not least <= value <= most:
            self.add(name, "out_of_range", least=least, most=most)

    def check(self) -> None:
        """Raise InvalidFields if anything was wrong."""
        if self.found:
            raise InvalidFields(tuple(self.found))
