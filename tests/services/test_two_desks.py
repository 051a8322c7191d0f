"""Two desks, one person: exactly one lets them in; and the naive way, to show that the race is real."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import func, select, update

from tests.builders import make_user
from tests.conftest import SIGNING_KEYS
from tests.services.test_desk import AT_NINE, Desk
from tests.services.test_vaccination import Station
from vaccination.db import transaction
from vaccination.domain.actor import Actor
from vaccination.domain.appointment import AppointmentStatus, WrongStatus
from vaccination.domain.check_in import VerdictCode
from vaccination.domain.vaccination import InjectionSite
from vaccination.models.appointments import Appointment, AppointmentEvent, Scan
from vaccination.models.programmes import Programme
from vaccination.models.stock import StockMovement
from vaccination.models.vaccinations import VaccinationRecord
from vaccination.security.signing_keys import SigningKeys
from vaccination.services.appointments.booking import CannotCancel, cancel_request
from vaccination.services.desk.check_in import CheckIn, check_in
from vaccination.services.desk.vaccination import RecordVaccination, record_vaccination

DESKS = 6
KEYS = SigningKeys.from_text(SIGNING_KEYS).public()


def _at_once(work: Callable[[int], object]) -> list[object]:
    """The same work by several threads that start together."""
    barrier = Barrier(DESKS)

    def started(number: int) -> object:
        barrier.wait()
        return work(number)

    with ThreadPoolExecutor(DESKS) as pool:
        return list(pool.map(started, range(DESKS)))


def _a_desk() -> tuple[int, int, str, Actor]:
    with transaction() as session:
        desk = Desk(session)
        return desk.first.id, desk.centre.id, desk.text(desk.first), desk.actor


def test_of_several_desks_one_lets_the_person_in(database: str) -> None:
    appointment_id, centre_id, text, actor = _a_desk()

    def scan(number: int) -> VerdictCode:
        command = CheckIn(scan_uid=f"desk-{number}", centre_id=centre_id, entry="scanner", text=text)
        with transaction() as session:
            return check_in(session, command, now=AT_NINE, actor=actor, keys=KEYS).code

    verdicts = sorted(str(code) for code in _at_once(scan))
    assert verdicts == ["already_checked_in"] * (DESKS - 1) + ["right"]
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(AppointmentEvent)) == 1
        assert session.scalar(select(func.count()).select_from(Scan)) == DESKS
        assert session.scalar(select(func.count()).where(Scan.accepted)) == 1


def test_the_same_scan_sent_several_times_at_once_is_one(database: str) -> None:
    _, centre_id, text, actor = _a_desk()

    def scan(_: int) -> VerdictCode:
        command = CheckIn(scan_uid="same", centre_id=centre_id, entry="camera", text=text)
        with transaction() as session:
            return check_in(session, command, now=AT_NINE, actor=actor, keys=KEYS).code

    assert set(_at_once(scan)) == {VerdictCode.RIGHT}
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(Scan)) == 1


def test_read_first_and_write_later_lets_the_same_person_in_many_times(postgres_url: str) -> None:
    appointment_id, *_ = _a_desk()
    everybody_has_read = Barrier(DESKS)

    def naive(_: int) -> bool:
        with transaction() as session:
            status = session.scalar(select(Appointment.status).where(Appointment.id == appointment_id))
            everybody_has_read.wait()
            if status is not AppointmentStatus.BOOKED:
                return False
            session.execute(
                update(Appointment)
                .where(Appointment.id == appointment_id)
                .values(status=AppointmentStatus.CHECKED_IN)
            )
            return True

    assert sum(bool(let_in) for let_in in _at_once(naive)) == DESKS


def test_of_several_vaccinators_one_draws_the_dose(database: str) -> None:
    with transaction() as session:
        station = Station(session)
        users = [make_user(session).id for _ in range(DESKS)]
        appointment_id, centre_id, lot_id = station.first.id, station.centre.id, station.lot.id
    sites = list(InjectionSite)

    def record(number: int) -> bool:
        command = RecordVaccination(appointment_id, centre_id, lot_id, sites[number % len(sites)])
        try:
            with transaction() as session:
                record_vaccination(session, command, now=AT_NINE, actor=Actor(users[number]))
        except WrongStatus:
            return False
        return True

    _at_once(record)
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(VaccinationRecord)) == 1
        used = select(func.count()).select_from(StockMovement).where(StockMovement.doses < 0)
        assert session.scalar(used) == 1


def test_nobody_is_let_in_and_cancelled_at_once(database: str) -> None:
    """A person cancels by phone while somebody holds their paper before the scanner."""
    for number in range(6):
        with transaction() as session:
            desk = Desk(session, reference=f"ROUND{number:05d}")
            appointment_id, request_id, text = desk.first.id, desk.request.id, desk.text(desk.first)
            centre_id, actor = desk.centre.id, desk.actor
            session.get_one(Programme, desk.request.programme_id).is_active = False
        command = CheckIn(scan_uid=f"race-{number}", centre_id=centre_id, entry="scanner", text=text)

        def scan(command: CheckIn = command, actor: Actor = actor) -> str:
            with transaction() as session:
                return check_in(session, command, now=AT_NINE, actor=actor, keys=KEYS).code

        def cancel(request_id: int = request_id) -> str:
            try:
                with transaction() as session:
                    cancel_request(session, request_id, now=AT_NINE)
            except CannotCancel:
                return "refused"
            return "cancelled"

        with ThreadPoolExecutor(2) as pool:
            scanned, cancelled = pool.submit(scan), pool.submit(cancel)
            outcome = (scanned.result(), cancelled.result())
        with transaction() as session:
            status = session.scalar(select(Appointment.status).where(Appointment.id == appointment_id))
        assert (*outcome, status) in (
            ("right", "refused", AppointmentStatus.CHECKED_IN),
            ("cancelled", "cancelled", AppointmentStatus.CANCELLED),
        )
