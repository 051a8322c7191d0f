"""Up to five offers of whole courses out of what is left, for one request."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import TypeAlias

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from vaccination.domain.fridge import day_of
from vaccination.domain.offer_search import Finder
from vaccination.domain.offers import Course, Spot, km_between, pick
from vaccination.domain.requests import Channel, RequestStatus
from vaccination.domain.serving import ChangedDoses, HoldPurpose
from vaccination.domain.slots import band_of
from vaccination.models.centres import Centre, ClinicSession, Slot
from vaccination.queries.columns import Columns
from vaccination.queries.left import Left, read_left
from vaccination.services.appointments.choosing import Choice
from vaccination.services.appointments.seeking import Search, Seeker, load_seeker

_ROUNDS = 3
HalfDay: TypeAlias = tuple[int, date, int]
"""Centre, day and half-day."""


@dataclass(frozen=True, slots=True)
class OfferedDose:
    """One dose of an offer: where, when, how far away. `timezone` is the centre's."""

    dose_number: int
    slot_id: int
    product_id: int
    centre_id: int
    centre_name: str
    town: str
    timezone: str
    day: date
    starts_at: datetime
    km: float


@dataclass(frozen=True, slots=True)
class Offer:
    """A whole course, or the doses of it that move; nothing is kept until it is held."""

    purpose: HoldPurpose
    schedule_id: int
    doses: tuple[OfferedDose, ...]

    @property
    def choice(self) -> Choice:
        return Choice(self.purpose, self.schedule_id, tuple(dose.slot_id for dose in self.doses))


def five(
    session: Session,
    request_id: int,
    *,
    now: datetime,
    channel: Channel = Channel.WEB,
    after: Sequence[int] = (),
    changed: ChangedDoses | None = None,
    from_day: date | None = None,
    left: Left | None = None,
    any_centre: bool = False,
) -> tuple[Offer, ...]:
    """Up to five offers, none that begins at a slot in `after`; empty when nothing is left for this request.

    A waiting request is offered what it owes, a planned one what may replace the `changed` doses. `left` is
    what a page keeps for some seconds; without it the centres in reach are read.
    """
    search = Search(channel, changed, from_day, any_centre=any_centre)
    seeker = load_seeker(session, request_id, search, now=now)
    if not seeker.needs:
        return ()
    if left is None or left.today != seeker.today:
        left = read_left(session, seeker.days, now=now, centre_ids=centres_in_reach(session, seeker))
    return offers_of(session, seeker, left, now=now, seen=seen_half_days(session, after) | _own(seeker))


def offers_of(
    session: Session, seeker: Seeker, left: Left, *, now: datetime, seen: Collection[HalfDay] = ()
) -> tuple[Offer, ...]:
    """Up to five offers of what a request seeks out of what is left, but for the half-days that were seen."""
    found = _courses(seeker, left, seen)
    gone: set[Spot] = set()
    for _ in range(_ROUNDS):
        chosen = pick(
            [course for course in found if not gone.intersection(course.spots)],
            lambda course: _is_left(course, left, seeker.today),
        )
        slots = _free_slots(session, seeker, chosen, now)
        gone |= {spot for course in chosen for spot in course.spots if spot not in slots}
        if all(spot in slots for course in chosen for spot in course.spots):
            break
    whole = [course for course in chosen if all(spot in slots for spot in course.spots)]
    return tuple(_offer(seeker, course, slots) for course in whole)


def purpose_of(status: RequestStatus, numbers: Sequence[int]) -> HoldPurpose:
    """What a hold of these doses is for."""
    if status is RequestStatus.WAITING:
        return HoldPurpose.SECOND_DOSE if 1 not in numbers else HoldPurpose.COURSE
    if 1 not in numbers:
        return HoldPurpose.MOVE_SECOND
    return HoldPurpose.MOVE_BOTH if 2 in numbers else HoldPurpose.MOVE_FIRST


