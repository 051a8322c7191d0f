"""The last places for households, on PostgreSQL: many look, hold and confirm at once; all of one or none."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tests.builders import (
    NOW,
    TODAY,
    make_budget,
    make_centre,
    make_lot,
    make_product,
    make_programme,
    make_request,
    make_schedule,
    make_slots,
    make_stock,
)
from tests.concurrency.crowd import at_once
from tests.concurrency.test_last_pairs import broken, look_only, standing
from vaccination import db
from vaccination.db import transaction
from vaccination.domain.serving import HoldStatus
from vaccination.errors import Conflict
from vaccination.models.appointments import Appointment
from vaccination.models.centres import Slot
from vaccination.models.people import Household
from vaccination.models.requests import Request
from vaccination.models.serving import Hold
from vaccination.services.appointments import budgets, hold_taking
from vaccination.services.appointments.booking import ChosenDose, UnfitSlots, cancel_request
from vaccination.services.appointments.booking_rows import BudgetKey
from vaccination.services.appointments.budgets import Shelves
from vaccination.services.appointments.choosing import free_seats
from vaccination.services.appointments.hold_rows import Held, token_of
from vaccination.services.appointments.holds import GONE, confirm, expire_due, extend, hold, release
from vaccination.services.appointments.household_holds import hold_for_all
from vaccination.services.appointments.offers import five
from vaccination.services.appointments.places import SlotFull
from vaccination.services.appointments.together import five_for_all

HOUSEHOLDS, MEMBERS, ALONE = 40, 3, 30
DAYS = TODAY + timedelta(1), TODAY + timedelta(29)
SLOTS, SEATS = 6, 3  # eighteen courses: six households, or fewer and some who are alone
TRIES = 60


@pytest.fixture(autouse=True)
def many_connections(postgres_url: str) -> Iterator[None]:
    """As many connections as several processes of a site have together."""
    engine = db.bind(postgres_url, pool_size=40)
    yield
    engine.dispose()


def waiting(*, with_budgets: bool = False, households: int = HOUSEHOLDS) -> list[int]:
    """The first member of each household; the members' requests lie side by side."""
    with transaction() as session:
        programme, product, centre = make_programme(session), make_product(session), make_centre(session)
        make_schedule(session, programme, product)
        make_stock(session, centre, make_lot(session, product), doses=600)
        for day in DAYS:
            make_slots(session, centre, day, slots=SLOTS, seats=SEATS)
            if with_budgets:
                make_budget(session, centre, product, day, doses=600)
        homes = [Household(created_at=NOW) for _ in range(households)]
        session.add_all(homes)
        session.flush()
        members = [
            make_request(session, programme, household_id=home.id).id
            for home in homes
            for _ in range(MEMBERS)
        ]
        for _ in range(ALONE):
            make_request(session, programme)
        return members[::MEMBERS]


def serve_all(request_id: int) -> int:
    """Look, hold what is offered to all, look again when it is gone, confirm."""
    return serve(
        lambda session: five_for_all(session, request_id, now=NOW),
        lambda session, offer: hold_for_all(session, request_id, offer.choices, now=NOW),
    )


def serve_one(request_id: int) -> int:
    return serve(
        lambda session: five(session, request_id, now=NOW),
        lambda session, offer: hold(session, request_id, offer.choice, now=NOW),
    )


def serve(look: Callable[[Session], Sequence[Any]], keep: Callable[[Session, Any], Held]) -> int:
    for _ in range(TRIES):
        with transaction() as session:
            offers = look(session)
        if not offers:
            return 0
        try:
            with transaction() as session:
                token = keep(session, offers[0]).token
        except GONE:
            continue
        with transaction() as session:
            return len(confirm(session, token, now=NOW))
    raise AssertionError("never")


def served_by_household() -> Counter[int]:
    """How many of each household have their appointments."""
    with transaction() as session:
        rows = session.execute(
            select(Request.household_id, func.count(Appointment.id))
            .join(Appointment, Appointment.request_id == Request.id)
            .where(Appointment.stands == 1, Request.household_id.is_not(None))
            .group_by(Request.household_id)
        )
        return Counter(n for _, n in rows)


def test_the_last_places_go_to_whole_households() -> None:
    results = at_once(serve_all, waiting())
    assert set(map(str, results)) == {"0", str(2 * MEMBERS)}
    served = served_by_household()
    assert set(served) == {2 * MEMBERS}, "never a part of a household"
    assert standing() <= 2 * SLOTS * SEATS
    assert served[2 * MEMBERS] == SLOTS * SEATS // MEMBERS, "a household fills a slot of three"
    assert broken() == []


