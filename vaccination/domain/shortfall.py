"""Doses that are promised and will not be there."""

from collections.abc import Iterable, Mapping
from datetime import date

from vaccination.domain.drawing import Supply, whole_vials


def shortfalls(
    supplies: Iterable[Supply], promised: Mapping[date, int], doses_per_vial: int
) -> dict[date, int]:
    """Missing doses by day, when each day opens whole vials, first expired first out."""
    order = sorted(supplies, key=lambda s: (s.last, s.first, s.lot_id))
    left = [supply.doses // doses_per_vial * doses_per_vial for supply in order]
    missing: dict[date, int] = {}
    for day, doses in sorted(promised.items()):
        needed = whole_vials(doses, doses_per_vial)
        for at, supply in enumerate(order):
            if supply.first <= day <= supply.last:
                taken = min(needed, left[at])
                left[at] -= taken
                needed -= taken
        if needed > 0:
            missing[day] = min(needed, doses)
    return missing


def usable_on(supplies: Iterable[Supply], day: date) -> int:
    """Doses that may be used on a day, if none was used before."""
    return sum(supply.doses for supply in supplies if supply.first <= day <= supply.last)
