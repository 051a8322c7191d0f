"""What the desk's pages and its printed list show, on both databases."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, time, timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from tests.builders import (
    TODAY,
    book_pair,
    make_centre,
    make_person,
    make_product,
    make_request,
    make_schedule,
    make_slots,
)
from tests.services.test_desk import AT_NINE, Desk
from tests.services.test_vaccination import Station
from vaccination.domain.appointment import AppointmentStatus
from vaccination.domain.check_in import Level, VerdictCode
from vaccination.models.accounts import User
from vaccination.models.centres import ClinicSession, Slot
from vaccination.models.programmes import Programme
from vaccination.readmodels import day_sheet, desk_board, desk_person
from vaccination.readmodels.desk_board import Show

S = AppointmentStatus


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    """The statements sent meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    engine = session.connection().engine
    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def desk(session: Session) -> Desk:
    return Desk(session)


def _six_more(desk: Desk) -> None:
    """Six persons, two a slot, from ten past nine on."""
    session = desk.session
    programme = session.get_one(Programme, desk.request.programme_id)
    product = make_product(session)
    schedule = make_schedule(session, programme, product, doses=1)
    slots = make_slots(session, desk.centre, TODAY, opens=time(9, 10), slots=3)
    for number, name in enumerate(("Élie", "Faure", "Zola", "Abel", "Noir", "Blanc")):
        person = make_person(session, family_name=name)
        book_pair(session, make_request(session, programme, person), schedule, (slots[number // 2],))


def _make_room(desk: Desk) -> None:
    """The builder's session runs from nine to ten: end it at ten past nine."""
    session = desk.session
    for slot in session.scalars(select(Slot).where(Slot.taken == 0)):
        session.delete(slot)
    for clinic in session.scalars(select(ClinicSession)):
        clinic.closes = clinic.closes.replace(hour=9, minute=10)
    session.flush()


def test_the_board_lists_the_day_by_slot_and_name(desk: Desk) -> None:
    _make_room(desk)
    _six_more(desk)
    with counted(desk.session) as sent:
        board = desk_board.load(desk.session, desk.centre.id, now=AT_NINE)
    assert len(sent) == 3
    assert board.day == TODAY
    names = [[line.family_name for line in slot.lines] for slot in board.next_slots]
    assert names[1:] == [["Élie", "Faure"], ["Abel", "Zola"], ["Blanc", "Noir"]]
    assert board.counts == {S.BOOKED: 7}
    first = board.next_slots[0].lines[0]
    assert (first.dose_number, first.of, first.since) == (1, 2, None)


def test_past_slots_stand_below_the_next_ones(desk: Desk) -> None:
    later = desk_board.load(desk.session, desk.centre.id, now=AT_NINE + timedelta(minutes=16))
    assert (len(later.next_slots), len(later.earlier_slots)) == (0, 1)
    assert later.overdue == 0
    overdue = desk_board.load(desk.session, desk.centre.id, now=AT_NINE + timedelta(minutes=60))
    assert overdue.overdue == 1
    still = desk_board.load(desk.session, desk.centre.id, now=AT_NINE + timedelta(minutes=15))
    assert (len(still.next_slots), len(still.earlier_slots)) == (1, 0)


@pytest.mark.parametrize(
    ("status", "show"),
    [
        (S.BOOKED, Show.TO_COME),
        (S.CHECKED_IN, Show.WAITING),
        (S.VACCINATED, Show.DONE),
        (S.NOT_VACCINATED, Show.DONE),
        (S.DID_NOT_ATTEND, Show.DONE),
    ],
)
def test_each_filter_shows_its_own(desk: Desk, status: AppointmentStatus, show: Show) -> None:
    desk.first.status = status
    desk.session.flush()
    shown = set()
    for filter_ in Show:
        board = desk_board.load(desk.session, desk.centre.id, now=AT_NINE, show=filter_)
        assert board.count(filter_) == len(board.next_slots)
        if board.next_slots:
            shown.add(filter_)
    assert shown == {show, Show.ALL}


def test_a_waiting_line_says_since_when(desk: Desk) -> None:
    desk.scan(desk.text(desk.first))
    board = desk_board.load(desk.session, desk.centre.id, now=AT_NINE, show=Show.WAITING)
    assert board.next_slots[0].lines[0].since == AT_NINE


def test_only_own_centres_are_offered(desk: Desk) -> None:
    other = make_centre(desk.session, name="Autre")
    make_centre(desk.session, name="Fermé", is_open=False)
    mine = desk_board.choices(desk.session, {desk.centre.id}, now=AT_NINE)
    assert [(choice.centre_id, choice.today) for choice in mine] == [(desk.centre.id, 1)]
    everywhere = desk_board.choices(desk.session, None, now=AT_NINE)
    assert {choice.centre_id for choice in everywhere} == {desk.centre.id, other.id}
    with pytest.raises(desk_board.NoSuchDesk):
        desk_board.load(desk.session, 65_000, now=AT_NINE)


def test_a_verdict_shows_person_and_time(desk: Desk) -> None:
    desk.scan(desk.text(desk.first), "one", at=AT_NINE + timedelta(minutes=40))
    verdict = desk_person.load_verdict(desk.session, desk.centre.id, "one")
    assert (verdict.code, verdict.level, verdict.minutes_off) == (VerdictCode.TOO_LATE, Level.AMBER, 40)
    assert verdict.person is not None
    assert (verdict.person.age, verdict.person.status) == (66, S.CHECKED_IN)
    assert verdict.person.other_dose is not None
    assert verdict.person.other_dose.day == desk.second.day
    user = desk.session.get_one(User, desk.actor.user_id)
    assert [happening.by for happening in verdict.person.history] == [user.display_name]
    with pytest.raises(desk_person.NobodyThere):
        desk_person.load_verdict(desk.session, make_centre(desk.session).id, "one")


def test_at_the_wrong_centre_nothing_of_the_person_is_shown(desk: Desk) -> None:
    elsewhere = make_centre(desk.session)
    desk.scan(desk.text(desk.first), "lost", centre_id=elsewhere.id)
    verdict = desk_person.load_verdict(desk.session, elsewhere.id, "lost")
    assert (verdict.code, verdict.person) == (VerdictCode.WRONG_CENTRE, None)
    assert verdict.arrival is not None
    assert verdict.arrival.centre_name == desk.centre.name


def test_a_given_dose_names_lot_and_vaccinator(session: Session) -> None:
    station = Station(session)
    station.record()
    person = desk_person.load(session, station.centre.id, station.first.id)
    assert person.given is not None
    assert (person.given.lot, person.given.given_at) == (station.lot.number, AT_NINE)
    assert person.status is S.VACCINATED
    with pytest.raises(desk_person.NobodyThere):
        desk_person.load(session, make_centre(session).id, station.first.id)


def test_the_printed_list_is_in_time_order_and_counts_the_doses(desk: Desk) -> None:
    _make_room(desk)
    _six_more(desk)
    with counted(desk.session) as sent:
        sheet = day_sheet.load(desk.session, desk.centre.id, TODAY, now=AT_NINE)
    assert len(sent) == 2
    assert [line.family_name for line in sheet.lines][1:3] == ["Élie", "Faure"]
    assert [line.starts_at.strftime("%H:%M") for line in sheet.lines][:2] == ["09:00", "09:10"]
    assert sorted(count for _, count in sheet.doses) == [1, 6]
    assert day_sheet.load(desk.session, desk.centre.id, date(2027, 5, 4), now=AT_NINE).lines == ()
    with pytest.raises(day_sheet.NoSheet):
        day_sheet.load(desk.session, 65_000, TODAY, now=AT_NINE)