def _courses(seeker: Seeker, left: Left, seen: Collection[HalfDay]) -> list[Course]:
    masks: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for centre_id, day, band in seen:
        masks[centre_id][band] |= 1 << max((day - seeker.today).days, 0)
    finder = Finder(
        seeker.wishes, seeker.can_come(), left.centres.values(), left.spare, seeker.prices,
        {centre_id: (bands[0], bands[1], bands[2]) for centre_id, bands in masks.items()},
    )  # fmt: skip
    return finder.courses(seeker.needs)


def centres_in_reach(session: Session, seeker: Seeker) -> list[int]:
    """Open centres near enough for one of the doses."""
    w = seeker.wishes
    places = [(w.lat, w.lon)]
    if w.second_lat is not None and w.second_lon is not None:
        places.append((w.second_lat, w.second_lon))
    rows = session.execute(select(Centre.id, Centre.lat, Centre.lon).where(Centre.is_open))
    return [
        row.id for row in rows if any(km_between(*place, row.lat, row.lon) <= w.max_km for place in places)
    ]


def seen_half_days(session: Session, slot_ids: Sequence[int]) -> set[HalfDay]:
    """Centre, day and half-day of slots that were shown already."""
    rows = session.execute(select(Slot.centre_id, Slot.day, Slot.minute).where(Slot.id.in_(slot_ids)))
    return {(row.centre_id, row.day, band_of(row.minute)) for row in rows} if slot_ids else set()


def _own(seeker: Seeker) -> set[HalfDay]:
    return {(row.centre_id, row.day, band_of(row.minute)) for row in seeker.standing}


def _is_left(course: Course, left: Left, today: date) -> bool:
    """Whether the fridges can serve all doses of the course together."""
    wanted: dict[tuple[int, int], Counter[date]] = {}
    for spot in course.spots:
        wanted.setdefault((spot.centre_id, spot.product_id), Counter())[day_of(today, spot.day)] += 1
    return all(shelf in left.fridges and left.fridges[shelf].holds(days) for shelf, days in wanted.items())


def _free_slots(
    session: Session, seeker: Seeker, courses: Sequence[Course], now: datetime
) -> dict[Spot, Columns]:
    """A free slot for every spot, not the same one for everybody who looks at this moment."""
    spots = {spot for course in courses for spot in course.spots}
    if not spots:
        return {}
    cells = {(spot.centre_id, day_of(seeker.today, spot.day)) for spot in spots}
    rows = session.execute(
        select(
            Slot.id, Slot.centre_id, Slot.day, Slot.minute, Slot.starts_at, Centre.name, Centre.town,
            Centre.timezone,
        )
        .join(ClinicSession, ClinicSession.id == Slot.clinic_session_id)
        .join(Centre, Centre.id == Slot.centre_id)
        .where(or_(*(and_(Slot.centre_id == c, Slot.day == day) for c, day in cells)))
        .where(Slot.taken < Slot.seats, Slot.starts_at > now, ClinicSession.is_open, Centre.is_open)
        .order_by(Slot.minute)
    ).all()  # fmt: skip
    found: dict[Spot, Columns] = {}
    for spot in spots:
        key = spot.centre_id, day_of(seeker.today, spot.day), spot.band
        free = [row for row in rows if (row.centre_id, row.day, band_of(row.minute)) == key]
        if free:
            found[spot] = free[_draw(seeker.request_id, spot) % len(free)]
    return found


def _draw(request_id: int, spot: Spot) -> int:
    text = f"{request_id}:{spot.centre_id}:{spot.day}"
    return int.from_bytes(sha256(text.encode()).digest()[:4], "big")


def _offer(seeker: Seeker, course: Course, slots: dict[Spot, Columns]) -> Offer:
    doses = tuple(_dose(spot, slots[spot]) for spot in course.spots)
    return Offer(
        purpose_of(seeker.status, [spot.dose_number for spot in course.spots]), course.schedule_id, doses
    )


def _dose(spot: Spot, slot: Columns) -> OfferedDose:
    return OfferedDose(
        spot.dose_number, slot.id, spot.product_id, slot.centre_id, slot.name, slot.town, slot.timezone,
        slot.day, slot.starts_at, spot.km,
    )  # fmt: skip
