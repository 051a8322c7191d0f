"""Another date asked for several times at the same moment: the places go back once."""

import pytest
from sqlalchemy import func, select, update

from tests.builders import NOW, TODAY, book_pair, make_slots
from tests.concurrency.crowd import at_once
from tests.services.regions import make_region
from vaccination.db import transaction
from vaccination.domain.appointment import Action, AppointmentStatus
from vaccination.models.appointments import Appointment, AppointmentEvent
from vaccination.models.centres import DoseBudget, Slot
from vaccination.services.appointments.missed import NothingMissed, seek_after_missed


@pytest.fixture
def request_id(postgres_url: str) -> int:
    """Somebody who missed the first dose; nobody else has a place."""
    with transaction() as session:
        region = make_region(session, requests=1)
        today = make_slots(session, region.centre, TODAY)[0]
        first, _ = book_pair(session, region.requests[0], region.schedule, (today, region.second_slots[0]))
        session.execute(
            update(Appointment)
            .where(Appointment.id == first.id)
            .values(status=AppointmentStatus.DID_NOT_ATTEND)
        )
        return region.requests[0].id


def test_places_go_back_once(request_id: int) -> None:
    def press(_number: int) -> None:
        with transaction() as session:
            seek_after_missed(session, request_id, now=NOW)

    answers = at_once(press, range(6))
    assert sorted(type(answer).__name__ for answer in answers) == ["NoneType"] + [NothingMissed.__name__] * 5
    with transaction() as session:
        assert sum(session.scalars(select(Slot.taken))) == sum(session.scalars(select(DoseBudget.taken))) == 0
        told = select(func.count()).where(AppointmentEvent.action == Action.CANCEL)
        assert session.scalar(told) == 2
