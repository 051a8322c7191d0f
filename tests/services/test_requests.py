"""Asking for doses: once a person, once a form; many at once; found again by those who may."""

import threading
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.builders import NOW, make_priority_group, make_product, make_programme, make_schedule
from vaccination import db
from vaccination.domain.eligibility import WhyNot
from vaccination.domain.messages import MessageChannel, MessageKind
from vaccination.domain.references import new_reference, parse_reference, parse_secret_code
from vaccination.domain.requests import ContactBy, RequestKind, RequestStatus
from vaccination.models.audit import AuditEntry
from vaccination.models.messages import Message
from vaccination.models.people import Person
from vaccination.models.programmes import Product, Programme
from vaccination.models.requests import Request, request_product
from vaccination.services.asking.command import AskForDoses, FirstDose, NotEligible, Place, UnknownProgramme
from vaccination.services.asking.people import PersonDetails
from vaccination.services.asking.requests import (
    AlreadyAsked,
    NoSuchRequest,
    ask,
    find_by_reference,
    import_requests,
)

ORLEANS = Place("Orléans", "45000", 47.9029, 1.9093)
LEA = PersonDetails("Béranger-Roux", "Léa", date(1948, 3, 27), email="lea@example.org")


@pytest.fixture
def programme(session: Session) -> Programme:
    return _programme(session)[0]


def _programme(session: Session) -> tuple[Programme, Product]:
    programme, product = make_programme(session), make_product(session)
    make_schedule(session, programme, product, min_age=12)
    make_priority_group(session, programme, code="75+", rank=1, min_age=75)
    make_priority_group(session, programme, code="carers", rank=2, needs_declaration=True)
    make_priority_group(session, programme, code="adults", rank=5, min_age=12)
    return programme, product


def _wish(programme: Programme, person: PersonDetails = LEA, **named: object) -> AskForDoses:
    command = AskForDoses(
        programme_id=programme.id, person=person, place=ORLEANS, max_km=30.0, contact_by=ContactBy.EMAIL
    )
    return replace(command, **named)  # type: ignore[arg-type]


