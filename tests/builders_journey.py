"""Builders for the citizen's journey: holds, changes, disruptions, same-day doses, letters, conversations.

As in `tests/builders.py`: ordinary rows, flushed, never committed; a test names only what it is about.
"""

from datetime import timedelta
from itertools import count
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from tests.builders import NOW, TODAY, _budget_of, make_user
from vaccination.domain.contacts import CallBackReason, Consent, Relation
from vaccination.domain.disruptions import DisruptionKind
from vaccination.domain.messages import MessageChannel, MessageKind
from vaccination.domain.organisations import OrganisationKind
from vaccination.domain.same_day import ReachedBy
from vaccination.domain.serving import ChangedDoses, HoldPurpose
from vaccination.models.base import Base
from vaccination.models.centres import Centre, Slot
from vaccination.models.contacts import CallBack, Helper, Thread, ThreadLine
from vaccination.models.disruptions import Disruption, Replacement
from vaccination.models.letters import LetterBatch
from vaccination.models.messages import Message
from vaccination.models.organisations import Listed, Organisation, RequestList
from vaccination.models.programmes import Product, Programme, Schedule
from vaccination.models.requests import Request
from vaccination.models.same_day import SameDayCall, SameDayInvitation, Standby
from vaccination.models.serving import ChangeWish, Hold
from vaccination.models.texts import EditedText, OptOut

_number = count(1)
Row = TypeVar("Row", bound=Base)
_FIRST = (HoldPurpose.COURSE, HoldPurpose.MOVE_FIRST, HoldPurpose.MOVE_BOTH)
_SECOND = (HoldPurpose.SECOND_DOSE, HoldPurpose.MOVE_SECOND, HoldPurpose.MOVE_BOTH)


def _kept(session: Session, row: Row) -> Row:
    session.add(row)
    session.flush()
    return row


def token() -> bytes:
    """A hash as of a secret in a link, another one each time."""
    return next(_number).to_bytes(32, "big")


def make_hold(
    session: Session,
    request: Request,
    schedule: Schedule,
    slots: tuple[Slot, ...],
    purpose: HoldPurpose = HoldPurpose.COURSE,
    **named: Any,
) -> Hold:
    """A live hold of ten minutes on the slots, one for each dose of its purpose; takes seats and doses."""
    holds_second = purpose in _SECOND or (purpose is HoldPurpose.COURSE and schedule.doses == 2)
    doses = ("first",) * (purpose in _FIRST) + ("second",) * holds_second
    places: dict[str, int] = {}
    for dose, slot in zip(doses, slots, strict=True):
        product_id = schedule.second_product_id if dose == "second" else schedule.first_product_id
        budget = _budget_of(session, slot, product_id or schedule.first_product_id)
        budget.taken += 1
        slot.taken += 1
        places |= {f"{dose}_slot_id": slot.id, f"{dose}_budget_id": budget.id}
    ordinary = dict(
        programme_id=request.programme_id, request_id=request.id, purpose=purpose, token_hash=token(),
        schedule_id=schedule.id, schedule_doses=schedule.doses, created_at=NOW,
        expires_at=NOW + timedelta(minutes=10),
    )  # fmt: skip
    return _kept(session, Hold(**{**ordinary, **places, **named}))


def make_change_wish(session: Session, request: Request, **named: Any) -> ChangeWish:
    """An open wish to change both doses, within 50 km of Orléans."""
    ordinary = dict(
        request_id=request.id, doses=ChangedDoses.BOTH, town="Orléans", postcode="45000", lat=47.9029,
        lon=1.9093, max_km=50.0, created_at=NOW,
    )  # fmt: skip
    return _kept(session, ChangeWish(**{**ordinary, **named}))


def make_disruption(session: Session, programme: Programme, **named: Any) -> Disruption:
    """A draft: a session is closed."""
    ordinary = dict(programme_id=programme.id, kind=DisruptionKind.SESSION_CLOSED, made_at=NOW)
    return _kept(session, Disruption(**{**ordinary, **named}))


def make_replacement(session: Session, disruption: Disruption, request: Request, **named: Any) -> Replacement:
    """An open replacement, to be answered within two days; pass `hold_id` for one with places."""
    ordinary = dict(disruption_id=disruption.id, request_id=request.id, answer_by=NOW + timedelta(2))
    return _kept(session, Replacement(**{**ordinary, **named}))


def make_standby(session: Session, request: Request, **named: Any) -> Standby:
    """Would come from 20 km within an hour, told by text message."""
    ordinary = dict(request_id=request.id, max_km=20.0, minutes_needed=60, by=ReachedBy.SMS, created_at=NOW)
    return _kept(session, Standby(**{**ordinary, **named}))


