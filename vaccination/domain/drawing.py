"""Drawing doses from lots: whole vials, first expired first out, each inside its days.

A vial that is opened at a centre on a day is used up that day, so a day takes its doses rounded up to whole
vials.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date


@dataclass(frozen=True, slots=True)
class Supply:
    """Doses of a lot that lie at a centre and may be used from `first` to `last`, both inclusive."""

    lot_id: int
    doses: int
    first: date
    last: date


def whole_vials(doses: int, doses_per_vial: int) -> int:
    """The doses of the vials that must be opened for so many doses."""
    return -(-doses // doses_per_vial) * doses_per_vial


def unopened(supplies: Iterable[Supply], doses_per_vial: int) -> list[Supply]:
    """What is left in whole vials; the rest of an opened vial lasts no longer than its day."""
    floored = (replace(s, doses=s.doses // doses_per_vial * doses_per_vial) for s in supplies)
    return [supply for supply in floored if supply.doses]


def draw(supplies: Iterable[Supply], needs: Mapping[date, int]) -> list[Supply] | None:
    """What remains after the days' doses were drawn, first expired first out; None when they cannot be.

    First expired first out is best: if any way of drawing serves every day, this one does.
    """
    order = sorted(supplies, key=lambda s: (s.last, s.first, s.lot_id))
    return _drawn(order, sorted(needs.items()))


def reserve(supplies: Iterable[Supply], needs: Mapping[date, int]) -> list[Supply] | None:
    """What remains once doses for later days are put aside, disturbing earlier days as little as can be.

    The same rule run backwards in time: the last day first, from the lot that arrives last.
    """
    order = sorted(supplies, key=lambda s: (s.first, s.last, s.lot_id), reverse=True)
    return _drawn(order, sorted(needs.items(), reverse=True))


def can_draw(supplies: Iterable[Supply], needs: Mapping[date, int], today: date, doses_per_vial: int) -> bool:
    """Whether the lots can give these doses. Today's vials are open: its doses are drawn one by one."""
    rest = draw(supplies, {day: doses for day, doses in needs.items() if day <= today})
    if rest is None:
        return False
    later = {day: whole_vials(doses, doses_per_vial) for day, doses in needs.items() if day > today}
    return draw(unopened(rest, doses_per_vial), later) is not None


def _drawn(order: list[Supply], needs: list[tuple[date, int]]) -> list[Supply] | None:
    """Serve the days in the order given, each from the first lots that hold it."""
    left = [supply.doses for supply in order]
    for day, missing in needs:
        for at, supply in enumerate(order):
            if supply.first <= day <= supply.last:
                taken = min(missing, left[at])
                left[at] -= taken
                missing -= taken
        if missing:
            return None
    return [replace(s, doses=n) for s, n in zip(order, left, strict=True) if n]
