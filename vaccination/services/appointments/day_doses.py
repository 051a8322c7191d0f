"""A dose of the day that is given back: its call has it again, and asks on while time remains (ADR 46)."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import exists, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from vaccination.domain.appointment import AppointmentStatus
from vaccination.domain.same_day import MOST_DOSES, InvitationStatus, SameDayCallStatus
from vaccination.models.appointments import Appointment
from vaccination.models.same_day import SameDayCall, SameDayInvitation
from vaccination.queries.columns import Columns
from vaccination.services import audit

_FREE = (AppointmentStatus.BOOKED, AppointmentStatus.DID_NOT_ATTEND)


def give_day_dose_back(
    session: Session, request_id: int, *, now: datetime, numbers: Collection[int] = (1, 2)
) -> bool:
    """Who said yes does not come after all: the dose counts as unconfirmed; False where there was none.

    Before the appointments are locked; the request is locked by the caller (docs/locking.md).
    """
    row = _accepted(session, request_id, numbers, now)
    if row is None:
        return False
    session.execute(
        update(SameDayCall).where(SameDayCall.id == row.call_id).values(confirmed=SameDayCall.confirmed - 1)
    )
    if not _reopen(session, row.call_id, now):
        _leave_to_another(session, row)
    session.execute(
        update(SameDayInvitation)
        .where(SameDayInvitation.id == row.id)
        .values(status=InvitationStatus.DECLINED, answered_at=now)
    )
    audit.record(session, "same_day_given_back", f"same_day_invitation:{row.id}", now=now,
                 centre_id=row.centre_id)  # fmt: skip
    return True


def _accepted(session: Session, request_id: int, numbers: Collection[int], now: datetime) -> Columns | None:
    """The yes of the request whose dose still stands today, in a call whose time is not over."""
    stands = exists().where(
        Appointment.request_id == request_id, Appointment.stands == 1, Appointment.day == SameDayCall.day,
        Appointment.centre_id == SameDayCall.centre_id, Appointment.status.in_(_FREE),
        Appointment.dose_number.in_(numbers),
    )  # fmt: skip
    found: Columns | None = session.execute(
        select(
            SameDayInvitation.id, SameDayInvitation.call_id, SameDayCall.centre_id, SameDayCall.product_id,
            SameDayCall.day,
        )
        .join(SameDayCall, SameDayCall.id == SameDayInvitation.call_id)
        .where(
            SameDayInvitation.request_id == request_id,
            SameDayInvitation.status == InvitationStatus.ACCEPTED, SameDayCall.until > now, stands,
        )
        .limit(1)
    ).one_or_none()  # fmt: skip
    return found


def _reopen(session: Session, call_id: int, now: datetime) -> bool:
    """True where the call asks (again). One that the centre closed by hand, not yet full, stays closed."""
    other = aliased(SameDayCall)
    asks = exists().where(
        other.centre_id == SameDayCall.centre_id, other.product_id == SameDayCall.product_id,
        other.day == SameDayCall.day, other.status == SameDayCallStatus.OPEN,
    )  # fmt: skip
    full_before = SameDayCall.confirmed == SameDayCall.doses - 1
    statement = (
        update(SameDayCall)
        .where(SameDayCall.id == call_id, SameDayCall.status == SameDayCallStatus.CLOSED, full_before)
        .where(SameDayCall.until > now, ~asks)
        .values(status=SameDayCallStatus.OPEN, closed_at=None)
    )
    try:
        with session.begin_nested():
            session.execute(statement)
    except IntegrityError:  # the centre announces another one at this moment
        return False
    status = session.scalar(select(SameDayCall.status).where(SameDayCall.id == call_id))
    return status is SameDayCallStatus.OPEN


def _leave_to_another(session: Session, row: Columns) -> None:
    """The call that asks for the same doses now has one more."""
    session.execute(
        update(SameDayCall)
        .where(
            SameDayCall.centre_id == row.centre_id, SameDayCall.product_id == row.product_id,
            SameDayCall.day == row.day, SameDayCall.status == SameDayCallStatus.OPEN,
            SameDayCall.doses < MOST_DOSES,
        )
        .values(doses=SameDayCall.doses + 1)
    )  # fmt: skip