def test_households_and_people_alone_race() -> None:
    firsts = waiting()
    with transaction() as session:
        alone = session.scalars(select(Request.id).where(Request.household_id.is_(None))).all()
    results = at_once(lambda one: serve_all(one) if one in firsts else serve_one(one), [*firsts, *alone])
    assert not [result for result in results if isinstance(result, Exception)]
    assert set(served_by_household()) <= {2 * MEMBERS}
    assert standing() <= 2 * SLOTS * SEATS
    assert broken() == []


def test_members_of_one_household_press_at_once() -> None:
    """All of a household hold, confirm, make longer, let go and cancel at once; no household is halved."""
    firsts = waiting(households=8)

    def press(which: int) -> str:
        request_id = firsts[which % 8] + which // 8 % MEMBERS
        with transaction() as session:
            offers = five_for_all(session, request_id, now=NOW)
        if not offers:
            return "none"
        with transaction() as session:
            token = hold_for_all(session, request_id, offers[0].choices, now=NOW).token
        with transaction() as session:
            (_PRESSES[which % len(_PRESSES)])(session, token, request_id)
        return "done"

    results = at_once(press, range(8 * MEMBERS * 2))
    assert not [one for one in results if isinstance(one, Exception) and not is_fair(one)]
    with transaction() as session:
        live = session.execute(
            select(Hold.household_id, func.count())
            .where(Hold.status == HoldStatus.HELD, Hold.household_id.is_not(None))
            .group_by(Hold.household_id)
        ).all()
    assert {n for _, n in live} <= {2, MEMBERS}, "two where one was cancelled"
    assert broken() == []


def is_fair(refusal: Exception) -> bool:
    """Somebody else was quicker, or it took too long; never two who wait for each other."""
    late = isinstance(refusal, OperationalError) and getattr(refusal.orig, "sqlstate", "") == LOCK_TIMEOUT
    return late or isinstance(refusal, Conflict | UnfitSlots)


LOCK_TIMEOUT = "55P03"
_PRESSES = (
    lambda session, token, _: confirm(session, token, now=NOW),
    lambda session, token, _: extend(session, token, now=NOW),
    lambda session, token, _: release(session, token, now=NOW),
    lambda session, _, request_id: cancel_request(session, request_id, now=NOW),
    lambda session, _, __: expire_due(session, now=NOW + timedelta(minutes=9)),
)


def test_what_runs_out_runs_out_for_all() -> None:
    """Sweepers and members who want more time at once: a household is over whole, or lives whole."""
    firsts = waiting(households=6)
    for request_id in firsts:
        with transaction() as session:
            hold_for_all(session, request_id, five_for_all(session, request_id, now=NOW)[0].choices, now=NOW)
    with transaction() as session:
        tokens = [token_of(hold_id) for hold_id in session.scalars(select(Hold.id).order_by(Hold.id))]
    end = NOW + timedelta(minutes=10)

    def press(which: int) -> object:
        with transaction() as session:
            if which % 2:
                return expire_due(session, now=end)
            return extend(session, tokens[which // 2], now=end - timedelta(seconds=1))

    at_once(press, range(2 * len(tokens)))
    with transaction() as session:
        found = session.execute(
            select(Hold.household_id, Hold.status, func.count()).group_by(Hold.household_id, Hold.status)
        ).all()
    assert [n for _, _, n in found] == [MEMBERS] * 6
    assert broken() == []


def test_without_the_guards_households_are_oversold(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: the same crowd, with looking first and writing after. It must oversell."""
    monkeypatch.setattr(budgets, "_lock", look_only)
    monkeypatch.setattr(hold_taking, "_take", look_then_write)
    at_once(serve_all, waiting(with_budgets=True))
    assert standing() > 2 * SLOTS * SEATS
    assert any(breach.startswith("seats_counted") for breach in broken())


def look_then_write(session: Session, shelves: Shelves, doses: Sequence[ChosenDose]) -> dict[BudgetKey, int]:
    """How it is done where nobody thinks of two at once."""
    wanted = Counter(dose.slot_id for dose in doses)
    free = free_seats(session, wanted)
    if any(free[slot_id] < n for slot_id, n in wanted.items()):
        raise SlotFull
    time.sleep(0.1)
    for slot_id, n in sorted(wanted.items()):
        session.execute(update(Slot).where(Slot.id == slot_id).values(taken=Slot.seats - free[slot_id] + n))
    return {key: budget.id for key, budget in shelves.budgets.items()}
