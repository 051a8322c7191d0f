"""One centre on one day while a plan is being made: who has a slot, and who only has a seat in some band.

A person alone can sit anywhere in the bands in which he or she can come, so it is enough to count: no set of
bands may hold more people who can come in these only than it has seats (Hall's condition). Households and
people with a promise need certain slots, and get them at once.
"""

from solver.contract import HOUSEHOLD_MINUTES

SETS = tuple(tuple(m for m in range(1, 8) if not m & ~wider) for wider in range(8))
"""For each set of bands, the sets inside it."""

WIDER = tuple(tuple(w for w in range(1, 8) if not bands & ~w) for bands in range(8))
"""For each set of bands, the sets that hold it."""


class DayBoard:
    """The slots of a centre and day, in time order; positions count from the first of them."""

    def __init__(self, minutes: list[int], bands: list[int], seats: list[int]) -> None:
        self.minutes, self.bands, self.free = minutes, bands, list(seats)
        self.left = [0, 0, 0]
        for band, many in zip(bands, seats, strict=True):
            self.left[band] += many
        self.open = sum(1 << b for b in range(3) if self.left[b] > 0)
        self.count = [0] * 8

    def fits(self, bands: int, many: int = 1) -> bool:
        """Whether so many more people who can come in these bands find a seat each."""
        bands &= self.open
        if not bands:
            return False
        return all(
            self._load(wider) + many <= self._seats(wider) for wider in range(1, 8) if not bands & ~wider
        )

    def room(self) -> list[bool]:
        """By set of bands, whether one more person who can come in these finds a seat."""
        _, a, b, ab, c, ac, bc, abc = self.count
        x, y, z = self.left
        load = (0, a, b, a + b + ab, c, a + c + ac, b + c + bc, a + b + ab + c + ac + bc + abc)
        full = [
            taken >= seats
            for taken, seats in zip(load, (1, x, y, x + y, z, x + z, y + z, x + y + z), strict=True)
        ]
        found = [False] * 8
        for bands in range(1, 8):
            mine = bands & self.open
            found[bands] = mine > 0 and not any(full[wider] for wider in WIDER[mine])
        return found

    def _load(self, wider: int) -> int:
        return sum(self.count[m] for m in SETS[wider])

    def _seats(self, wider: int) -> int:
        return sum(self.left[b] for b in range(3) if wider >> b & 1)

    def seats_left(self, wider: int) -> int:
        """Seats in these bands less the people who can come in these only."""
        return self._seats(wider) - self._load(wider)

    def _holds(self) -> bool:
        return all(self._load(wider) <= self._seats(wider) for wider in range(1, 8))

    def seat_somewhere(self, bands: int) -> bool:
        if not self.fits(bands):
            return False
        self.count[bands & self.open] += 1
        return True

    def leave(self, bands: int) -> None:
        self.count[bands & self.open] -= 1

    def take(self, positions: list[int]) -> bool:
        """Take these very slots (a position as often as seats are wanted), or none."""
        for i, at in enumerate(positions):
            self.free[at] -= 1
            self.left[self.bands[at]] -= 1
            if self.free[at] < 0:
                self.give_back(positions[: i + 1])
                return False
        if not self._holds():
            self.give_back(positions)
            return False
        return True

    def give_back(self, positions: list[int]) -> None:
        for at in positions:
            self.free[at] += 1
            self.left[self.bands[at]] += 1

    def take_together(self, bands: int, many: int) -> list[int] | None:
        """Slots within half an hour for so many people who can come in these bands."""
        for start in range(len(self.minutes)):
            if not bands >> self.bands[start] & 1:
                continue
            positions = self._window(start, bands, many)
            if positions is not None and self.take(positions):
                return positions
        return None

    def _window(self, start: int, bands: int, many: int) -> list[int] | None:
        positions: list[int] = []
        for at in range(start, len(self.minutes)):
            if self.minutes[at] > self.minutes[start] + HOUSEHOLD_MINUTES:
                break
            if bands >> self.bands[at] & 1:
                positions += [at] * min(self.free[at], many - len(positions))
            if len(positions) == many:
                return positions
        return None

    def positions_for(self, wanted: list[int]) -> list[int]:
        """A position for each person counted so far, given the bands of each; they are all taken then."""
        band_of = self._spread(wanted)
        queues: list[list[int]] = [[], [], []]
        for at in reversed(range(len(self.free))):
            queues[self.bands[at]] += [at] * self.free[at]
        return [queues[band].pop() for band in band_of]

    def _spread(self, wanted: list[int]) -> list[int]:
        """A band for each person, by moving people along until everybody has one."""
        room = list(self.left)
        chosen: list[int] = [-1] * len(wanted)
        inside: list[list[int]] = [[], [], []]
        for i, bands in enumerate(wanted):
            self._push(i, bands, chosen, inside, room, wanted)
        return chosen

    def _push(
        self,
        i: int,
        bands: int,
        chosen: list[int],
        inside: list[list[int]],
        room: list[int],
        wanted: list[int],
    ) -> None:
        """Seat person i, moving at most two others to other bands."""
        came_from: dict[int, tuple[int, int]] = {b: (-1, i) for b in range(3) if bands >> b & 1}
        queue = list(came_from)
        for band in queue:
            if room[band]:
                room[band] -= 1
                self._shift(band, came_from, chosen, inside)
                return
            for other in range(3):
                mover = next((j for j in inside[band] if wanted[j] >> other & 1), None)
                if other not in came_from and mover is not None:
                    came_from[other] = (band, mover)
                    queue.append(other)
        raise AssertionError("more people on the board than seats")

    @staticmethod
    def _shift(
        band: int, came_from: dict[int, tuple[int, int]], chosen: list[int], inside: list[list[int]]
    ) -> None:
        while band >= 0:
            previous, who = came_from[band]
            if chosen[who] >= 0:
                inside[chosen[who]].remove(who)
            chosen[who] = band
            inside[band].append(who)
            band = previous
