from datetime import time, timedelta

import pytest
from sqlalchemy import event, update
from sqlalchemy.orm import Session

from tests.builders import (
    TODAY,
    book_pair,
    make_centre,
    make_person,
    make_product,
    make_programme,
    make_request,
    make_schedule,
    make_slots,
)
from tests.reports.cards import KEY, KEYS
from vaccination.domain.appointment import AppointmentStatus
from vaccination.models.appointments import Appointment
from vaccination.models.requests import Request
from vaccination.readmodels.appointment_card import UnknownRequest, load, load_many
from vaccination.security.tokens import read, sign_dose


def booked(
    session: Session, *, timezone: str = "Europe/Paris", doses: int = 2, family_name: str = "Müller"
) -> Request:
    programme = make_programme(
        session, is_active=False, name_fr="Campagne du printemps", name_en="Spring campaign"
    )
    schedule = make_schedule(session, programme, make_product(session, name="Produit A"), doses=doses)
    centre = make_centre(session, name="Salle des fêtes", timezone=timezone)
    slots = [
        make_slots(session, centre, TODAY + timedelta(28 * n), opens=time(9, 40))[n] for n in range(doses)
    ]
    request = make_request(
        session, programme, make_person(session, given_name="Zoé", family_name=family_name)
    )
    book_pair(session, request, schedule, tuple(slots))
    return request


def test_a_card_holds_person_and_both_doses_in_local_time(session: Session) -> None:
    request = booked(session, timezone="Indian/Reunion")
    card = load(session, request.id)
    assert (card.person_name, card.reference, card.locale) == ("Zoé Müller", request.reference, "fr")
    assert (card.programme("fr"), card.programme("en")) == ("Campagne du printemps", "Spring campaign")
    first, second = card.doses
    assert [(dose.dose_number, dose.of) for dose in card.doses] == [(1, 2), (2, 2)]
    assert (first.starts_at.isoformat(), first.ends_at.isoformat()) == (
        "2027-05-03T09:40:00+04:00",
        "2027-05-03T09:50:00+04:00",
    )
    assert second.starts_at.isoformat() == "2027-05-31T09:50:00+04:00"
    assert (first.centre_name, first.address) == ("Salle des fêtes", ("1 rue de la Paix", "45000 Orléans"))
    assert (first.product, first.status, first.token) == ("Produit A", AppointmentStatus.BOOKED, None)


def test_a_card_is_signed_by_whoever_holds_the_key(session: Session) -> None:
    card = load(session, booked(session).id).signed_by(lambda dose: sign_dose(dose, KEY))
    for dose in card.doses:
        token = read(dose.token or "", KEYS.public())
        assert (token.reference, token.centre, token.dose) == (
            dose.token_ref,
            dose.centre_id,
            dose.dose_number,
        )
        assert token.expires_at - dose.ends_at == timedelta(hours=24)


def test_a_single_dose_is_one_of_one(session: Session) -> None:
    (dose,) = load(session, booked(session, doses=1).id).doses
    assert (dose.dose_number, dose.of) == (1, 1)


def test_a_waiting_request_has_a_card_without_doses(session: Session) -> None:
    request = make_request(session, make_programme(session))
    assert load(session, request.id).doses == ()
    with pytest.raises(UnknownRequest):
        load(session, request.id + 1)


def test_cancelled_appointments_are_shown_only_when_asked_for_and_never_signed(session: Session) -> None:
    request = booked(session)
    session.execute(
        update(Appointment)
        .where(Appointment.request_id == request.id)
        .values(status=AppointmentStatus.CANCELLED, stands=None)
    )
    assert load(session, request.id).doses == ()
    card = load(session, request.id, cancelled=True).signed_by(lambda dose: "never")
    assert [(dose.is_cancelled, dose.token) for dose in card.doses] == [(True, None), (True, None)]


def test_many_cards_keep_the_order_asked_for_and_cost_two_statements(session: Session) -> None:
    requests = [booked(session, family_name=name) for name in ("A", "B", "C", "D")]
    wanted = [requests[2].id, requests[0].id, -1, requests[3].id]
    session.expunge_all()
    statements: list[str] = []
    event.listen(session.connection(), "before_cursor_execute", lambda *given: statements.append(given[2]))
    cards = load_many(session, wanted)
    assert len(statements) == 2
    assert [card.request_id for card in cards] == [wanted[0], wanted[1], wanted[3]]
    assert all(len(card.doses) == 2 for card in cards)
