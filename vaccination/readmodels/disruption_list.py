"""What has gone wrong in the region and touches people, and what was done about it."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from vaccination.domain.appointment import AppointmentStatus
from vaccination.domain.disruptions import (
    STILL_TO_SETTLE,
    DisruptionKind,
    DisruptionStatus,
    ReplacementStatus,
)
from vaccination.domain.paging import Part, part_of
from vaccination.errors import NotFound
from vaccination.models.appointments import Appointment
from vaccination.models.centres import Centre, ClinicSession, Slot
from vaccination.models.disruptions import Disruption, Replacement
from vaccination.models.programmes import Product, Schedule
from vaccination.models.requests import Request
from vaccination.models.stock import Delivery, Lot
from vaccination.queries.columns import Columns
from vaccination.queries.ruled_out import ruled_out_by_days
from vaccination.queries.touched import PRODUCT, rule_subject, touched
from vaccination.readmodels import stock_sheet


class UnknownDisruption(NotFound):
    """There is no such disruption."""

    code = "unknown_disruption"


@dataclass(frozen=True, slots=True)
class Cause:
    """Something that touches people and was not yet looked at: how many appointments, people of a changed
    rule, or doses missing. A rule is of no centre.
    """

    kind: DisruptionKind
    centre_id: int
    centre: str
    count: int
    day: date | None = None
    product_id: int | None = None
    product: str = ""
    lot_id: int | None = None
    lot: str = ""
    schedule_id: int | None = None
    schedule: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A disruption in the list; `product` of missing doses, or the code of a changed schedule."""

    disruption_id: int
    kind: DisruptionKind
    status: DisruptionStatus
    centre: str
    day: date | None
    product: str
    people: int
    made_at: datetime
    sent_at: datetime | None
    answers: Mapping[ReplacementStatus, int]

    @property
    def told(self) -> int:
        """People who have their message."""
        return sum(self.answers.values())


@dataclass(frozen=True, slots=True)
class Unsettled:
    """Somebody whose old appointment stands still: by reference, no name."""

    reference: str
    status: ReplacementStatus
    is_kept: bool
    answer_by: datetime


def causes(session: Session, now: datetime) -> tuple[Cause, ...]:
    """Closed sessions and centres where people stand booked, shelves without what was promised, and schedules
    whose interval or dates no longer allow what stands. Ages are looked at on a schedule's own page.
    """
    return (
        *_closed_sessions(session, now), *_closed_centres(session, now), *_short(session, now),
        *_ruled_out(session, now),
    )  # fmt: skip


def no_longer_allowed(session: Session, schedule_id: int, now: datetime) -> int:
    """How many people stand booked whom a schedule as it is now does not allow it, by days or by age."""
    disruption = Disruption(kind=DisruptionKind.RULE_CHANGED, subject=rule_subject(schedule_id))
    return len(touched(session, disruption, now=now))


def disruptions(session: Session, page: int = 1) -> tuple[tuple[Listed, ...], Part]:
    """A page of them, the newest first."""
    part = part_of(session.scalar(select(func.count(Disruption.id))) or 0, page)
    query = select(Disruption).order_by(Disruption.id.desc()).limit(part.a_page).offset(part.offset)
    return _listed(session, list(session.scalars(query))), part


def one(session: Session, disruption_id: int) -> Listed:
    """One of them."""
    row = session.get(Disruption, disruption_id)
    if row is None:
        raise UnknownDisruption
    return _listed(session, [row])[0]


def unsettled(session: Session, disruption_id: int, page: int = 1) -> tuple[tuple[Unsettled, ...], Part]:
    """A page of those who have not said yes to anything, the nearest end first."""
    theirs = Replacement.disruption_id == disruption_id, Replacement.status.in_(STILL_TO_SETTLE)
    part = part_of(session.scalar(select(func.count(Replacement.id)).where(*theirs)) or 0, page)
    rows = session.execute(
        select(Request.reference, Replacement.status, Replacement.hold_id, Replacement.answer_by)
        .join(Request, Request.id == Replacement.request_id)
        .where(*theirs)
        .order_by(Replacement.answer_by, Replacement.id)
        .limit(part.a_page)
        .offset(part.offset)
    )
    return tuple(Unsettled(r.reference, r.status, r.hold_id is not None, r.answer_by) for r in rows), part


