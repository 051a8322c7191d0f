"""What no code of the citizen's journey can store: each test tries it with plain SQL, on both databases."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import CursorResult, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests import builders
from tests import builders_journey as journey
from tests.builders import TODAY
from vaccination.domain.serving import HoldPurpose


class World:
    """A waiting request with one row of everything that the journey adds, and two others."""

    def __init__(self, session: Session) -> None:
        programme, product = builders.make_programme(session), builders.make_product(session)
        centre = builders.make_centre(session)
        schedule = builders.make_schedule(session, programme, product)
        one = builders.make_schedule(session, programme, product, doses=1)
        first = builders.make_slots(session, centre, TODAY)[0]
        second = builders.make_slots(session, centre, TODAY + timedelta(28))[0]
        request, other, third = (builders.make_request(session, programme) for _ in range(3))
        self.request_id, self.other_id, self.third_id, self.same = request.id, other.id, third.id, bytes(32)
        journey.make_hold(session, request, schedule, (first, second))
        journey.make_hold(session, other, one, (first,))
        journey.make_change_wish(session, request)
        disruption = journey.make_disruption(session, programme)
        journey.make_replacement(session, disruption, request)
        journey.make_replacement(session, disruption, other)
        journey.make_replacement(session, journey.make_disruption(session, programme), third)
        journey.make_standby(session, request)
        call = journey.make_same_day_call(session, centre, product)
        journey.make_invitation(session, call, request)
        journey.make_invitation(session, call, other)
        journey.make_letter_batch(session, programme)
        journey.make_edited_text(session, programme)
        journey.make_opt_out(session, request)
        journey.make_message(session, request, provider_ref="gateway-1")
        journey.make_message(session, other)
        journey.make_helper(session, request)
        journey.make_call_back(session, request)
        journey.make_thread(session, request, centre, "Bonjour")
        journey.make_organisation(session)
        journey.make_request_list(session, journey.make_organisation(session), request)
        builders.make_user(session)


@pytest.fixture
def world(session: Session) -> World:
    return World(session)


def run(session: Session, statement: str, world: World) -> None:
    """The statement, which must find a row to change: else it would be refused nothing."""
    named = {name: value for name, value in vars(world).items() if f":{name}" in statement}
    result = session.execute(text(statement), named)
    assert isinstance(result, CursorResult) and result.rowcount > 0


MINE = "WHERE request_id = :request_id"
FORBIDDEN: dict[str, str] = {
    # programme
    "a way of serving that nobody knows": "UPDATE programme SET serving = 'by_lot'",
    "a pause between plans of no time": "UPDATE programme SET rolling_s = 0",
    "holds without time": "UPDATE programme SET hold_minutes = 0",
    "holds made longer without end": "UPDATE programme SET hold_extensions = 11",
    "proposals without time": "UPDATE programme SET proposal_hours = 0",
    "same-day answers without time": "UPDATE programme SET same_day_minutes = 0",
    "letters that arrive before they are posted": "UPDATE programme SET letter_lead_days = -1",
    "fewer letters a day than none": "UPDATE programme SET letters_a_day = -1",
    "text messages that earn money": "UPDATE programme SET sms_segment_cents = -1",
    "one dose is enough, of two": "UPDATE schedule SET only_if_enough = TRUE WHERE doses = 2",
    # hold
    "a hold of a seat without a dose": f"UPDATE hold SET second_budget_id = NULL {MINE}",
    "a hold of a dose without a seat": f"UPDATE hold SET second_slot_id = NULL {MINE}",
    "a hold of nothing": (
        "UPDATE hold SET first_slot_id = NULL, first_budget_id = NULL, second_slot_id = NULL,"
        f" second_budget_id = NULL {MINE}"
    ),
    "half of a two-dose course": (
        f"UPDATE hold SET second_slot_id = NULL, second_budget_id = NULL {MINE}"
    ),
    "a second dose of a one-dose course": (
        "UPDATE hold SET second_slot_id = first_slot_id, second_budget_id = first_budget_id"
        " WHERE schedule_doses = 1"
    ),
    "a hold of a second dose with a first": f"UPDATE hold SET purpose = 'second_dose' {MINE}",
    "a move of the second with a first": f"UPDATE hold SET purpose = 'move_second' {MINE}",
    "a move of the first with a second": f"UPDATE hold SET purpose = 'move_first' {MINE}",
    "a move of both with the first alone": (
        "UPDATE hold SET purpose = 'move_both' WHERE request_id = :other_id"
    ),
    "doses that are not the schedule's": "UPDATE hold SET schedule_doses = 2 WHERE request_id = :other_id",
    "a hold that ended and is held": f"UPDATE hold SET ended_at = expires_at {MINE}",
    "a hold that is over and never ended": f"UPDATE hold SET status = 'expired' {MINE}",
    "a hold made longer too often": f"UPDATE hold SET extended = 11 {MINE}",
    "two holds of a request": "UPDATE hold SET request_id = :request_id",
    "two holds with a secret": "UPDATE hold SET token_hash = :same",
    # change
    "a wish to come from nowhere": "UPDATE change_wish SET max_km = 0",
    "a week of 20 half-days": "UPDATE change_wish SET availability = '11111111111111111111'",
    "a wish that ended and is open": "UPDATE change_wish SET ended_at = created_at",
    "a wish that is done and never ended": "UPDATE change_wish SET status = 'done'",
    # disruption and replacement
    "a disruption that was sent at no time": "UPDATE disruption SET status = 'sent'",
    "a draft that was sent": "UPDATE disruption SET sent_at = made_at",
    "two replacements for a disruption": (
        "UPDATE replacement SET status = 'lapsed', answered_at = answer_by, request_id = :request_id"
    ),
    "two open replacements": (
        "UPDATE replacement SET request_id = :request_id WHERE request_id = :third_id"
    ),
    "an answer that is open": "UPDATE replacement SET answered_at = answer_by",
    "an acceptance at no time": "UPDATE replacement SET status = 'accepted'",
    # same-day
    "more confirmed than doses": "UPDATE same_day_call SET confirmed = doses + 1",
    "fewer confirmed than none": "UPDATE same_day_call SET confirmed = -1",
    "a call for no dose": "UPDATE same_day_call SET doses = 0",
    "a call for a lorry of doses": "UPDATE same_day_call SET doses = 501",
    "a call that was closed and is open": "UPDATE same_day_call SET closed_at = announced_at",
    "a call that is closed at no time": "UPDATE same_day_call SET status = 'closed'",
    "somebody invited twice": "UPDATE same_day_invitation SET request_id = :request_id",
    "two with one place in the drawing": "UPDATE same_day_invitation SET place = 1",
    "an accepted invitation without places": (
        "UPDATE same_day_invitation SET status = 'accepted', answered_at = asked_at"
    ),
    "an invitation declined at no time": "UPDATE same_day_invitation SET status = 'declined'",
    "somebody who comes in no time": "UPDATE standby SET minutes_needed = 9",
    "somebody who comes tomorrow": "UPDATE standby SET minutes_needed = 241",
    "somebody who comes from nowhere": "UPDATE standby SET max_km = 0",
    # messages, texts, letters
    "doing without news of a change": f"UPDATE opt_out SET kind = 'changed' {MINE}",
    "doing without a cancellation": f"UPDATE opt_out SET kind = 'cancelled' {MINE}",
    "doing without a replacement": f"UPDATE opt_out SET kind = 'replaced' {MINE}",
    "a kind of message that nobody knows": f"UPDATE message SET kind = 'advertisement' {MINE}",
    "a channel that nobody knows": f"UPDATE message SET channel = 'pigeon' {MINE}",
    "two messages with one number of the gateway": "UPDATE message SET provider_ref = 'gateway-1'",
    "a batch that is made without a file": "UPDATE letter_batch SET status = 'made'",
    "a batch that is posted at no time": "UPDATE letter_batch SET status = 'posted', file = 'a.pdf'",
    "a text of no version": "UPDATE message_text SET version = 0",
    # people behind a request
    "a helper without a consent": "UPDATE helper SET consent = NULL",
    "a consent of no time": "UPDATE helper SET consented_at = NULL",
    "a helper without a name": "UPDATE helper SET name = NULL",
    "a consent that nobody knows": "UPDATE helper SET consent = 'assumed'",
    "a call-back without a number": "UPDATE call_back SET phone = NULL",
    "a call-back that nobody took": "UPDATE call_back SET status = 'taken'",
    "a call-back that is done at no time": "UPDATE call_back SET status = 'done'",
    "a call-back at night": "UPDATE call_back SET band = 3",
    "more refused than were on the list": "UPDATE request_list SET refused = rows + 1",
    "two organisations with one code": "UPDATE organisation SET code = 'mairie'",
}  # fmt: skip


@pytest.mark.parametrize("name", FORBIDDEN)
def test_it_is_refused(session: Session, world: World, name: str) -> None:
    with pytest.raises(IntegrityError):
        run(session, FORBIDDEN[name], world)


AGAIN: dict[str, str] = {
    "a second open wish to change": "change_wish",
    "a second open call of a centre, product and day": "same_day_call",
    "a second batch of a day": "letter_batch",
    "a second text of a kind and language": "message_text",
    "a second call-back for the same reason": "call_back",
}


@pytest.mark.parametrize("name", AGAIN)
def test_a_second_live_row_is_refused_and_one_more_after_its_end_is_not(
    session: Session, world: World, name: str
) -> None:
    table = AGAIN[name]
    with pytest.raises(IntegrityError), session.begin_nested():
        copy(session, table)
    session.execute(text(f"UPDATE {table} SET {ENDED[table]}"))  # noqa: S608
    copy(session, table, **LIVE[table])


ENDED = {
    "change_wish": "status = 'withdrawn', ended_at = created_at",
    "same_day_call": "status = 'closed', closed_at = announced_at",
    "letter_batch": "status = 'withdrawn'",
    "call_back": "status = 'done', done_at = created_at",
    "message_text": "locale = 'en'",
}
LIVE: dict[str, dict[str, str | None]] = {
    "change_wish": {"status": "open", "ended_at": None},
    "same_day_call": {"status": "open", "closed_at": None},
    "letter_batch": {"status": "open"},
    "call_back": {"status": "waiting", "done_at": None},
    "message_text": {"locale": "fr"},
}


def copy(session: Session, table: str, **named: Any) -> None:
    """Insert the table's row once more, but for its number and what is named."""
    row = dict(session.execute(text(f"SELECT * FROM {table}")).mappings().one())  # noqa: S608
    del row["id"]
    row |= named
    columns, values = ", ".join(row), ", ".join(f":{name}" for name in row)
    session.execute(text(f"INSERT INTO {table} ({columns}) VALUES ({values})"), row)  # noqa: S608


