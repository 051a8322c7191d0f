"""After a closure all members of households answer at the same moment: every household moves whole, once."""

from collections import Counter

import pytest
from sqlalchemy import func, select

from tests.builders import NOW
from tests.concurrency.crowd import at_once
from tests.services.disrupted import FIRST_DAY, closed_day, make_booked
from tests.services.test_households_replaced import at_home, propose_all
from vaccination.db import transaction
from vaccination.domain.disruptions import ReplacementStatus
from vaccination.models.appointments import Appointment, AppointmentEvent
from vaccination.models.disruptions import Replacement
from vaccination.models.requests import Request
from vaccination.services.appointments.booking import cancel_request
from vaccination.services.keeping.reconcile import broken_invariants
from vaccination.services.replacing.replacements import accept

HOUSEHOLDS, MEMBERS = 5, 3
_OF_THE_BUILDER = ("planned_were_told", "bookings_recorded")

pytestmark = pytest.mark.usefixtures("postgres_url")


def proposed() -> list[list[int]]:
    """The requests of each household, all with places that are kept."""
    with transaction() as session:
        region = make_booked(session, people=HOUSEHOLDS * MEMBERS, seats=20, doses=120)
        homes = [region.requests[n::HOUSEHOLDS] for n in range(HOUSEHOLDS)]
        for home in homes:
            at_home(session, home)
        rows = propose_all(session, closed_day(session, region))
        assert all(row.hold_id is not None for row in rows)
        return [[request.id for request in home] for home in homes]


def say_yes(request_id: int) -> int:
    with transaction() as session:
        return accept(session, request_id, now=NOW)


def outcome(answers: list[object]) -> Counter[object]:
    return Counter(getattr(answer, "code", answer) for answer in answers)


def still_there() -> set[int]:
    """Who stands on the day that is closed."""
    with transaction() as session:
        broken = [breach for breach in broken_invariants(session) if not breach.startswith(_OF_THE_BUILDER)]
        assert broken == []
        return set(
            session.scalars(
                select(Appointment.request_id).where(Appointment.stands == 1, Appointment.day == FIRST_DAY)
            )
        )


def test_everybody_says_yes_at_once(postgres_url: str) -> None:
    homes = proposed()
    answers = at_once(say_yes, [request_id for home in homes for request_id in home])
    assert outcome(answers) == {MEMBERS: HOUSEHOLDS, "no_replacement": HOUSEHOLDS * (MEMBERS - 1)}
    assert still_there() == set()
    with transaction() as session:
        moves = session.scalar(select(func.count(AppointmentEvent.id)))
        assert moves == HOUSEHOLDS * MEMBERS, "each moved once"
        assert set(session.scalars(select(Replacement.status))) == {ReplacementStatus.ACCEPTED}


def test_some_cancel_while_others_say_yes(postgres_url: str) -> None:
    homes = proposed()

    def answer(request_id: int) -> object:
        if any(request_id == home[0] for home in homes):
            with transaction() as session:
                return cancel_request(session, request_id, now=NOW)
        return say_yes(request_id)

    answers = at_once(answer, [request_id for home in homes for request_id in home])
    assert set(outcome(answers)) <= {None, 2, 3, "no_replacement"}, answers
    assert still_there() == set(), "moved or cancelled, and nobody left behind"
    with transaction() as session:
        days = session.execute(
            select(Request.household_id, func.count(Appointment.day.distinct()))
            .join(Appointment, Appointment.request_id == Request.id)
            .where(Appointment.stands == 1, Appointment.dose_number == 1)
            .group_by(Request.household_id)
        ).all()
        assert {n for _, n in days} == {1}, "those who come, come together"
