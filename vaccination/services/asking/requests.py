"""Requests: ask for doses, once a person and once a form; bring in many; find one's own again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from vaccination.domain.messages import MessageKind
from vaccination.domain.references import Reference, SecretCode, new_reference, secret_code_of
from vaccination.domain.requests import RequestKind
from vaccination.errors import DomainError, NotFound
from vaccination.models.people import Person
from vaccination.models.requests import Request, request_product
from vaccination.security.fields import keys
from vaccination.security.secrets import hash_secret, is_secret
from vaccination.services.asking.command import AskForDoses, Rules, load_rules, rank_and_group
from vaccination.services.asking.consent import record_helpers
from vaccination.services.asking.one_request import AlreadyAsked as AlreadyAsked
from vaccination.services.asking.one_request import SimilarRequest as SimilarRequest
from vaccination.services.asking.one_request import (
    likenesses_with_request,
    persons_with_request,
    refuse_second_request,
    wait_for_namesakes,
)
from vaccination.services.asking.people import find_person, reach_person_by, register_people, register_person
from vaccination.services.audit import record
from vaccination.services.telling.messages import write_message, write_messages


class NoSuchRequest(NotFound):
    """No request with this reference, or not with this secret: the answer is the same on purpose."""

    code = "no_such_request"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person takes away: the reference names the request, the secret code opens it."""

    request_id: int
    reference: Reference
    secret: SecretCode


