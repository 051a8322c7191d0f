"""Asking for a household: every person gets a request of their own, or nobody does.

The household is planned whole or not at all, so its wishes are one set: `commands` differ in the person, the
declared categories and the needs only.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from vaccination.errors import Conflict, DomainError, Invalid
from vaccination.models.people import Household
from vaccination.models.requests import Request
from vaccination.services.asking.command import AskForDoses
from vaccination.services.asking.one_request import refuse_second_request, wait_for_namesakes
from vaccination.services.asking.requests import Asked, ask, asked_by_form
from vaccination.services.audit import record

MOST_MEMBERS = 6


class NotOneHousehold(Invalid):
    """Fewer than two persons, too many, the same one twice, or wishes that differ."""

    code = "not_one_household"


class MemberRefused(Conflict):
    """One person may not ask, so nobody does: `member` is their place in the list, `refusal` says why."""

    code = "member_refused"

    def __init__(self, member: int, refusal: DomainError) -> None:
        super().__init__(member=member, why=refusal.code)
        self.member = member
        self.refusal = refusal


def ask_household(
    session: Session, commands: Sequence[AskForDoses], *, now: datetime, user_id: int | None = None
) -> tuple[Asked, ...]:
    """Keep a request for each person, all or none: a refusal ends the caller's transaction.

    The same form again gives the same answer.
    """
    _check(commands)
    forms = [_own_form(command, place) for place, command in enumerate(commands)]
    if known := _known(session, forms):
        return known
    try:
        _refuse_second_requests(session, commands)
        return _ask_for_all(session, forms, now, user_id)
    except MemberRefused:
        # The same form may have been kept between our look and our write.
        if known := _known(session, forms):
            return known
        raise


def _known(session: Session, forms: Sequence[AskForDoses]) -> tuple[Asked, ...]:
    """What the form has made already: for everybody, or nothing."""
    known = [asked_by_form(session, form.form_uid) for form in forms]
    return tuple(asked for asked in known if asked) if all(known) else ()


def _ask_for_all(
    session: Session, forms: Sequence[AskForDoses], now: datetime, user_id: int | None
) -> tuple[Asked, ...]:
    household = Household(created_at=now)
    session.add(household)
    session.flush()
    asked = []
    for place, form in enumerate(forms):
        try:
            # among themselves they may have like names: twins are two persons
            sure = replace(form, is_another=True)
            asked.append(ask(session, sure, now=now, user_id=user_id, household_id=household.id))
        except DomainError as refusal:
            raise MemberRefused(place, refusal) from refusal
    if session.get_one(Request, asked[0].request_id).household_id != household.id:
        session.delete(household)  # the same form was faster: these are its requests
        return tuple(asked)
    record(session, "household_asked", f"household:{household.id}", now=now, user_id=user_id,
           facts={"persons": len(asked)})  # fmt: skip
    return tuple(asked)


def _refuse_second_requests(session: Session, commands: Sequence[AskForDoses]) -> None:
    wait_for_namesakes(session, [command.person.birth_date for command in commands])
    for place, command in enumerate(commands):
        try:
            refuse_second_request(session, command)
        except DomainError as refusal:
            raise MemberRefused(place, refusal) from refusal


def _own_form(command: AskForDoses, place: int) -> AskForDoses:
    """Each person's part of the filled form; the first keeps its name, as somebody who asks alone."""
    if place == 0 or command.form_uid is None:
        return command
    return replace(command, form_uid=f"{command.form_uid}.{place + 1}")


def _check(commands: Sequence[AskForDoses]) -> None:
    if not 2 <= len(commands) <= MOST_MEMBERS:
        raise NotOneHousehold
    if len({command.person.identity for command in commands}) < len(commands):
        raise NotOneHousehold
    if len({_shared(command) for command in commands}) > 1:
        raise NotOneHousehold


def _shared(command: AskForDoses) -> tuple[object, ...]:
    """All in which the members must agree, or services/planning/people.py leaves the household out."""
    return (
        command.programme_id, command.place, command.max_km, command.second_place, command.first_dose,
        command.earliest, command.availability, frozenset(command.unavailable), frozenset(command.products),
    )  # fmt: skip