ALLOWED: dict[str, str] = {
    "a hold of a single dose": "UPDATE hold SET extended = 10 WHERE schedule_doses = 1",
    "a move of the first alone": "UPDATE hold SET purpose = 'move_first' WHERE request_id = :other_id",
    "a move of both": f"UPDATE hold SET purpose = 'move_both' {MINE}",
    "a hold let go": f"UPDATE hold SET status = 'released', ended_at = created_at {MINE}",
    "doing without an invitation": f"UPDATE opt_out SET kind = 'invitation' {MINE}",
    "all doses of a call confirmed": "UPDATE same_day_call SET confirmed = doses",
    "a batch that is made": "UPDATE letter_batch SET status = 'made', file = 'a.pdf'",
}


@pytest.mark.parametrize("name", ALLOWED)
def test_what_is_next_to_it_is_stored(session: Session, world: World, name: str) -> None:
    run(session, ALLOWED[name], world)


@pytest.mark.parametrize("purpose", [HoldPurpose.SECOND_DOSE, HoldPurpose.MOVE_SECOND])
def test_a_second_dose_alone_may_be_held(session: Session, world: World, purpose: HoldPurpose) -> None:
    places = "first_slot_id = NULL, first_budget_id = NULL"
    run(session, f"UPDATE hold SET purpose = '{purpose.value}', {places} {MINE}", world)  # noqa: S608
