"""A centre's lots of one product and what is promised from them: can they serve more, and on which days.

A vial that is opened on a day is used up that day, so a dose is free where an opened vial has one to spare,
or where the lots can give one more whole vial.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from vaccination.domain.drawing import Supply, can_draw, draw, unopened, whole_vials


@dataclass(frozen=True, slots=True)
class Spare:
    """Days after today, as bits (bit n: n days from today), on which so many more doses can be promised.

    `opened`: those with the doses to spare in a vial that is opened anyway; `vials`: how often
    the doses could be taken from vials that nobody opens yet.
    """

    days: int
    opened: int
    vials: int


@dataclass(slots=True)
class Fridge:
    """What a centre has of a product, and what it has promised of it by day."""

    lots: Sequence[Supply]
    doses_per_vial: int
    today: date
    promised: Counter[date] = field(default_factory=Counter)
    is_short: bool = field(init=False)
    """The lots do not even cover what is promised already: nothing more may be."""

    def __post_init__(self) -> None:
        self.is_short = not can_draw(self.lots, self.promised, self.today, self.doses_per_vial)

    def holds(self, more: Mapping[date, int]) -> bool:
        """Whether the lots can serve these doses too."""
        if self.is_short:
            return False
        vial = self.doses_per_vial
        if all(-self.promised[day] % vial >= doses and day > self.today for day, doses in more.items()):
            return True  # they fit into vials that are opened anyway
        return can_draw(self.lots, self.promised + Counter(more), self.today, vial)

    def doses_to_promise(self, day: date) -> int:
        """The doses of the vials that are opened on a day."""
        return whole_vials(self.promised[day], self.doses_per_vial)

    def spare(self, days: int, doses: int = 1) -> Spare:
        """Where one more dose can be promised, as `holds` says it of each day alone, found in one go.

        A lot can give a vial when it has one left, or when a vial that it gives to some other day can come
        from a lot that can. Of more `doses` it finds every day that has them, and some that have too few.
        """
        if self.is_short:
            return Spare(0, 0, 0)
        vial = self.doses_per_vial
        later = sorted(day for day in self.promised if day > self.today and self.promised[day] > 0)
        opened = 0
        for day in later:
            if -self.promised[day] % vial >= doses:
                opened |= 1 << (day - self.today).days
        rest = draw(self.lots, {day: n for day, n in self.promised.items() if day <= self.today}) or []
        lots = sorted(unopened(rest, vial), key=lambda lot: (lot.last, lot.first, lot.lot_id))
        needs = {day: whole_vials(self.promised[day], vial) for day in later}
        vials = (sum(lot.doses for lot in lots) - sum(needs.values())) // vial
        enough = self._days_with(vials, doses, later, days)
        found = 0
        for lot in _givers(lots, needs, vial):
            found |= _span(lot, self.today, days) & enough
        window = (1 << days) - 2
        return Spare((found | opened) & window, opened & window, vials // -(-doses // vial))

    def _days_with(self, vials: int, doses: int, later: Sequence[date], days: int) -> int:
        """The days for which so many unopened vials are enough, with what is left in the opened one."""
        enough = (1 << days) - 1 if vials * self.doses_per_vial >= doses else 0
        for day in later:
            if vials * self.doses_per_vial + -self.promised[day] % self.doses_per_vial >= doses:
                enough |= 1 << (day - self.today).days
        return enough


def _givers(lots: Sequence[Supply], needs: Mapping[date, int], vial: int) -> list[Supply]:
    """The lots that can give one more vial, if need be by leaving a day to another lot."""
    left = [lot.doses for lot in lots]
    serves: list[set[date]] = [set() for _ in lots]
    for day, doses in sorted(needs.items()):
        missing = doses
        for at, lot in enumerate(lots):
            if missing and left[at] and lot.first <= day <= lot.last:
                taken = min(missing, left[at])
                left[at] -= taken
                missing -= taken
                serves[at].add(day)
    can = {at for at, doses in enumerate(left) if doses >= vial}
    grew = bool(can)
    while grew:
        more = {
            at
            for at in range(len(lots))
            if at not in can
            and any(lots[other].first <= day <= lots[other].last for day in serves[at] for other in can)
        }
        can |= more
        grew = bool(more)
    return [lots[at] for at in sorted(can)]


def _span(lot: Supply, today: date, days: int) -> int:
    """The days of the lot as bits."""
    first = max((lot.first - today).days, 0)
    last = min((lot.last - today).days, days - 1)
    return ((1 << (last - first + 1)) - 1) << first if last >= first else 0


def day_of(today: date, bit: int) -> date:
    """The day that a bit stands for."""
    return today + timedelta(bit)