def _count(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_request_is_kept_with_its_group_message_and_audit(session: Session, programme: Programme) -> None:
    asked = ask(session, _wish(programme), now=NOW)
    request = session.get_one(Request, asked.request_id)
    assert (request.status, request.kind) == (RequestStatus.WAITING, RequestKind.COURSE)
    assert request.priority == 1
    assert (request.town, request.max_km) == ("Orléans", 30.0)
    message = session.scalars(select(Message).where(Message.request_id == request.id)).one()
    assert (message.kind, message.channel) == (MessageKind.RECEIVED, MessageChannel.EMAIL)
    audit = session.scalars(select(AuditEntry).where(AuditEntry.subject == f"request:{request.id}")).one()
    assert audit.action == "request_asked"


def test_reference_and_secret_can_be_typed(session: Session, programme: Programme) -> None:
    asked = ask(session, _wish(programme), now=NOW)
    assert parse_reference(asked.reference.lower()) == asked.reference
    assert parse_secret_code(asked.secret.lower()) == asked.secret


def test_the_secret_is_in_no_column(session: Session, programme: Programme) -> None:
    asked = ask(session, _wish(programme), now=NOW)
    request = session.get_one(Request, asked.request_id)
    kept = [str(getattr(request, column.key)) for column in Request.__table__.columns]
    assert not any(asked.secret in value for value in kept)


def test_the_same_form_again_is_the_same_request(session: Session, programme: Programme) -> None:
    wish = _wish(programme, form_uid="form-1")
    assert ask(session, wish, now=NOW) == ask(session, wish, now=NOW)
    assert _count(session, Request) == 1
    assert _count(session, Message) == 1


@pytest.mark.parametrize("family_name", ["BERANGER ROUX", "béranger roux", "Be\u0301ranger\u2011Roux"])
def test_another_spelling_is_the_same_person(
    session: Session, programme: Programme, family_name: str
) -> None:
    ask(session, _wish(programme, form_uid="first"), now=NOW)
    again = replace(LEA, family_name=family_name, given_name="LEA")
    with pytest.raises(AlreadyAsked):
        ask(session, _wish(programme, again, form_uid="second"), now=NOW)
    assert _count(session, Request) == 1


def test_after_cancelling_one_may_ask_again_and_be_reached_elsewhere(
    session: Session, programme: Programme
) -> None:
    first = ask(session, _wish(programme), now=NOW)
    session.get_one(Request, first.request_id).status = RequestStatus.CANCELLED
    session.flush()
    second = ask(session, _wish(programme, replace(LEA, email="new@example.org")), now=NOW)
    assert second.request_id != first.request_id
    assert session.scalars(select(Person)).one().email == "new@example.org"


def test_a_declared_category_gives_its_rank(session: Session, programme: Programme) -> None:
    young = replace(LEA, birth_date=date(1990, 1, 1))
    asked = ask(session, _wish(programme, young, declared=frozenset({"carers"})), now=NOW)
    assert session.get_one(Request, asked.request_id).priority == 2


def test_a_child_below_every_age_is_refused_with_the_reason(session: Session, programme: Programme) -> None:
    child = replace(LEA, birth_date=date(2022, 1, 1))
    with pytest.raises(NotEligible) as refusal:
        ask(session, _wish(programme, child), now=NOW)
    assert refusal.value.bars[0] is WhyNot.TOO_YOUNG
    assert _count(session, Person) == 0


def test_a_second_dose_alone(session: Session) -> None:
    programme, product = _programme(session)
    given = FirstDose(product.id, date(2027, 4, 20))
    asked = ask(session, _wish(programme, first_dose=given), now=NOW)
    request = session.get_one(Request, asked.request_id)
    assert (request.kind, request.first_product_id) == (RequestKind.SECOND_DOSE, product.id)


def test_accepted_products_are_kept(session: Session) -> None:
    programme, product = _programme(session)
    ask(session, _wish(programme, products=(product.id,)), now=NOW)
    assert session.execute(select(request_product.c.product_id)).scalars().all() == [product.id]


def test_an_unknown_programme_is_refused(session: Session, programme: Programme) -> None:
    with pytest.raises(UnknownProgramme):
        ask(session, _wish(programme, programme_id=999), now=NOW)


def test_found_by_secret_or_by_birth_date_and_by_nothing_else(session: Session, programme: Programme) -> None:
    asked = ask(session, _wish(programme), now=NOW)
    other = ask(session, _wish(programme, replace(LEA, given_name="Zoé")), now=NOW)
    assert find_by_reference(session, asked.reference, secret=asked.secret) == asked.request_id
    assert find_by_reference(session, asked.reference, birth_date=LEA.birth_date) == asked.request_id
    for wrong in (
        {"secret": other.secret},
        {"secret": ""},
        {"birth_date": date(1948, 3, 28)},
        {},
    ):
        with pytest.raises(NoSuchRequest):
            find_by_reference(session, asked.reference, **wrong)  # type: ignore[arg-type]
    with pytest.raises(NoSuchRequest):
        find_by_reference(session, new_reference(), secret=asked.secret)


def test_many_at_once_keeps_the_good_rows_and_names_the_others(
    session: Session, programme: Programme
) -> None:
    ask(session, _wish(programme), now=NOW)
    people = [replace(LEA, given_name=f"Léa{n}", email=None if n % 2 else LEA.email) for n in range(6)]
    child = replace(LEA, given_name="Tom", birth_date=date(2024, 1, 1))
    wishes = [_wish(programme, person) for person in (*people, LEA, child, people[0])]
    imported = import_requests(session, wishes, now=NOW)
    assert len(imported.request_ids) == 6
    assert [(refused.row, refused.code) for refused in imported.refused] == [
        (6, "already_asked"),
        (7, "not_eligible"),
        (8, "already_asked"),
    ]
    names = [
        session.get_one(Person, session.get_one(Request, request_id).person_id).given_name
        for request_id in imported.request_ids
    ]
    assert names == [person.given_name for person in people]
    channels = session.scalars(select(Message.channel).where(Message.request_id.in_(imported.request_ids)))
    assert sorted(channels) == [MessageChannel.EMAIL] * 3 + [MessageChannel.LETTER] * 3


def test_nothing_is_brought_in_from_nothing(session: Session) -> None:
    assert import_requests(session, [], now=NOW).request_ids == ()


def test_two_forms_of_one_person_at_the_same_moment_make_one_request(database: str) -> None:
    with db.transaction() as session:
        programme, _ = _programme(session)
    outcomes: list[str] = []
    start = threading.Barrier(6)

    def send(form_uid: str) -> None:
        start.wait()
        try:
            with db.transaction() as session:
                outcomes.append(ask(session, _wish(programme, form_uid=form_uid), now=NOW).reference)
        except AlreadyAsked:
            outcomes.append("already")

    threads = [threading.Thread(target=send, args=(uid,)) for uid in ("a", "a", "a", "b", "b", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with db.transaction() as session:
        reference = session.scalars(select(Request.reference)).one()
        assert _count(session, Message) == 1
        assert _count(session, Person) == 1
    assert sorted(outcomes) == sorted([reference] * 3 + ["already"] * 3)


@pytest.mark.parametrize("availability", ["0" * 21, "1" * 20, "2" * 21])
def test_a_wish_that_makes_no_sense_cannot_be_written_down(availability: str) -> None:
    with pytest.raises(ValueError, match="availability|some time"):
        AskForDoses(1, LEA, ORLEANS, 30.0, availability=availability)
