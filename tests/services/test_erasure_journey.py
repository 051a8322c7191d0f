"""Erasure covers all that the citizen's journey keeps of a person, and what nobody finished goes sooner."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.builders import NOW, TODAY, make_centre, make_product, make_request, make_schedule, make_slots
from tests.builders_journey import (
    make_call_back,
    make_change_wish,
    make_disruption,
    make_helper,
    make_hold,
    make_invitation,
    make_message,
    make_opt_out,
    make_organisation,
    make_replacement,
    make_request_list,
    make_same_day_call,
    make_standby,
    make_thread,
)
from tests.services.test_erasure import everything, give, long_programme, night, somebody, wish
from vaccination.domain.contacts import CallBackStatus
from vaccination.domain.serving import HoldStatus
from vaccination.models.contacts import CallBack, Helper, ThreadLine
from vaccination.models.organisations import Listed
from vaccination.models.people import Household, Person
from vaccination.models.programmes import Programme
from vaccination.models.requests import Request
from vaccination.models.same_day import Standby
from vaccination.models.serving import Hold
from vaccination.models.texts import OptOut
from vaccination.services.keeping.erasure import NOBODY
from vaccination.services.keeping.erasure_journey import forget_call_backs, forget_holds

HELPER = ("Bérangère Lesueur", "0698765432", "berangere@example.org")
SAID = "Je prends un anticoagulant"
CALLED = ("Odile Vasseur", "0677889900")
TRACES = (
    *HELPER, *CALLED, SAID, "Pithiviers", "45300", "48.1717", "pharmacie de Neuville", "occitan",
    "2027-05-11", "gateway-77", "journey-form",
)  # fmt: skip
SECRETS = (b"h" * 32, b"i" * 32, b"sorted-by-parts!")


def journey_of(session: Session, person: Person) -> Request:
    """A completed request with a row of everything that may say something of its person."""
    person.sorted_index, person.needs = SECRETS[2], {"interpreter": "occitan"}
    request = wish(session, long_programme(session), person)
    organisation = make_organisation(session)
    request.first_given_at, request.organisation_id = "pharmacie de Neuville", organisation.id
    request.by_phone = request.one_dose_enough = True
    make_request_list(session, organisation, request)
    make_helper(session, request, name=HELPER[0], phone=HELPER[1], email=HELPER[2])
    make_opt_out(session, request)
    make_standby(session, request)
    centre, product = make_centre(session), make_product(session)
    make_thread(session, request, centre, SAID)
    make_call_back(session, request, name=CALLED[0], phone=CALLED[1])
    make_change_wish(
        session, request, town="Pithiviers", postcode="45300", lat=48.1717, lon=2.2517, earliest=TODAY,
        availability="0" + "1" * 20, unavailable=["2027-05-11"],
    )  # fmt: skip
    make_message(session, request, provider_ref="gateway-77")
    call = make_same_day_call(session, centre, product)
    make_invitation(session, call, request, token_hash=SECRETS[1], distance_band=3)
    hold = ended_hold(session, request, form_uid="journey-form", token_hash=SECRETS[0])
    disruption = make_disruption(session, session.get_one(Programme, request.programme_id))
    make_replacement(session, disruption, request, hold_id=hold.id)
    give(session, request)
    return request


def ended_hold(
    session: Session, request: Request, status: HoldStatus = HoldStatus.EXPIRED, **named: Any
) -> Hold:
    """A hold that ended NOW and gave its places back."""
    programme, product = session.get_one(Programme, request.programme_id), make_product(session)
    schedule = make_schedule(session, programme, product, doses=1)
    slot = make_slots(session, make_centre(session), TODAY + timedelta(3))[0]
    household = Household(created_at=NOW)
    session.add(household)
    session.flush()
    hold = make_hold(session, request, schedule, (slot,), household_id=household.id, **named)
    hold.status, hold.ended_at, slot.taken = status, NOW, 0
    session.flush()
    return hold


def count(session: Session, kind: type) -> int:
    return session.scalar(select(func.count()).select_from(kind)) or 0


def test_nothing_of_the_journey_is_left_in_any_column(session: Session) -> None:
    person = somebody(session)
    request = journey_of(session, person)
    before = everything(session)
    assert [word for word in TRACES if word not in before] == []
    assert [secret for secret in SECRETS if repr(secret) not in before] == []
    assert night(session, 91) == 1
    after = everything(session)
    assert [word for word in TRACES if word in after] == []
    assert [secret for secret in SECRETS if repr(secret) in after] == []
    assert (request.organisation_id, request.by_phone, request.one_dose_enough) == (None, False, False)
    assert session.scalars(select(Hold.household_id)).all() == [None]
    assert session.get_one(Person, person.id).needs is None


def test_what_is_only_about_the_person_goes_and_what_counts_stays(session: Session) -> None:
    journey_of(session, somebody(session))
    assert night(session, 91) == 1
    assert [count(session, kind) for kind in (Helper, OptOut, Standby, Listed)] == [0, 0, 0, 0]
    assert session.scalars(select(ThreadLine.text)).all() == [NOBODY]
    call = session.scalars(select(CallBack)).one()
    assert (call.status, call.name, call.phone) == (CallBackStatus.GAVE_UP, None, "")
    assert count(session, Hold) == 1


def test_what_others_keep_stays_as_it_is(session: Session) -> None:
    journey_of(session, somebody(session))
    other = make_request(session, long_programme(session, is_active=False))
    make_helper(session, other)
    make_call_back(session, other)
    make_thread(session, other, make_centre(session), "Bonjour")
    assert night(session, 91) == 1
    assert session.scalars(select(Helper.request_id)).all() == [other.id]
    assert sorted(session.scalars(select(ThreadLine.text)).all()) == ["Bonjour", NOBODY]
    kept = select(CallBack.phone).where(CallBack.request_id == other.id)
    assert session.scalars(kept).all() == ["+33238000000"]


@pytest.mark.parametrize(("hours", "gone"), [(23, 0), (25, 1)])
@pytest.mark.parametrize("status", [HoldStatus.EXPIRED, HoldStatus.RELEASED])
def test_a_hold_that_came_to_nothing_is_kept_a_day(
    session: Session, status: HoldStatus, hours: int, gone: int
) -> None:
    ended_hold(session, make_request(session, long_programme(session)), status)
    assert forget_holds(session, now=NOW + timedelta(hours=hours)) == gone


def test_holds_that_are_live_confirmed_or_told_of_stay(session: Session) -> None:
    programme = long_programme(session)
    live, confirmed, replaced, invited = (make_request(session, programme) for _ in range(4))
    schedule = make_schedule(session, programme, make_product(session), doses=1)
    make_hold(session, live, schedule, (make_slots(session, make_centre(session), TODAY)[0],))
    ended_hold(session, confirmed, HoldStatus.CONFIRMED)
    make_replacement(
        session, make_disruption(session, programme), replaced, hold_id=ended_hold(session, replaced).id
    )
    call = make_same_day_call(session, make_centre(session), make_product(session))
    make_invitation(session, call, invited, hold_id=ended_hold(session, invited).id)
    assert forget_holds(session, now=NOW + timedelta(30)) == 0
    assert count(session, Hold) == 4


@pytest.mark.parametrize(("days", "gone"), [(0, 0), (1, 2)])
def test_calls_of_people_without_a_request(session: Session, days: int, gone: int) -> None:
    """Made or never made; those with a request go with their person."""
    make_call_back(session)
    make_call_back(session, status=CallBackStatus.DONE, done_at=NOW, created_at=NOW - timedelta(300))
    make_call_back(session, make_request(session, long_programme(session)))
    assert forget_call_backs(session, before=NOW + timedelta(days)) == gone