def references(session: Session, request_ids: list[int]) -> dict[int, str]:
    """The references of requests."""
    rows = session.execute(select(Request.id, Request.reference).where(Request.id.in_(request_ids)))
    return {row.id: row.reference for row in rows}


def _booked(now: datetime, *columns: object):  # type: ignore[no-untyped-def]
    open_one = select(Replacement.request_id).where(Replacement.status == ReplacementStatus.OPEN)
    return (
        select(*columns, Centre.name, func.count(Appointment.id).label("n"))  # type: ignore[call-overload]
        .join(Slot, Slot.id == Appointment.slot_id)
        .join(ClinicSession, ClinicSession.id == Slot.clinic_session_id)
        .join(Centre, Centre.id == Slot.centre_id)
        .where(Appointment.status == AppointmentStatus.BOOKED, Appointment.starts_at > now)
        .where(Appointment.request_id.not_in(open_one))
    )


def _closed_sessions(session: Session, now: datetime) -> list[Cause]:
    query = _booked(now, Slot.centre_id, Slot.day).where(ClinicSession.is_open.is_(False))
    rows = session.execute(query.group_by(Slot.centre_id, Slot.day, Centre.name).order_by(Slot.day))
    return [Cause(DisruptionKind.SESSION_CLOSED, r.centre_id, r.name, r.n, day=r.day) for r in rows]


def _closed_centres(session: Session, now: datetime) -> list[Cause]:
    query = _booked(now, Slot.centre_id).where(Centre.is_open.is_(False), ClinicSession.is_open)
    rows = session.execute(query.group_by(Slot.centre_id, Centre.name).order_by(Centre.name))
    return [Cause(DisruptionKind.CENTRE_CLOSED, r.centre_id, r.name, r.n) for r in rows]


def _short(session: Session, now: datetime) -> list[Cause]:
    short = [row for row in stock_sheet.shelves(session, None, now) if row.missing]
    lots: dict[tuple[int, int], Columns] = {}
    for row in session.execute(
        select(Delivery.centre_id, Lot.product_id, Lot.id, Lot.number)
        .join(Lot, Lot.id == Delivery.lot_id)
        .where(Lot.is_quarantined, Lot.expires_on >= now.date())
    ):
        lots[row.centre_id, row.product_id] = row
    found = []
    for shelf in short:
        lot = lots.get((shelf.centre_id, shelf.product_id))
        kind = DisruptionKind.LOT_WITHDRAWN if lot else DisruptionKind.DELIVERY_CUT
        found.append(
            Cause(
                kind,
                shelf.centre_id,
                shelf.centre,
                shelf.missing,
                product_id=shelf.product_id,
                product=shelf.product,
                lot_id=lot.id if lot else None,
                lot=lot.number if lot else "",
            )  # fmt: skip
        )
    return found


def _ruled_out(session: Session, now: datetime) -> list[Cause]:
    codes = dict(session.execute(select(Schedule.id, Schedule.code)).all())
    return [
        Cause(
            DisruptionKind.RULE_CHANGED, 0, "", people, schedule_id=schedule_id, schedule=codes[schedule_id]
        )
        for schedule_id, people in sorted(ruled_out_by_days(session, now).items())
    ]


def _listed(session: Session, rows: list[Disruption]) -> tuple[Listed, ...]:
    centres = dict(session.execute(select(Centre.id, Centre.name)).all())
    names = {f"{PRODUCT}:{i}": name for i, name in session.execute(select(Product.id, Product.name))}
    names |= {rule_subject(i): code for i, code in session.execute(select(Schedule.id, Schedule.code))}
    answers: dict[int, Counter[ReplacementStatus]] = defaultdict(Counter)
    counted = (
        select(Replacement.disruption_id, Replacement.status, func.count())
        .where(Replacement.disruption_id.in_([row.id for row in rows]))
        .group_by(Replacement.disruption_id, Replacement.status)
    )
    for disruption_id, status, n in session.execute(counted):
        answers[disruption_id][status] = n
    return tuple(
        Listed(
            row.id, row.kind, row.status, centres.get(row.centre_id or 0, ""), row.day,
            names.get(row.subject, ""), row.people, row.made_at, row.sent_at, answers[row.id],
        )
        for row in rows
    )  # fmt: skip
