"""Reminders: written once, for whom they are meant, one for all appointments of a day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders import (
    NOW,
    TODAY,
    book_pair,
    make_centre,
    make_person,
    make_product,
    make_programme,
    make_request,
    make_schedule,
    make_slots,
)
from tests.builders_journey import make_opt_out
from vaccination.domain.appointment import AppointmentStatus
from vaccination.domain.messages import MessageChannel, MessageKind
from vaccination.domain.requests import ContactBy
from vaccination.models.appointments import Appointment
from vaccination.models.centres import Centre
from vaccination.models.messages import Message
from vaccination.models.people import Household
from vaccination.models.programmes import Schedule
from vaccination.models.requests import Request
from vaccination.services.appointments.booking import cancel_request
from vaccination.services.telling.reminders import write_reminders

DAY = TODAY + timedelta(20)


class Region:
    """A programme with one centre; people are expected on DAY."""

    def __init__(self, session: Session, **named: object) -> None:
        self.session = session
        self.programme = make_programme(session, **named)
        self.schedule: Schedule = make_schedule(session, self.programme, make_product(session))
        self.centre: Centre = make_centre(session)
        self.slots = make_slots(session, self.centre, DAY, slots=6, seats=40)
        self.second = make_slots(session, self.centre, DAY + timedelta(28), slots=6, seats=40)

    def expected(self, contact_by: ContactBy = ContactBy.SMS, **named: object) -> Request:
        person = make_person(self.session, **{"phone": "+33612345678", **named})
        request = make_request(self.session, self.programme, person, contact_by=contact_by)
        book_pair(self.session, request, self.schedule, (self.slots[0], self.second[0]))
        return request

    def run(self, moment: datetime) -> int:
        return write_reminders(self.session, now=moment)

    def reminders(self) -> list[tuple[str, int]]:
        rows = self.session.execute(select(Message.kind, Message.request_id).order_by(Message.id))
        return [(row.kind.value, row.request_id) for row in rows if row.kind.value.startswith("reminder")]


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment by the summer clock of Paris."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC) - timedelta(hours=2)


def test_a_week_two_days_and_the_day_before(session: Session) -> None:
    region = Region(session)
    request = region.expected()
    for days_before in range(9, -1, -1):
        for hour in range(24):
            region.run(at(DAY - timedelta(days_before), hour))
    assert region.reminders() == [
        ("reminder_week", request.id),
        ("reminder_two_days", request.id),
        ("reminder_day", request.id),
    ]


def test_the_day_before_is_between_two_and_four(session: Session) -> None:
    region = Region(session)
    for _ in range(30):
        region.expected()
    region.run(at(DAY - timedelta(1), 13, 50))
    assert region.reminders() == []
    assert region.run(at(DAY - timedelta(1), 14)) == 30
    moments = session.scalars(select(Message.next_try_at)).all()
    start = at(DAY - timedelta(1), 14)
    assert all(start <= moment < start + timedelta(hours=2) for moment in moments)
    assert len(set(moments)) > 10


def test_a_programme_says_which_reminders_it_sends(session: Session) -> None:
    region = Region(session, reminder_days=[2])
    request = region.expected()
    for days_before in (7, 2, 1):
        region.run(at(DAY - timedelta(days_before), 15))
    assert region.reminders() == [("reminder_two_days", request.id)]


@pytest.mark.parametrize("day", [date(2026, 10, 26), date(2027, 3, 29)])
def test_once_over_a_night_when_the_clocks_change(session: Session, day: date) -> None:
    programme = make_programme(session, starts_on=day - timedelta(30))
    schedule = make_schedule(session, programme, make_product(session))
    centre = make_centre(session)
    slots = (make_slots(session, centre, day)[0], make_slots(session, centre, day + timedelta(28))[0])
    request = make_request(session, programme, make_person(session), contact_by=ContactBy.EMAIL)
    book_pair(session, request, schedule, slots, created_at=datetime(2026, 9, 1, tzinfo=UTC))
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(3)
    for step in range(4 * 24 * 6):
        write_reminders(session, now=start + timedelta(minutes=10 * step))
    kinds = [kind.value for kind in session.scalars(select(Message.kind).order_by(Message.id))]
    assert kinds == ["reminder_two_days", "reminder_day"]


def test_a_household_at_one_phone_is_told_once(session: Session) -> None:
    region = Region(session)
    household = Household(created_at=NOW)
    session.add(household)
    session.flush()
    requests = [
        region.expected(phone="+33612345678"),
        region.expected(phone="+33612345678"),
        region.expected(phone="+33699999999"),
    ]
    for request in requests:
        request.household_id = household.id
    stranger = region.expected(phone="+33612345678")  # the same number, but not of the household
    session.flush()
    told = region.run(at(DAY - timedelta(1), 15))
    again = region.run(at(DAY - timedelta(1), 16))
    assert (told, again) == (4, 0)
    assert [request_id for _, request_id in region.reminders()] == [
        requests[0].id,
        requests[2].id,
        stranger.id,
    ]


def test_whoever_has_no_phone_no_mail_and_no_address_stops_nobody(session: Session) -> None:
    region = Region(session)
    nobody = region.expected(phone=None, email=None, address=None)
    by_letter = region.expected(ContactBy.LETTER, phone=None, email=None)
    by_mail = region.expected(ContactBy.EMAIL, phone=None)
    text = region.expected()
    region.run(at(DAY - timedelta(1), 15))
    told = dict(session.execute(select(Message.request_id, Message.channel)).all())
    assert told == {by_mail.id: MessageChannel.EMAIL, text.id: MessageChannel.SMS}
    assert nobody.id not in told and by_letter.id not in told  # a letter would come too late


def test_not_for_who_does_without(session: Session) -> None:
    region = Region(session)
    request = region.expected()
    make_opt_out(session, request, MessageKind.REMINDER_DAY)
    region.run(at(DAY - timedelta(2), 15))
    region.run(at(DAY - timedelta(1), 15))
    assert region.reminders() == [("reminder_two_days", request.id)]


def test_not_for_an_appointment_made_a_moment_before(session: Session) -> None:
    region = Region(session)
    request = region.expected()
    made = at(DAY - timedelta(2), 9)
    for appointment in session.scalars(select(Appointment).where(Appointment.request_id == request.id)):
        appointment.created_at = made
    session.flush()
    region.run(at(DAY - timedelta(2), 15))
    region.run(at(DAY - timedelta(1), 15))
    assert region.reminders() == [("reminder_day", request.id)]


def test_not_for_what_was_cancelled_or_is_over(session: Session) -> None:
    region = Region(session)
    cancelled, came = region.expected(), region.expected()
    cancel_request(session, cancelled.id, now=NOW)
    for appointment in session.scalars(select(Appointment).where(Appointment.request_id == came.id)):
        appointment.status = AppointmentStatus.CHECKED_IN
    session.flush()
    region.run(at(DAY - timedelta(1), 15))
    assert region.reminders() == []


def test_by_the_clock_of_the_centre(session: Session) -> None:
    region = Region(session)
    region.centre.timezone = "America/Guadeloupe"
    session.flush()
    region.expected()
    afternoon_in_paris = at(DAY - timedelta(1), 15)  # nine in the morning over there
    assert region.run(afternoon_in_paris) == 0
    assert region.run(afternoon_in_paris + timedelta(hours=6)) == 1
