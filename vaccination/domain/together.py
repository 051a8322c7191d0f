"""People of a household who choose together: what all of them can use at the same centre on the same days.

The members' needs become one need, as of somebody who takes a seat and a dose for each of them, so that the
search for one person (`domain/offer_search.py`) finds the days of all.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice, product
from typing import TypeAlias

from vaccination.domain.offers import Need, Part, Wishes

TOGETHER_MINUTES = 30
"""All of a household begin a dose within so many minutes, as in plans (solver.contract.HOUSEHOLD_MINUTES)."""
_MOST_WAYS = 64
_AT_ANY_TIME = "1"

FreeSlot: TypeAlias = tuple[int, int, int]
"""Slot, minute of the day, and free seats."""
Doses: TypeAlias = tuple[tuple[int, int], ...]
"""Products, and how many members take each."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to serve all: each member's need, and what that makes of them together.

    `need.schedule_id` is the number of the way; its products are numbers too, which `takes` resolves.
    """

    members: tuple[tuple[int, Need], ...]
    """Requests with the need of each."""
    need: Need
    takes: Mapping[int, Doses]
    people: int
    """How many come at most on one day."""

    def takers(self, number: int) -> list[tuple[int, int, int]]:
        """Who takes this dose: request, schedule and product."""
        parts = (
            (request, need, need.first if number == 1 else need.second) for request, need in self.members
        )
        return [(request, need.schedule_id, part.product_id) for request, need, part in parts if part]


def shared_wishes(wishes: Sequence[Wishes]) -> Wishes | None:
    """When and where all can come; None where they start from different places."""
    first = wishes[0]
    places = {(one.lat, one.lon, one.second_lat, one.second_lon) for one in wishes}
    if len(places) > 1:
        return None
    times = zip(*(one.availability for one in wishes), strict=True)
    return replace(
        first,
        max_km=min(one.max_km for one in wishes),
        wheelchair=any(one.wheelchair for one in wishes),
        availability="".join("1" if set(at) == {_AT_ANY_TIME} else "0" for at in times),
        unavailable=frozenset(day for one in wishes for day in one.unavailable),
        earliest=max((one.earliest for one in wishes if one.earliest), default=None),
    )


def ways(needs: Sequence[tuple[int, Sequence[Need]]]) -> list[Way]:
    """The ways to serve everybody at once, at most 64; who may have the same, has the same schedule."""
    alike: dict[tuple[Need, ...], list[int]] = {}
    for request_id, open_to in needs:
        alike.setdefault(tuple(open_to), []).append(request_id)
    names: dict[Doses, int] = {}
    found: list[Way] = []
    for chosen in islice(product(*alike), _MOST_WAYS):
        members = [
            (request_id, need)
            for need, request_ids in zip(chosen, alike.values(), strict=True)
            for request_id in request_ids
        ]
        way = _way(sorted(members, key=lambda member: member[0]), len(found), names)
        if way is not None:
            found.append(way)
    return found


def seats_side_by_side(slots: Iterable[FreeSlot], people: int) -> Iterator[list[int]]:
    """Every run of slots of one half-day that seats all within half an hour: a slot for each of them.

    A run begins at each slot that is free and is as short as can be.
    """
    free = sorted((minute, slot_id, seats) for slot_id, minute, seats in slots if seats > 0)
    for at, (start, _, _) in enumerate(free):
        seated: list[int] = []
        for minute, slot_id, seats in free[at:]:
            if minute - start > TOGETHER_MINUTES or len(seated) == people:
                break
            seated += [slot_id] * min(seats, people - len(seated))
        if len(seated) == people:
            yield seated


def are_together(places: Sequence[tuple[int, date, datetime]]) -> bool:
    """Whether these centres, days and starts are one centre and day, within half an hour."""
    if not places:
        return True
    starts = [starts_at for _, _, starts_at in places]
    close = max(starts) - min(starts) <= timedelta(minutes=TOGETHER_MINUTES)
    return close and len({(centre_id, day) for centre_id, day, _ in places}) == 1


def _way(members: Sequence[tuple[int, Need]], number: int, names: dict[Doses, int]) -> Way | None:
    takes: dict[int, Doses] = {}
    first = _shared([need.first for _, need in members if need.first], names, takes)
    second = _shared([need.second for _, need in members if need.second], names, takes)
    gaps = [need.gap for _, need in members if need.first and need.second]
    gap = (0, 0, 0)
    if gaps:
        least, most = max(gap[0] for gap in gaps), min(gap[2] for gap in gaps)
        if least > most:
            return None
        gap = least, min(max(sum(gap[1] for gap in gaps) // len(gaps), least), most), most
    elif first and second:
        return None  # one who owes a first dose only with one who owes a second only: nothing to share
    people = max(sum(n for _, n in doses) for doses in takes.values())
    return Way(tuple(members), Need(number, first, second, gap), takes, people)


def _shared(parts: Sequence[Part], names: dict[Doses, int], takes: dict[int, Doses]) -> Part | None:
    """One part for all of these: the days that all can use, and a number for their products together."""
    if not parts:
        return None
    doses = tuple(sorted(Counter(part.product_id for part in parts).items()))
    name = names.setdefault(doses, len(names))
    takes[name] = doses
    days = parts[0].days
    for part in parts[1:]:
        days &= part.days
    ideals = [part.ideal for part in parts if part.ideal is not None]
    return Part(name, days, None, sum(ideals) // len(ideals) if ideals else None)
