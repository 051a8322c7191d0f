"""Who of a plan may still be booked: what was free when it was made may be gone by now.

Doses are counted as whole vials that the lots can give on their days; seats as what is free in the slots. A
household is admitted whole or not at all. Who is asked first is decided by rank, then by the plan's lottery.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from vaccination.domain.fridge import Fridge
from vaccination.queries.columns import Columns
from vaccination.queries.supply import Shelf
from vaccination.services.appointments.booking_rows import PlannedDose


@dataclass(slots=True)
class Room:
    """Free seats by slot, and the fridges."""

    seats: Counter[int]
    fridges: dict[Shelf, Fridge]

    def admit(self, doses: Sequence[PlannedDose]) -> bool:
        """Let these planned doses in together, or none of them."""
        seats = Counter(dose.slot_id for dose in doses)
        if any(self.seats[slot] < wanted for slot, wanted in seats.items()):
            return False
        wanted: dict[Shelf, Counter[date]] = {}
        for dose in doses:
            wanted.setdefault((dose.centre_id, dose.product_id), Counter())[dose.day] += 1
        if not all(self.fridges[shelf].holds(days) for shelf, days in wanted.items()):
            return False
        self.seats.subtract(seats)
        for shelf, days in wanted.items():
            self.fridges[shelf].promised.update(days)
        return True


def admitted(
    proposals: Iterable[Columns], still_waiting: Collection[int], room: Room, lottery_seed: int
) -> list[Columns]:
    """The proposed doses that can be booked; `room` is left as it is after them."""
    units: dict[tuple[bool, int], list[Columns]] = {}
    for dose in proposals:
        alone = dose.household_id is None
        units.setdefault((alone, dose.request_id if alone else dose.household_id), []).append(dose)
    possible = [unit for unit in units.values() if all(dose.request_id in still_waiting for dose in unit)]
    everybody = [dose for unit in possible for dose in unit]
    if room.admit(everybody):
        return everybody
    possible.sort(key=lambda unit: _turn(unit, lottery_seed))
    return [dose for unit in possible if room.admit(unit) for dose in unit]


def _turn(unit: Sequence[Columns], lottery_seed: int) -> tuple[int, bytes]:
    """Rank first; among equals a draw that can be checked, never who asked first."""
    first = min(dose.request_id for dose in unit)
    return min(dose.priority for dose in unit), sha256(f"{lottery_seed}:{first}".encode()).digest()
