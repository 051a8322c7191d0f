"""A plan in the making: who has which days, and what is left of seats and vials. It never breaks a rule."""

from dataclasses import dataclass, field

import numpy as np

from solver.classes import Units, promises_of
from solver.contract import HOUSEHOLD_MINUTES, NONE, Bools, Ints, Problem
from solver.small.day_board import DayBoard
from solver.small.shelf import Shelf
from solver.supply import Supply


@dataclass(frozen=True, slots=True)
class Option:
    """A schedule, and a centre and day for each dose that the plan gives; NONE where it gives none."""

    schedule: int
    first_centre: int
    first_day: int
    second_centre: int
    second_day: int


@dataclass(slots=True)
class Seated:
    """Where a unit sits for one dose: certain slots, or somewhere in the bands in which it can come."""

    centre: int
    day: int
    product: int
    positions: list[int] | None
    bands: int


@dataclass(slots=True)
class Placed:
    """A unit's days and where it sits."""

    option: Option
    doses: dict[int, Seated] = field(default_factory=dict)


class Board:
    """Places units and takes them off again, keeping seats and vials true."""

    def __init__(self, problem: Problem, units: Units, supply: Supply) -> None:
        self.problem, self.units = problem, units
        self.placed: dict[int, Placed] = {}
        self._make_days(problem, supply)
        self._make_shelves(problem)
        self._promised: dict[tuple[int, int], list[tuple[int, int, int, int, bool]]] = {}
        p = promises_of(problem, units)
        columns = (p.unit, p.dose, p.request, p.centre, p.day, p.minute, p.pinned)
        for unit, dose, *rest in zip(*(column.tolist() for column in columns), strict=True):
            self._promised.setdefault((unit, dose), []).append(tuple(rest))
        self.room = np.zeros((len(problem.centres), problem.policy.days, 8), dtype=np.bool_)
        for key in self.days:
            self._update_room(key)

    def _make_days(self, problem: Problem, supply: Supply) -> None:
        z = problem.slots
        self.days: dict[tuple[int, int], DayBoard] = {}
        self.first_slot: dict[tuple[int, int], int] = {}
        edges = np.flatnonzero((np.diff(z.centre) != 0) | (np.diff(z.day) != 0)) + 1
        ends = [0, *edges.tolist(), len(z)] if len(z) else [0]
        minute, band, seats = z.minute.tolist(), supply.band.tolist(), supply.seats.tolist()
        for low, high in zip(ends[:-1], ends[1:], strict=True):
            key = int(z.centre[low]), int(z.day[low])
            if 0 <= key[1] < problem.policy.days:
                self.days[key] = DayBoard(minute[low:high], band[low:high], seats[low:high])
                self.first_slot[key] = low

    def _make_shelves(self, problem: Problem) -> None:
        lots, p = problem.lots, problem.promised
        vial = problem.products.doses_per_vial.tolist()
        given: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
        columns = (lots.centre, lots.product, lots.first_day, lots.last_day, lots.doses)
        for centre, product, first, last, doses in zip(*(c.tolist() for c in columns), strict=True):
            given.setdefault((centre, product), []).append((first, last, doses // vial[product]))
        self.shelves = {key: Shelf(vial[key[1]], lot) for key, lot in given.items()}
        for row in np.flatnonzero((p.request == NONE) & (p.day >= 0)):
            shelf = self.shelves.get((int(p.centre[row]), int(p.product[row])))
            if shelf is None or not shelf.take(int(p.day[row]), 1):
                raise ValueError(f"no dose for the pinned appointment in row {row}")

    def _update_room(self, key: tuple[int, int]) -> None:
        self.room[key] = self.days[key].room()

    def place(self, unit: int, option: Option) -> bool:
        """Give the unit these days, all doses or none."""
        s = self.problem.schedules
        wanted = (
            (1, option.first_centre, option.first_day, s.first_product),
            (2, option.second_centre, option.second_day, s.second_product),
        )
        self.placed[unit] = placed = Placed(option)
        for dose, centre, day, product in wanted:
            if day != NONE:
                seated = self._seat(unit, dose, centre, day, int(product[option.schedule]))
                if seated is None:
                    self.remove(unit)
                    return False
                placed.doses[dose] = seated
        return True

    def _seat(self, unit: int, dose: int, centre: int, day: int, product: int) -> Seated | None:
        board, shelf = self.days.get((centre, day)), self.shelves.get((centre, product))
        size = int(self.units.size[unit])
        if board is None or shelf is None or not shelf.take(day, size):
            return None
        bands = int(self.units.bands[unit, day])
        seated = Seated(centre, day, product, self._very_slots(unit, dose, centre, day), bands)
        if seated.positions is None and not self._must_keep(unit, dose):
            if size > 1:
                seated.positions = board.take_together(bands, size)
                found = seated.positions is not None
            else:
                found = board.seat_somewhere(bands)
        else:
            found = seated.positions is not None
        if not found:
            shelf.give_back(day, size)
            return None
        self._update_room((centre, day))
        return seated

    def _must_keep(self, unit: int, dose: int) -> bool:
        return any(pinned for *_, pinned in self._promised.get((unit, dose), ()))

    def _very_slots(self, unit: int, dose: int, centre: int, day: int) -> list[int] | None:
        """Certain slots, one a member: with all that is promised here, or else with what is pinned here.

        None where neither can be had, or nothing is promised here.
        """
        here = [
            (request, minute, pinned)
            for request, c, d, minute, pinned in self._promised.get((unit, dose), ())
            if (c, d) == (centre, day)
        ]
        bands, board = int(self.units.bands[unit, day]), self.days[centre, day]
        promised = {request: minute for request, minute, _ in here}
        pins = {request: minute for request, minute, pinned in here if pinned}
        positions = self._keep_slots(unit, promised, board, bands)
        if positions is None and len(pins) < len(promised):
            positions = self._keep_slots(unit, pins, board, bands)
        return positions

    def _keep_slots(
        self, unit: int, promised: dict[int, int], board: DayBoard, bands: int
    ) -> list[int] | None:
        """Members with a promise at their minute, the others as near as they can; None without a promise."""
        if not promised:
            return None
        low, high = self.units.member_at[unit], self.units.member_at[unit + 1]
        members = self.units.members[low:high].tolist()
        at = {m: i for i, m in enumerate(board.minutes) if bands >> board.bands[i] & 1}
        if any(minute not in at for minute in promised.values()):
            return None
        positions: dict[int, int] = {m: at[minute] for m, minute in promised.items()}
        if not board.take(list(positions.values())):
            return None
        rest = self._seat_rest([m for m in members if m not in positions], positions, board, bands)
        if rest is None:
            board.give_back(list(positions.values()))
            return None
        return [(positions | rest)[m] for m in members]

    def _seat_rest(
        self, others: list[int], kept: dict[int, int], board: DayBoard, bands: int
    ) -> dict[int, int] | None:
        """Slots for the other members, within half an hour of those that are kept."""
        minutes = [board.minutes[at] for at in kept.values()]
        found: dict[int, int] = {}
        if not others:
            return found if max(minutes) - min(minutes) <= HOUSEHOLD_MINUTES else None
        can = [(at, m) for at, m in enumerate(board.minutes) if bands >> board.bands[at] & 1]
        for low in range(max(minutes) - HOUSEHOLD_MINUTES, min(minutes) + 1):
            near = [at for at, m in can if low <= m <= low + HOUSEHOLD_MINUTES]
            free = [at for at in near for _ in range(board.free[at])]
            if len(free) >= len(others) and board.take(free[: len(others)]):
                return dict(zip(others, free, strict=False))
        return None

    def remove(self, unit: int) -> Option:
        """Take the unit off; its seats and doses are free again."""
        placed = self.placed.pop(unit)
        for seated in placed.doses.values():
            self.shelves[seated.centre, seated.product].give_back(seated.day, int(self.units.size[unit]))
            board = self.days[seated.centre, seated.day]
            if seated.positions is None:
                board.leave(seated.bands)
            else:
                board.give_back(seated.positions)
            self._update_room((seated.centre, seated.day))
        return placed.option

    def restore(self, unit: int, placed: Placed) -> None:
        """Put a unit back where it was, after others have been put back or taken off."""
        self.placed[unit] = placed
        for seated in placed.doses.values():
            board = self.days[seated.centre, seated.day]
            taken = self.shelves[seated.centre, seated.product].take(seated.day, int(self.units.size[unit]))
            seated_again = (
                board.take(seated.positions) if seated.positions else board.seat_somewhere(seated.bands)
            )
            if not (taken and seated_again):
                raise AssertionError(f"unit {unit} cannot go back to where it was")
            self._update_room((seated.centre, seated.day))

    def stock(self) -> tuple[Ints, Bools]:
        """By centre, product and day: doses left in opened vials, and whether another vial can be opened."""
        days = self.problem.policy.days
        shape = len(self.problem.centres), len(self.problem.products), days
        spare, more = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.bool_)
        for key, shelf in self.shelves.items():
            bits = (shelf.more & ((1 << days) - 1)).to_bytes(days // 8 + 1, "little")
            more[key] = np.unpackbits(np.frombuffer(bits, dtype=np.uint8), bitorder="little")[:days]
            for day in shelf.doses:
                if day < days:
                    spare[*key, day] = shelf.spare(day)
        return spare, more

    def plan(self) -> tuple[Ints, Ints, Ints]:
        """Schedule, first slot and second slot of every request."""
        n = len(self.problem.requests)
        schedule, slots = np.full(n, NONE), np.full((3, n), NONE)
        waiting: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
        for unit in sorted(self.placed):
            placed = self.placed[unit]
            members = self.units.members[self.units.member_at[unit] : self.units.member_at[unit + 1]]
            schedule[members] = placed.option.schedule
            for dose, seated in placed.doses.items():
                key = seated.centre, seated.day
                if seated.positions is not None:
                    slots[dose, members] = self.first_slot[key] + np.array(seated.positions)
                else:
                    waiting.setdefault(key, []).append((dose, int(members[0]), seated.bands))
        for key, people in waiting.items():
            board = self.days[key]
            positions = board.positions_for([bands & board.open for _, _, bands in people])
            for (dose, member, _), at in zip(people, positions, strict=True):
                slots[dose, member] = self.first_slot[key] + at
        return schedule, slots[1], slots[2]
