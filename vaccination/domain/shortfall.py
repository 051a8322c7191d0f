"""Doses that are promised and will not be there."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from vaccination.domain.drawing import Supply, unopened, whole_vials


def shortfalls(
    supplies: Iterable[Supply], promised: Mapping[date, int], today: date, doses_per_vial: int
) -> dict[date, int]:
    """Missing doses by day, first expired first out. Today's vials are open: its doses come one by one,
    later days open whole vials.
    """
    now = {day: doses for day, doses in promised.items() if day <= today}
    later = {day: whole_vials(doses, doses_per_vial) for day, doses in promised.items() if day > today}
    missing, rest = _drawn(supplies, now)
    missing_later, _ = _drawn(unopened(rest, doses_per_vial), later)
    # a vial may be missing for the sake of one person: say how many people, not how many doses
    return missing | {day: min(doses, promised[day]) for day, doses in missing_later.items()}


def _drawn(supplies: Iterable[Supply], needs: Mapping[date, int]) -> tuple[dict[date, int], list[Supply]]:
    """What each day lacks, and what is left."""
    left = sorted(supplies, key=lambda s: (s.last, s.first, s.lot_id))
    missing = {}
    for day, needed in sorted(needs.items()):
        for at, supply in enumerate(left):
            if supply.first <= day <= supply.last:
                taken = min(needed, supply.doses)
                left[at] = replace(supply, doses=supply.doses - taken)
                needed -= taken
        if needed:
            missing[day] = needed
    return missing, left


def there_by(supplies: Iterable[Supply], day: date) -> int:
    """Doses that are or will have come by a day, whatever was used or expired since.

    Set beside all doses promised by then, it shows what is still to give; doses inside their dates would not,
    for those of a lot that was used up in time leave that sum when the lot expires.
    """
    return sum(supply.doses for supply in supplies if supply.first <= day)
