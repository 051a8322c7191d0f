"""Doses recorded, not given, and taken back, on both databases."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.builders import (
    NOW,
    TODAY,
    book_pair,
    make_centre,
    make_lot,
    make_product,
    make_programme,
    make_request,
    make_schedule,
    make_slots,
    make_stock,
    make_user,
)
from vaccination.domain.actor import Actor, Grant, Role
from vaccination.domain.appointment import Action, AppointmentStatus, WrongStatus
from vaccination.domain.requests import RequestStatus
from vaccination.domain.stock import MovementKind
from vaccination.domain.vaccination import InjectionSite, NotVaccinatedReason
from vaccination.models.appointments import Appointment, AppointmentEvent
from vaccination.models.audit import AuditEntry
from vaccination.models.requests import Request
from vaccination.models.stock import StockMovement
from vaccination.models.vaccinations import VaccinationRecord
from vaccination.services.desk.steps import NoSuchAppointment
from vaccination.services.desk.vaccination import (
    RecordNotVaccinated,
    RecordVaccination,
    WithdrawVaccination,
    WrongProduct,
    record_not_vaccinated,
    record_vaccination,
    withdraw_vaccination,
)
from vaccination.services.region import stock

S = AppointmentStatus
AT_NINE = datetime.combine(TODAY, datetime.min.time(), NOW.tzinfo) + timedelta(hours=7)


class Station:
    """A vaccinator's place with a lot of ten doses, and one person let in for the first of two doses."""

    def __init__(self, session: Session, doses: int = 2) -> None:
        self.session = session
        self.centre = make_centre(session)
        programme, self.product = make_programme(session), make_product(session)
        schedule = make_schedule(session, programme, self.product, doses=doses)
        self.request = make_request(session, programme)
        slots = [make_slots(session, self.centre, day)[0] for day in (TODAY, TODAY + timedelta(28))]
        self.appointments = book_pair(session, self.request, schedule, tuple(slots[:doses]))
        self.first = self.appointments[0]
        self.first.status = S.CHECKED_IN
        self.lot = make_lot(session, self.product)
        make_stock(session, self.centre, self.lot, doses=10)
        user = make_user(session, Role.VACCINATOR, centre=self.centre)
        self.actor = Actor(user.id, (Grant(Role.VACCINATOR, self.centre.id),))
        session.flush()

    def record(
        self, appointment: Appointment | None = None, *, at: datetime = AT_NINE, **named: object
    ) -> VaccinationRecord:
        appointment = appointment or self.first
        command = RecordVaccination(appointment.id, self.centre.id, self.lot.id)
        changed = replace(command, **named)  # type: ignore[arg-type]
        return record_vaccination(self.session, changed, now=at, actor=self.actor)

    def withdraw(self, *, dose_returned: bool, at: datetime = AT_NINE) -> None:
        command = WithdrawVaccination(self.first.id, self.centre.id, dose_returned)
        withdraw_vaccination(self.session, command, now=at, actor=self.actor)

    def on_hand(self) -> int:
        held = select(func.sum(StockMovement.doses)).where(StockMovement.lot_id == self.lot.id)
        return self.session.scalar(held) or 0

    def standing(self) -> tuple[AppointmentStatus, RequestStatus]:
        self.session.refresh(self.first)
        self.session.refresh(self.request)
        return self.first.status, self.request.status


@pytest.fixture
def station(session: Session) -> Station:
    return Station(session)


def test_a_recorded_dose_is_a_record_an_event_a_movement_and_an_audit_entry(station: Station) -> None:
    record = station.record(site=InjectionSite.RIGHT_ARM)
    assert (record.lot_id, record.product_id, record.site, record.given_by, record.given_at) == (
        station.lot.id, station.product.id, InjectionSite.RIGHT_ARM, station.actor.user_id, AT_NINE,
    )  # fmt: skip
    assert station.standing() == (S.VACCINATED, RequestStatus.PLANNED)
    assert station.on_hand() == 9
    event = station.session.scalars(select(AppointmentEvent)).one()
    assert (event.action, event.facts["lot_id"]) == (Action.VACCINATE, station.lot.id)
    movement = station.session.scalars(select(StockMovement).where(StockMovement.doses < 0)).one()
    assert (movement.kind, movement.user_id) == (MovementKind.USED, station.actor.user_id)
    assert station.session.scalar(select(AuditEntry.action)) == "vaccinate"


