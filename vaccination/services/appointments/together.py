"""Up to five offers for a household that waits: a whole course for each, at one centre, on the same days."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from hashlib import sha256
from typing import TypeAlias

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from vaccination.domain.fridge import Spare, day_of
from vaccination.domain.offer_search import Finder, can_come
from vaccination.domain.offers import Course, HalfDays, Seats, Spot, Wishes, pick
from vaccination.domain.requests import Channel
from vaccination.domain.slots import band_of
from vaccination.domain.together import Doses, Way, seats_side_by_side, shared_wishes, ways
from vaccination.models.centres import Centre, ClinicSession, Slot
from vaccination.queries.columns import Columns
from vaccination.queries.left import Left, read_left
from vaccination.queries.requests import waiting_members
from vaccination.queries.supply import Shelf
from vaccination.services.appointments.choosing import Choice
from vaccination.services.appointments.offers import (
    Offer,
    OfferedDose,
    centres_in_reach,
    purpose_of,
    seen_half_days,
)
from vaccination.services.appointments.seeking import Search, Seeker, load_seeker

_ROUNDS = 6
Seated: TypeAlias = dict[Spot, list[Columns]]
"""A slot for everybody who comes, by spot."""
Cell: TypeAlias = tuple[int, int, int]
"""Centre, days from today, half-day."""


@dataclass(frozen=True, slots=True)
class OfferForAll:
    """A whole course for every waiting member; nothing is kept until it is held."""

    members: tuple[tuple[int, Offer], ...]
    """Requests in their order, with what is offered to each."""

    @property
    def choices(self) -> tuple[tuple[int, Choice], ...]:
        return tuple((request_id, offer.choice) for request_id, offer in self.members)

    @property
    def first_slot_id(self) -> int:
        """Where it begins, for whoever wants to see others."""
        return self.members[0][1].doses[0].slot_id


@dataclass(frozen=True, slots=True)
class _Party:
    """All who wait, as one who seeks."""

    seekers: tuple[Seeker, ...]
    wishes: Wishes
    ways: tuple[Way, ...]

    @property
    def today(self) -> date:
        return self.seekers[0].today

    @property
    def can_come(self) -> HalfDays:
        first = max(seeker.first_day for seeker in self.seekers)
        return can_come(self.wishes, self.today, max(seeker.days for seeker in self.seekers), first)


def five_for_all(
    session: Session,
    request_id: int,
    *,
    now: datetime,
    channel: Channel = Channel.WEB,
    after: Sequence[int] = (),
    left: Left | None = None,
) -> tuple[OfferForAll, ...]:
    """Up to five offers for all who wait of the request's household; empty when there is none for all."""
    members = waiting_members(session, request_id)
    seekers = [load_seeker(session, one, Search(channel), now=now) for one in members]
    return offers_together(session, seekers, now=now, after=after, left=left)


def offers_together(
    session: Session,
    seekers: Sequence[Seeker],
    *,
    now: datetime,
    after: Sequence[int] = (),
    left: Left | None = None,
) -> tuple[OfferForAll, ...]:
    """Up to five offers for people who come together, whatever each of them seeks."""
    party = _party(seekers)
    if party is None:
        return ()
    if left is None or left.today != party.today:
        days = max(seeker.days for seeker in party.seekers)
        left = read_left(session, days, now=now, centre_ids=centres_in_reach(session, party.seekers[0]))
    seen = _days_by_band(
        (c, (day - party.today).days, band) for c, day, band in seen_half_days(session, after)
    )
    closed: set[Cell] = set()
    found: list[Course] = []
    seats: Seated = {}
    for _ in range(_ROUNDS):
        found = pick(_courses(party, left, closed, seen), lambda course: _is_left(party, course, left))
        seats = _seats(session, party, found, now)
        missing = {spot for course in found for spot in course.spots if spot not in seats}
        if not missing:
            break
        closed |= {(spot.centre_id, spot.day, spot.band) for spot in missing}
    whole = [course for course in found if all(spot in seats for spot in course.spots)]
    return tuple(_offer(party, course, seats) for course in whole)


def _party(seekers: Sequence[Seeker]) -> _Party | None:
    """The household as one who seeks; None where nobody could serve all of them at once."""
    if not seekers:
        return None
    wishes = shared_wishes([seeker.wishes for seeker in seekers])
    found = ways([(seeker.request_id, seeker.needs) for seeker in seekers])
    return _Party(tuple(seekers), wishes, tuple(found)) if wishes is not None and found else None


def _courses(
    party: _Party, left: Left, closed: Collection[Cell], seen: Mapping[int, HalfDays]
) -> list[Course]:
    """What the search finds for a taker of so many seats and doses, the half-days that are closed aside."""
    gone = _days_by_band(closed)
    found: list[Course] = []
    by_people: dict[int, list[Way]] = defaultdict(list)
    for way in party.ways:
        by_people[way.people].append(way)
    for people, some in by_people.items():
        centres = [_without(seats, gone.get(seats.centre_id)) for seats in left.with_seats_for(people)]
        takes = {name: doses for way in some for name, doses in way.takes.items()}
        finder = Finder(
            party.wishes, party.can_come, centres, partial(_spare, left, takes),
            party.seekers[0].prices, seen,
        )  # fmt: skip
        found += finder.courses(way.need for way in some)
    return sorted(found, key=lambda course: course.cost)


