"""Erasing persons whom nobody needs to know any more, 90 days after the last thing that concerned them.

The rows stay, for doses must still add up; what could tell whose they are goes. Everything is said in whole
sets of rows: a region has a million persons (ADR 0036).
"""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, cast, func, literal, or_, select, update
from sqlalchemy.orm import Session

from vaccination.domain.messages import MessageKind, MessageStatus
from vaccination.domain.requests import ANY_TIME, RequestStatus
from vaccination.models.appointments import Appointment, Scan
from vaccination.models.centres import ClinicSession
from vaccination.models.messages import Message
from vaccination.models.people import Person
from vaccination.models.programmes import Programme
from vaccination.models.requests import Request
from vaccination.models.vaccinations import VaccinationRecord
from vaccination.services import audit
from vaccination.services.keeping.blanking import change_set, random_bytes
from vaccination.services.keeping.erasure_journey import blank_journey

KEEP_DAYS = 90
AT_MOST = 5_000
NOBODY = "—"
"""Stands where a family name was, on every page and paper."""
NO_BIRTH_DATE = date(1900, 1, 1)


def erase_persons(
    session: Session, *, now: datetime, keep_days: int = KEEP_DAYS, at_most: int = AT_MOST
) -> int:
    """Erase persons whose every request lies more than `keep_days` back, a batch; returns how many."""
    cutoff = now - timedelta(days=keep_days)
    needed = _needed_request(_ended_programmes(session, cutoff.date()), cutoff)
    marked = _mark(session, needed, cutoff, at_most, now)
    if not marked:
        return 0
    # The marked rows are ours now. Somebody may have asked again while we looked: a second look sees it.
    erased = marked - _unmark(session, needed, now)
    _blank_persons(session, now)
    _blank_requests(session, now)
    _silence_messages(session, now)
    blank_journey(session, _requests_of_batch(now), nobody=NOBODY, now=now)
    audit.record(
        session, "persons_erased", "person", now=now, facts={"persons": erased, "after_days": keep_days}
    )
    return erased


def forget_scanned_texts(session: Session, *, now: datetime, keep_days: int = KEEP_DAYS) -> None:
    """Drop the fingerprints of foreign codes shown at a desk: they may be of somebody's certificate."""
    cutoff = now - timedelta(days=keep_days)
    change_set(
        session, update(Scan).where(Scan.text_hash.is_not(None), Scan.at < cutoff).values(text_hash=None)
    )


def _ended_programmes(session: Session, before: date) -> list[int]:
    """Campaigns that ended before a day.

    `horizon_days` is what one plan covers, and plans roll on: so a campaign goes on at least that long, and
    for as long as somebody has an appointment in it or, while it is the active one, a centre holds sessions.
    """
    last_session = session.scalar(select(func.max(ClinicSession.day)).where(ClinicSession.is_open))
    last_day = select(func.max(Appointment.day)).join(Request, Request.id == Appointment.request_id)
    ended = []
    for programme in session.scalars(select(Programme)):
        days = [programme.starts_on + timedelta(programme.horizon_days)]
        if programme.is_active and last_session:
            days.append(last_session)
        of_it = (Request.programme_id == programme.id, Appointment.stands == 1)
        if max(days) < before and (session.scalar(last_day.where(*of_it)) or date.min) < before:
            ended.append(programme.id)
    return ended


def _needed_request(ended: list[int], cutoff: datetime) -> ColumnElement[bool]:
    """A request because of which its person must still be known."""
    is_live = Request.status.in_((RequestStatus.WAITING, RequestStatus.PLANNED))
    dose = (
        select(VaccinationRecord.id)
        .join(Appointment, Appointment.id == VaccinationRecord.appointment_id)
        .where(Appointment.request_id == Request.id)
        .where(VaccinationRecord.stands == 1, VaccinationRecord.given_at >= cutoff)
    )
    # Who waited and cancelled has no event of an appointment; the message about it is always there.
    told_of_cancelling = select(Message.id).where(
        Message.request_id == Request.id, Message.kind == MessageKind.CANCELLED, Message.created_at >= cutoff
    )
    return or_(
        is_live & Request.programme_id.not_in(ended),
        Request.created_at >= cutoff,
        dose.exists(),
        told_of_cancelling.exists(),
    )


def _mark(
    session: Session, needed: ColumnElement[bool], cutoff: datetime, at_most: int, now: datetime
) -> int:
    """Write the moment of erasure on a batch; from here on it is the name by which the batch is known."""
    asks = select(Request.id).where(Request.person_id == Person.id, needed)
    batch = (
        select(Person.id)
        .where(Person.erased_at.is_(None), Person.created_at < cutoff, ~asks.exists())
        .order_by(Person.id)
        .limit(at_most)
        .with_for_update(skip_locked=True)
        .cte("batch")
    )
    marking = update(Person).where(Person.id.in_(select(batch.c.id))).values(erased_at=now)
    return len(session.connection().execute(marking.returning(Person.id)).all())


def _unmark(session: Session, needed: ColumnElement[bool], now: datetime) -> int:
    asks = select(Request.id).where(Request.person_id == Person.id, needed)
    return change_set(
        session, update(Person).where(Person.erased_at == now, asks.exists()).values(erased_at=None)
    )


def _blank_persons(session: Session, now: datetime) -> None:
    """Names, birth date and contact are overwritten; random indexes are found by nobody, and stay unique."""
    change_set(
        session,
        update(Person)
        .where(Person.erased_at == now)
        .values(
            family_name=NOBODY,
            given_name="",
            birth_date=NO_BIRTH_DATE,
            email=None,
            phone=None,
            address=None,
            note=None,
            identity_index=random_bytes(session, 16),
            surname_index=random_bytes(session, 16),
            sorted_index=random_bytes(session, 16),
            needs=None,
        ),
    )


def _blank_requests(session: Session, now: datetime) -> None:
    """Place, free days and household go; reference, secret and code on old papers lead here no more."""
    theirs = Request.person_id.in_(select(Person.id).where(Person.erased_at == now))
    blank: dict[str, Any] = {
        "reference": literal("erased-") + cast(Request.id, String),
        "secret_hash": random_bytes(session, 32),
        "form_uid": None,
        "household_id": None,
        "town": "",
        "postcode": "",
        "lat": 0.0,
        "lon": 0.0,
        "second_town": "",
        "second_lat": None,
        "second_lon": None,
        "earliest": None,
        "availability": ANY_TIME,
        "unavailable": [],
        "wheelchair": False,
        "first_given_at": "",
        "organisation_id": None,
        "by_phone": False,
        "one_dose_enough": False,
    }
    change_set(session, update(Request).where(theirs).values(**blank))
    change_set(
        session,
        update(Appointment)
        .where(Appointment.request_id.in_(_requests_of_batch(now)))
        .values(token_ref=random_bytes(session, 8)),
    )


def _silence_messages(session: Session, now: datetime) -> None:
    """What was never sent has nobody to go to."""
    change_set(
        session,
        update(Message)
        .where(Message.request_id.in_(_requests_of_batch(now)))
        .where(Message.status.in_((MessageStatus.CREATED, MessageStatus.SENDING)))
        .values(status=MessageStatus.FAILED, failure="erased"),
    )


def _requests_of_batch(now: datetime) -> Any:
    return select(Request.id).join(Person, Person.id == Request.person_id).where(Person.erased_at == now)