@dataclass(frozen=True, slots=True)
class Refused:
    """A row of an import that made no request: its place among the rows, and the refusal's code."""

    row: int
    code: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of an import; `request_ids` in the order of the accepted rows."""

    request_ids: tuple[int, ...]
    refused: tuple[Refused, ...]


def ask(
    session: Session,
    command: AskForDoses,
    *,
    now: datetime,
    user_id: int | None = None,
    household_id: int | None = None,
) -> Asked:
    """Keep a request, tell the person it has arrived. The same form again gives the same answer."""
    if known := asked_by_form(session, command.form_uid):
        return known
    rules = load_rules(session, command.programme_id, now=now)
    rules.check(command, now.date())
    try:
        wait_for_namesakes(session, [command.person.birth_date])
        refuse_second_request(session, command)
        with session.begin_nested():
            request = _add_request(session, command, rules, now, household_id)
    except (AlreadyAsked, SimilarRequest, IntegrityError):
        # Somebody kept the same form, or entered the same person, between our look and our write.
        if known := asked_by_form(session, command.form_uid):
            return known
        refuse_second_request(session, command)
        raise
    if command.helper is not None:
        record_helpers(session, [(request.id, command.helper)], now=now, user_id=user_id)
    write_message(session, request.id, MessageKind.RECEIVED, about=str(request.id), now=now)
    record(session, "request_asked", f"request:{request.id}", now=now, user_id=user_id,
           facts={"channel": command.channel.value, "priority": request.priority})  # fmt: skip
    return _asked(request.id, request.reference)


def import_requests(
    session: Session,
    commands: Sequence[AskForDoses],
    *,
    now: datetime,
    user_id: int | None = None,
    tell: bool = True,
    wary: bool = False,
) -> Imported:
    """Keep many requests of one programme in a few statements; refused rows are named, the others kept.

    `wary`: also refuse people whose name is like that of somebody who has asked (code `similar_request`).
    """
    if not commands:
        return Imported((), ())
    rules = load_rules(session, commands[0].programme_id, now=now)
    if wary:
        wait_for_namesakes(session, [command.person.birth_date for command in commands])
    person_ids = register_people(session, [command.person for command in commands], now=now)
    alike = likenesses_with_request(session, commands) if wary else None
    busy = persons_with_request(session, rules.programme_id, person_ids)
    accepted, refused = _sorted_out(commands, person_ids, busy, alike, rules, now.date())
    request_ids = _insert_requests(session, commands, person_ids, accepted, rules, now)
    helped = [(made, commands[row].helper) for made, row in zip(request_ids, accepted, strict=True)]
    known = [(made, helper) for made, helper in helped if helper is not None]
    record_helpers(session, known, now=now, user_id=user_id)
    if tell:
        abouts = [str(request_id) for request_id in request_ids]
        write_messages(session, request_ids, MessageKind.RECEIVED, abouts, now=now)
    facts = {"requests": len(request_ids), "refused": len(refused)}
    record(
        session,
        "requests_imported",
        f"programme:{rules.programme_id}",
        now=now,
        user_id=user_id,
        facts=facts,
    )
    return Imported(tuple(request_ids), tuple(refused))


def find_by_reference(
    session: Session, reference: Reference, *, secret: str = "", birth_date: date | None = None
) -> int:
    """The request that the reference names, if the secret code or the birth date is its own."""
    row = session.execute(
        select(Request.id, Request.secret_hash, Person.birth_date)
        .join(Person, Person.id == Request.person_id)
        .where(Request.reference == reference)
    ).one_or_none()
    if row is None:
        raise NoSuchRequest
    opens = bool(secret) and is_secret(secret, row.secret_hash)
    if not opens and (birth_date is None or birth_date != row.birth_date):
        raise NoSuchRequest
    found: int = row.id
    return found


def secret_of(reference: str) -> SecretCode:
    """The secret code of a request, which no table holds: a keyed fingerprint of its reference (ADR 0028)."""
    return secret_code_of(keys().index("request.secret", reference.encode()))


def asked_by_form(session: Session, form_uid: str | None) -> Asked | None:
    """What this filled form has made already."""
    if form_uid is None:
        return None
    row = session.execute(
        select(Request.id, Request.reference).where(Request.form_uid == form_uid)
    ).one_or_none()
    return _asked(row.id, row.reference) if row else None


def _asked(request_id: int, reference: str) -> Asked:
    return Asked(request_id, Reference(reference), secret_of(reference))


def _add_request(
    session: Session, command: AskForDoses, rules: Rules, now: datetime, household_id: int | None
) -> Request:
    person = find_person(session, command.person)
    if person is None:
        person = register_person(session, command.person, now=now)
    else:
        reach_person_by(person, command.person)
    request = Request(**_columns(command, person.id, rules, now), household_id=household_id)
    session.add(request)
    session.flush()
    _accept_products(session, [(request.id, command)])
    return request


def _sorted_out(
    commands: Sequence[AskForDoses],
    person_ids: Sequence[int],
    busy: set[int],
    alike: set[bytes] | None,
    rules: Rules,
    today: date,
) -> tuple[list[int], list[Refused]]:
    """Which rows may become requests, and which may not and why."""
    accepted, refused = [], []
    for row, (command, person_id) in enumerate(zip(commands, person_ids, strict=True)):
        try:
            if person_id in busy:
                raise AlreadyAsked
            if alike is not None and not command.is_another and command.person.likenesses & alike:
                raise SimilarRequest
            rules.check(command, today)
        except DomainError as refusal:
            refused.append(Refused(row, refusal.code))
            continue
        busy.add(person_id)
        if alike is not None:
            alike.add(command.person.likeness)
        accepted.append(row)
    return accepted, refused


def _insert_requests(
    session: Session,
    commands: Sequence[AskForDoses],
    person_ids: Sequence[int],
    accepted: Sequence[int],
    rules: Rules,
    now: datetime,
) -> list[int]:
    if not accepted:
        return []
    rows = [_columns(commands[row], person_ids[row], rules, now) for row in accepted]
    statement = insert(Request).returning(Request.id, sort_by_parameter_order=True)
    request_ids = list(session.scalars(statement, rows))
    kept = zip(request_ids, (commands[row] for row in accepted), strict=True)
    _accept_products(session, list(kept))
    return request_ids


def _accept_products(session: Session, kept: Sequence[tuple[int, AskForDoses]]) -> None:
    rows = [
        {"request_id": request_id, "product_id": product_id}
        for request_id, command in kept
        for product_id in dict.fromkeys(command.products)
    ]
    if rows:
        session.execute(insert(request_product), rows)


def _columns(command: AskForDoses, person_id: int, rules: Rules, now: datetime) -> dict[str, Any]:
    reference = new_reference()
    priority, group_id = rank_and_group(rules.standing(command, now.date()))
    first, second = command.first_dose, command.second_place
    return {
        "programme_id": command.programme_id,
        "person_id": person_id,
        "reference": reference,
        "secret_hash": hash_secret(secret_of(reference)),
        "form_uid": command.form_uid,
        "kind": RequestKind.SECOND_DOSE if first else RequestKind.COURSE,
        "channel": command.channel,
        "contact_by": command.contact_by,
        "locale": command.person.locale,
        "priority_group_id": group_id,
        "priority": priority,
        "town": command.place.town,
        "postcode": command.place.postcode,
        "lat": command.place.lat,
        "lon": command.place.lon,
        "max_km": command.max_km,
        "second_town": second.town if second else "",
        "second_lat": second.lat if second else None,
        "second_lon": second.lon if second else None,
        "first_product_id": first.product_id if first else None,
        "first_given_on": first.given_on if first else None,
        "first_given_at": first.given_at if first else "",
        "earliest": command.earliest,
        "availability": command.availability,
        "unavailable": sorted({day.isoformat() for day in command.unavailable}),
        "wheelchair": command.wheelchair,
        "by_phone": command.by_phone,
        "one_dose_enough": command.one_dose_enough,
        "organisation_id": command.organisation_id,
        "created_at": now,
    }