def make_same_day_call(session: Session, centre: Centre, product: Product, **named: Any) -> SameDayCall:
    """An open call for twelve doses TODAY, to be used within four hours."""
    announced_by = named.pop("announced_by", None) or make_user(session).id
    ordinary = dict(
        centre_id=centre.id, product_id=product.id, day=TODAY, doses=12, hold_minutes=20,
        until=NOW + timedelta(hours=4), seed=7, announced_by=announced_by, announced_at=NOW,
    )  # fmt: skip
    return _kept(session, SameDayCall(**{**ordinary, **named}))


def make_invitation(session: Session, call: SameDayCall, request: Request, **named: Any) -> SameDayInvitation:
    """Asked by text message in the first wave."""
    ordinary = dict(
        call_id=call.id, request_id=request.id, place=next(_number), wave=1, distance_band=0,
        channel=MessageChannel.SMS, token_hash=token(), asked_at=NOW, answer_by=NOW + timedelta(minutes=20),
    )  # fmt: skip
    return _kept(session, SameDayInvitation(**{**ordinary, **named}))


def make_letter_batch(session: Session, programme: Programme, **named: Any) -> LetterBatch:
    """An open batch to be posted TODAY."""
    return _kept(session, LetterBatch(**{**dict(programme_id=programme.id, post_on=TODAY), **named}))


def make_edited_text(session: Session, programme: Programme, **named: Any) -> EditedText:
    """The agency's French e-mail that confirms."""
    changed_by = named.pop("changed_by", None) or make_user(session).id
    ordinary = dict(
        programme_id=programme.id, kind=MessageKind.CONFIRMED, channel=MessageChannel.EMAIL, locale="fr",
        subject="Vos rendez-vous", body="Bonjour {{ name }}", changed_by=changed_by, changed_at=NOW,
    )  # fmt: skip
    return _kept(session, EditedText(**{**ordinary, **named}))


def make_opt_out(session: Session, request: Request, kind: MessageKind = MessageKind.REMINDER_WEEK) -> OptOut:
    """The request's person does without a kind of message."""
    return _kept(session, OptOut(request_id=request.id, kind=kind))


def make_message(session: Session, request: Request, **named: Any) -> Message:
    """A text message that confirms, to be sent."""
    ordinary = dict(
        request_id=request.id, kind=MessageKind.CONFIRMED, channel=MessageChannel.SMS, locale="fr",
        dedupe_key=f"made:{next(_number)}", next_try_at=NOW, created_at=NOW,
    )  # fmt: skip
    return _kept(session, Message(**{**ordinary, **named}))


def make_helper(session: Session, request: Request, **named: Any) -> Helper:
    """A daughter who asks for her mother, who was there and agreed."""
    ordinary = dict(
        request_id=request.id, relation=Relation.RELATIVE, name="Claude Martin",
        consent=Consent.GIVEN_PRESENT, consented_at=NOW,
    )  # fmt: skip
    return _kept(session, Helper(**{**ordinary, **named}))


def make_call_back(session: Session, request: Request | None = None, **named: Any) -> CallBack:
    """Somebody is to be called this morning; without a request, to ask."""
    ordinary = dict(
        request_id=request.id if request else None, name="Camille Martin", phone="+33238000000",
        reason=CallBackReason.ASK, due_at=NOW, created_at=NOW,
    )  # fmt: skip
    return _kept(session, CallBack(**{**ordinary, **named}))


def make_thread(session: Session, request: Request, centre: Centre, *lines: str, **named: Any) -> Thread:
    """An open conversation, with what the person wrote."""
    ordinary = dict(request_id=request.id, centre_id=centre.id, opened_at=NOW, last_at=NOW)
    thread = _kept(session, Thread(**{**ordinary, **named}))
    for line in lines:
        _kept(session, ThreadLine(thread_id=thread.id, at=NOW, text=line))
    return thread


def make_organisation(session: Session, **named: Any) -> Organisation:
    """A town hall."""
    n = next(_number)
    ordinary = dict(
        code=f"organisation-{n}", name=f"Mairie {n}", kind=OrganisationKind.TOWN_HALL, town="Orléans",
        postcode="45000", phone="02 38 00 00 00",
    )  # fmt: skip
    return _kept(session, Organisation(**{**ordinary, **named}))


def make_request_list(session: Session, organisation: Organisation, *requests: Request) -> RequestList:
    """A list with these requests."""
    made = _kept(
        session,
        RequestList(
            organisation_id=organisation.id, title="Liste", made_by=make_user(session).id, made_at=NOW,
            rows=len(requests),
        ),
    )  # fmt: skip
    for request in requests:
        _kept(session, Listed(request_list_id=made.id, request_id=request.id))
    return made
