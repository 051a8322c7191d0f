"""The vials of one product at one centre while a plan is being made: which days can still have one more."""

from collections.abc import Iterable


class Shelf:
    """Doses given by day, and the lots that give the vials. A set of days is the bits of a whole number."""

    def __init__(self, doses_per_vial: int, lots: Iterable[tuple[int, int, int]]) -> None:
        """`lots`: first day, last day, vials."""
        self.vial = doses_per_vial
        self._lots = sorted((last, first, vials) for first, last, vials in lots if vials and last >= 0)
        self._windows = [_days(max(first, 0), last) for last, first, _ in self._lots]
        self.doses: dict[int, int] = {}
        self._vials: dict[int, int] = {}
        self.opened: set[int] = set()
        """The days on which an opened vial has doses left."""
        self.more = 0
        """The days on which one more vial could be drawn."""
        self._draw()

    def spare(self, day: int) -> int:
        """Doses left in the vials opened on that day."""
        return self._vials.get(day, 0) * self.vial - self.doses.get(day, 0)

    def take(self, day: int, many: int) -> bool:
        """Give `many` doses on that day, or change nothing and say no."""
        return self._set(day, self.doses.get(day, 0) + many)

    def give_back(self, day: int, many: int) -> None:
        self._set(day, self.doses[day] - many)

    def _set(self, day: int, doses: int) -> bool:
        before, need = self._vials.get(day, 0), -(-doses // self.vial)
        if need == before + 1 and not self.more >> day & 1:
            return False
        if need != before:
            self._vials[day] = need
            if not self._draw():
                self._vials[day] = before
                self._draw()
                return False
        self.doses[day] = doses
        (self.opened.add if self.spare(day) else self.opened.discard)(day)
        return True

    def _draw(self) -> bool:
        """First expired, first out; False where the lots fall short. Finds the days that could have more."""
        left = [vials for _, _, vials in self._lots]
        drawn = [0] * len(left)
        for day in sorted(day for day, vials in self._vials.items() if vials):
            need = self._vials[day]
            for i, window in enumerate(self._windows):
                if need and left[i] and window >> day & 1:
                    take = min(need, left[i])
                    left[i] -= take
                    need -= take
                    drawn[i] |= 1 << day
            if need:
                return False
        self.more = self._days_with_more(left, drawn)
        return True

    def _days_with_more(self, left: list[int], drawn: list[int]) -> int:
        """Where a lot has a vial left, or gives one on a day that another such lot can take over."""
        days = 0
        for i, window in enumerate(self._windows):
            if left[i]:
                days |= window
        tied = [i for i in range(len(left)) if not left[i]]
        while freed := [i for i in tied if drawn[i] & days]:
            for i in freed:
                days |= self._windows[i]
            tied = [i for i in tied if i not in freed]
        return days


def _days(first: int, last: int) -> int:
    return ((1 << (last + 1)) - 1) & ~((1 << first) - 1)
