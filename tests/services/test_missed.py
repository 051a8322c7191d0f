"""Whoever did not come gets another date: places go back once, the absence stays written in the events."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.builders import NOW, TODAY, book_pair, make_slots
from tests.services.regions import Region, make_region
from tests.services.test_change_wishes import run_a_plan
from vaccination.domain.appointment import Action, AppointmentStatus, missed_dose
from vaccination.domain.messages import MessageKind
from vaccination.domain.requests import RequestKind, RequestStatus
from vaccination.models.appointments import Appointment, AppointmentEvent
from vaccination.models.centres import DoseBudget, Slot
from vaccination.models.messages import Message
from vaccination.models.requests import Request
from vaccination.services.appointments.holds import confirm, hold
from vaccination.services.appointments.missed import NothingMissed, seek_after_missed
from vaccination.services.appointments.offers import five
from vaccination.services.keeping.reconcile import broken_invariants

S = AppointmentStatus


@pytest.fixture
def region(session: Session) -> Region:
    return make_region(session, requests=1)


def missed(session: Session, region: Region, *, second: bool = False) -> list[Appointment]:
    """A pair of which today's dose was missed: the first, or the second, whose first was given."""
    day = TODAY - timedelta(28) if second else TODAY
    early = make_slots(session, region.centre, day)[0]
    late = make_slots(session, region.centre, TODAY)[0] if second else region.second_slots[0]
    pair = book_pair(session, region.requests[0], region.schedule, (early, late))
    for appointment in pair:
        event(session, appointment, Action.BOOK, S.BOOKED)
    if second:
        mark(session, pair[0], Action.VACCINATE, S.VACCINATED)
    mark(session, pair[1 if second else 0], Action.MARK_ABSENT, S.DID_NOT_ATTEND)
    session.add(
        Message(
            request_id=region.requests[0].id, kind=MessageKind.CONFIRMED, channel="email", locale="fr",
            dedupe_key="c", next_try_at=NOW, created_at=NOW,
        )
    )  # fmt: skip
    session.flush()
    return pair


def mark(session: Session, appointment: Appointment, action: Action, status: AppointmentStatus) -> None:
    session.execute(update(Appointment).where(Appointment.id == appointment.id).values(status=status))
    event(session, appointment, action, status)


def event(session: Session, appointment: Appointment, action: Action, status: AppointmentStatus) -> None:
    session.add(
        AppointmentEvent(
            appointment_id=appointment.id, action=action, status=status, at=NOW, reason="", facts={}
        )
    )


def taken(session: Session) -> tuple[int, int]:
    session.expire_all()
    return sum(session.scalars(select(Slot.taken))), sum(session.scalars(select(DoseBudget.taken)))


def standing(session: Session) -> list[Appointment]:
    session.expire_all()
    rows = select(Appointment).where(Appointment.stands == 1).order_by(Appointment.dose_number)
    return list(session.scalars(rows))


def again(session: Session, region: Region) -> Request:
    seek_after_missed(session, region.requests[0].id, now=NOW)
    return session.get_one(Request, region.requests[0].id, populate_existing=True)


def test_a_missed_first_dose_gives_both_places_back_once(session: Session, region: Region) -> None:
    pair = missed(session, region)
    before = taken(session)
    request = again(session, region)
    assert (request.status, request.kind) == (RequestStatus.WAITING, RequestKind.COURSE)
    assert taken(session) == (before[0] - 2, before[1] - 2)
    with pytest.raises(NothingMissed):
        seek_after_missed(session, request.id, now=NOW)
    assert taken(session) == (before[0] - 2, before[1] - 2)
    told = session.execute(
        select(AppointmentEvent.action, AppointmentEvent.status, AppointmentEvent.reason)
        .where(AppointmentEvent.appointment_id == pair[0].id)
        .order_by(AppointmentEvent.id)
    ).all()
    assert [tuple(row) for row in told] == [
        (Action.BOOK, S.BOOKED, ""),
        (Action.MARK_ABSENT, S.DID_NOT_ATTEND, ""),
        (Action.CANCEL, S.CANCELLED, "missed"),
    ]
    assert broken_invariants(session) == []


def test_after_a_missed_first_dose_a_whole_pair_is_offered(session: Session, region: Region) -> None:
    missed(session, region)
    request = again(session, region)
    offers = five(session, request.id, now=NOW)
    assert [len(offer.doses) for offer in offers] == [2] * len(offers) and offers
    confirm(session, hold(session, request.id, offers[0].choice, now=NOW).token, now=NOW)
    first, second = standing(session)
    assert first.day > TODAY and 21 <= (second.day - first.day).days <= 49
    assert broken_invariants(session) == []


def test_after_a_missed_first_dose_the_next_plan_finds_a_pair(session: Session, region: Region) -> None:
    missed(session, region)
    again(session, region)
    run_a_plan(session, region)
    first, second = standing(session)
    assert first.day > TODAY and 21 <= (second.day - first.day).days <= 49
    assert broken_invariants(session) == []


@pytest.mark.parametrize("planned", [False, True])
def test_after_a_missed_second_dose_only_a_second_is_sought(
    session: Session, region: Region, planned: bool
) -> None:
    first, _ = missed(session, region, second=True)
    make_slots(session, region.centre, first.day + timedelta(60))  # too late
    before = taken(session)
    request = again(session, region)
    assert taken(session) == (before[0] - 1, before[1] - 1)
    assert (request.status, request.kind) == (RequestStatus.WAITING, RequestKind.SECOND_DOSE)
    assert [row.id for row in standing(session)] == [first.id]
    if planned:
        run_a_plan(session, region)
    else:
        offer = five(session, request.id, now=NOW)[0]
        confirm(session, hold(session, request.id, offer.choice, now=NOW).token, now=NOW)
    kept, second = standing(session)
    assert kept.id == first.id and second.day > TODAY
    assert 21 <= (second.day - first.day).days <= 49
    assert broken_invariants(session) == []


def test_nothing_is_given_back_where_nothing_was_missed(session: Session, region: Region) -> None:
    book_pair(session, region.requests[0], region.schedule, (region.first_slots[0], region.second_slots[0]))
    before = taken(session)
    with pytest.raises(NothingMissed):
        seek_after_missed(session, region.requests[0].id, now=NOW)
    assert taken(session) == before


@pytest.mark.parametrize(
    ("statuses", "which"),
    [
        ((S.DID_NOT_ATTEND,), 1),
        ((S.DID_NOT_ATTEND, S.BOOKED), 1),
        ((S.DID_NOT_ATTEND, S.DID_NOT_ATTEND), 1),
        ((S.VACCINATED, S.DID_NOT_ATTEND), 2),
        ((S.DID_NOT_ATTEND, S.CHECKED_IN), None),
        ((S.BOOKED, S.DID_NOT_ATTEND), None),
        ((S.NOT_VACCINATED, S.DID_NOT_ATTEND), None),
        ((S.VACCINATED, S.VACCINATED), None),
        ((), None),
    ],
)
def test_which_dose_was_missed(statuses: tuple[AppointmentStatus, ...], which: int | None) -> None:
    assert missed_dose(dict(enumerate(statuses, start=1))) == which