def _days_by_band(cells: Iterable[Cell]) -> dict[int, HalfDays]:
    masks: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for centre_id, day, band in cells:
        masks[centre_id][band] |= 1 << max(day, 0)
    return {centre_id: (bands[0], bands[1], bands[2]) for centre_id, bands in masks.items()}


def _without(seats: Seats, closed: HalfDays | None) -> Seats:
    if closed is None:
        return seats
    morning, afternoon, evening = (days & ~gone for days, gone in zip(seats.open, closed, strict=True))
    return Seats(seats.centre_id, seats.lat, seats.lon, seats.wheelchair, (morning, afternoon, evening))


def _spare(left: Left, takes: Mapping[int, Doses], shelf: Shelf) -> Spare:
    """Where there is a dose for everybody, of the product of each."""
    centre_id, name = shelf
    all_of = [left.spare((centre_id, product_id), n) for product_id, n in takes[name]]
    days = opened = -1
    for spare in all_of:
        days, opened = days & spare.days, opened & spare.opened
    return Spare(days, opened, min(spare.vials for spare in all_of))


def _is_left(party: _Party, course: Course, left: Left) -> bool:
    """Whether the fridges can serve everybody's doses together."""
    wanted: dict[Shelf, Counter[date]] = {}
    for spot in course.spots:
        for _, _, product_id in party.ways[course.schedule_id].takers(spot.dose_number):
            wanted.setdefault((spot.centre_id, product_id), Counter())[day_of(party.today, spot.day)] += 1
    return all(shelf in left.fridges and left.fridges[shelf].holds(days) for shelf, days in wanted.items())


def _seats(session: Session, party: _Party, courses: Sequence[Course], now: datetime) -> Seated:
    """Slots side by side for every spot where there are some, not the same for all who look."""
    people = {
        spot: len(party.ways[course.schedule_id].takers(spot.dose_number))
        for course in courses
        for spot in course.spots
    }
    if not people:
        return {}
    cells = {(spot.centre_id, day_of(party.today, spot.day)) for spot in people}
    rows = {row.id: row for row in session.execute(_free_slots(cells, now))}
    found: Seated = {}
    for spot, many in people.items():
        key = spot.centre_id, day_of(party.today, spot.day), spot.band
        free = [
            (row.id, row.minute, row.free)
            for row in rows.values()
            if (row.centre_id, row.day, band_of(row.minute)) == key
        ]
        runs = list(seats_side_by_side(free, many))
        if runs:
            run = runs[_draw(party.seekers[0].household_id or 0, spot) % len(runs)]
            found[spot] = [rows[slot_id] for slot_id in run]
    return found


def _free_slots(cells: Collection[tuple[int, date]], now: datetime):  # type: ignore[no-untyped-def]
    return (
        select(
            Slot.id, Slot.centre_id, Slot.day, Slot.minute, Slot.starts_at, Centre.name, Centre.town,
            Centre.timezone, (Slot.seats - Slot.taken).label("free"),
        )
        .join(ClinicSession, ClinicSession.id == Slot.clinic_session_id)
        .join(Centre, Centre.id == Slot.centre_id)
        .where(or_(*(and_(Slot.centre_id == c, Slot.day == day) for c, day in cells)))
        .where(Slot.taken < Slot.seats, Slot.starts_at > now, ClinicSession.is_open, Centre.is_open)
    )  # fmt: skip


def _draw(household_id: int, spot: Spot) -> int:
    text = f"{household_id}:{spot.centre_id}:{spot.day}"
    return int.from_bytes(sha256(text.encode()).digest()[:4], "big")


def _offer(party: _Party, course: Course, seats: Seated) -> OfferForAll:
    doses: dict[int, list[OfferedDose]] = defaultdict(list)
    schedules: dict[int, int] = {}
    for spot in course.spots:
        takers = party.ways[course.schedule_id].takers(spot.dose_number)
        for (request_id, schedule_id, product_id), slot in zip(takers, seats[spot], strict=True):
            schedules[request_id] = schedule_id
            doses[request_id].append(_dose(spot, product_id, slot))
    return OfferForAll(
        tuple(
            (
                request_id,
                Offer(
                    purpose_of(party.seekers[0].status, [dose.dose_number for dose in doses[request_id]]),
                    schedules[request_id],
                    tuple(doses[request_id]),
                ),
            )
            for request_id in sorted(doses)
        )
    )


def _dose(spot: Spot, product_id: int, slot: Columns) -> OfferedDose:
    return OfferedDose(
        spot.dose_number, slot.id, product_id, slot.centre_id, slot.name, slot.town, slot.timezone,
        slot.day, slot.starts_at, spot.km,
    )  # fmt: skip