def test_the_same_record_sent_twice_is_one(station: Station) -> None:
    assert station.record().id == station.record().id
    assert station.on_hand() == 9
    with pytest.raises(WrongStatus):
        station.record(site=InjectionSite.RIGHT_ARM)


def test_the_request_is_complete_when_the_last_owed_dose_is_given(station: Station) -> None:
    station.record()
    assert station.standing()[1] is RequestStatus.PLANNED
    second = station.appointments[1]
    second.status = S.CHECKED_IN
    station.session.flush()
    station.record(second, at=AT_NINE + timedelta(28))
    assert station.standing()[1] is RequestStatus.COMPLETED


def test_a_single_dose_completes_at_once(session: Session) -> None:
    station = Station(session, doses=1)
    station.record()
    assert station.standing() == (S.VACCINATED, RequestStatus.COMPLETED)
    station.withdraw(dose_returned=True)
    assert station.standing() == (S.CHECKED_IN, RequestStatus.PLANNED)


@pytest.mark.parametrize("status", [S.BOOKED, S.DID_NOT_ATTEND, S.NOT_VACCINATED])
def test_only_who_was_let_in_gets_a_dose(station: Station, status: AppointmentStatus) -> None:
    station.first.status = status
    station.session.flush()
    with pytest.raises(WrongStatus):
        station.record()
    assert station.on_hand() == 10


def test_a_lot_of_another_product_is_refused(station: Station) -> None:
    other = make_lot(station.session, make_product(station.session))
    make_stock(station.session, station.centre, other)
    with pytest.raises(WrongProduct):
        station.record(lot_id=other.id)
    with pytest.raises(WrongProduct):
        station.record(lot_id=999_999)


def test_a_lot_that_is_not_here_expired_or_set_aside_is_refused(station: Station) -> None:
    elsewhere = make_lot(station.session, station.product)
    make_stock(station.session, make_centre(station.session), elsewhere)
    with pytest.raises(stock.NoDoseOnHand):
        station.record(lot_id=elsewhere.id)


def test_an_expired_lot_is_refused(station: Station) -> None:
    station.lot.expires_on = TODAY - timedelta(1)
    station.session.flush()
    with pytest.raises(stock.LotExpired):
        station.record()


def test_a_quarantined_lot_is_refused(station: Station) -> None:
    station.lot.is_quarantined = True
    station.session.flush()
    with pytest.raises(stock.LotQuarantined):
        station.record()


def test_another_centre_cannot_record_or_withdraw(station: Station) -> None:
    elsewhere = make_centre(station.session)
    with pytest.raises(NoSuchAppointment):
        station.record(centre_id=elsewhere.id)
    command = WithdrawVaccination(station.first.id, elsewhere.id, True)
    with pytest.raises(NoSuchAppointment):
        withdraw_vaccination(station.session, command, now=AT_NINE, actor=station.actor)


def test_a_dose_typed_in_the_day_after_was_given_at_its_hour(station: Station) -> None:
    assert station.record(at=AT_NINE + timedelta(1)).given_at == station.first.starts_at


@pytest.mark.parametrize(("returned", "left"), [(True, 10), (False, 9)])
def test_a_withdrawn_record_stays_and_another_may_follow(station: Station, returned: bool, left: int) -> None:
    wrong = station.record()
    station.withdraw(dose_returned=returned)
    assert station.standing() == (S.CHECKED_IN, RequestStatus.PLANNED)
    assert station.on_hand() == left
    assert (wrong.stands, wrong.withdrawn_at, wrong.withdrawn_by) == (None, AT_NINE, station.actor.user_id)
    station.record(site=InjectionSite.RIGHT_ARM)
    stands = station.session.scalars(select(VaccinationRecord.stands).order_by(VaccinationRecord.id)).all()
    assert stands == [None, 1]
    assert station.on_hand() == left - 1


def test_no_dose_with_a_reason_and_back(station: Station) -> None:
    command = RecordNotVaccinated(station.first.id, station.centre.id, NotVaccinatedReason.UNWELL)
    record_not_vaccinated(station.session, command, now=AT_NINE, actor=station.actor)
    assert station.standing() == (S.NOT_VACCINATED, RequestStatus.PLANNED)
    event = station.session.scalars(select(AppointmentEvent)).one()
    assert (event.action, event.reason) == (Action.REFUSE, "unwell")
    station.withdraw(dose_returned=True)
    assert station.standing()[0] is S.CHECKED_IN
    assert station.on_hand() == 10
    assert station.session.scalars(select(Request.status)).one() is RequestStatus.PLANNED
