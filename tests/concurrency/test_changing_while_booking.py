"""A wish changes in the very moment in which a plan is booked, on PostgreSQL: whoever is first is seen."""

import time
from collections.abc import Callable
from dataclasses import replace
from threading import Event, Thread

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders import NOW
from tests.services.regions import TOMORROW, make_region
from tests.services.test_changing_and_planning import AS_ASKED, proposed
from vaccination.db import transaction
from vaccination.models.appointments import Appointment
from vaccination.services.asking.wishes import NoLongerWaiting, change_wishes
from vaccination.services.keeping.reconcile import broken_invariants
from vaccination.services.planning import apply
from vaccination.services.planning.runs import apply_share

NOT_TOMORROW = replace(AS_ASKED, unavailable=(TOMORROW,))


@pytest.fixture
def plan(postgres_url: str) -> tuple[int, int, list[int]]:
    """A run that is about to be booked, its centre, and its two requests."""
    with transaction() as session:
        region = make_region(session, requests=2)
        return proposed(session, region), region.centre.id, [request.id for request in region.requests]


def one_after_the_other(first: Callable[[Session], object], second: Callable[[Session], object]) -> object:
    """`first` is done but not committed when `second` begins; returns what came of the second."""
    done = Event()

    def slowly() -> None:
        with transaction() as session:
            first(session)
            done.set()
            time.sleep(0.5)

    thread = Thread(target=slowly)
    thread.start()
    assert done.wait(20)
    try:
        with transaction() as session:
            return second(session)
    except Exception as error:
        return error
    finally:
        thread.join(20)


def booked() -> set[int]:
    with transaction() as session:
        assert broken_invariants(session) == []
        return set(session.scalars(select(Appointment.request_id).where(Appointment.stands == 1)))


def test_a_wish_that_is_being_changed_is_waited_for(plan: tuple[int, int, list[int]]) -> None:
    run_id, centre_id, (changed, other) = plan

    outcome = one_after_the_other(
        lambda session: change_wishes(session, changed, NOT_TOMORROW, now=NOW),
        lambda session: apply_share(session, run_id, centre_id, now=NOW),
    )
    assert outcome == 1
    assert booked() == {other}


def test_a_wish_that_comes_during_the_booking_finds_the_request_planned(
    plan: tuple[int, int, list[int]],
) -> None:
    run_id, centre_id, both = plan

    outcome = one_after_the_other(
        lambda session: apply_share(session, run_id, centre_id, now=NOW),
        lambda session: change_wishes(session, both[0], NOT_TOMORROW, now=NOW),
    )
    assert isinstance(outcome, NoLongerWaiting)
    assert booked() == set(both)


def test_without_looking_again_the_older_wish_is_booked(
    plan: tuple[int, int, list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The naive way, to show that there is something to be seen."""
    run_id, centre_id, both = plan
    monkeypatch.setattr(apply, "otherwise_by_now", lambda *_: set())
    with transaction() as session:
        change_wishes(session, both[0], NOT_TOMORROW, now=NOW)
    with transaction() as session:
        apply_share(session, run_id, centre_id, now=NOW)
    assert booked() == set(both)
