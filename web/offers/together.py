"""A household in a direct programme chooses for all of its members at once; whoever wants to, alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from http import HTTPStatus

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.errors import DomainError
from vaccination.readmodels import household_page
from vaccination.security.secrets import new_session_token
from vaccination.services.appointments.choosing import Choice
from vaccination.services.appointments.hold_taking import How
from vaccination.services.appointments.holds import GONE
from vaccination.services.appointments.household_holds import NotTheHousehold, hold_for_all
from vaccination.services.appointments.together import OfferForAll, five_for_all
from web.access import public
from web.errors import sentence_of
from web.offers.blueprint import bp
from web.offers.choosing import (
    NoSuchOffer,
    Shown,
    choice_of,
    code_of,
    is_number,
    kept_left,
    seen_after,
    seen_before,
)
from web.public.grant import granted

_BETWEEN = "+"  # in no name of a purpose
_LOST: tuple[type[DomainError], ...] = (*GONE, NotTheHousehold)


@bp.get("/appointments/offers/together")
@public
def together() -> ResponseReturnValue:
    """Up to five times a whole course for each who waits. Looking keeps nothing and changes nothing."""
    request_id = granted(now())
    with snapshot() as session:
        may = household_page.chooses_together(session, request_id)
    if not may:
        return redirect(url_for(".home"), 303)
    return _offers(request_id)


@bp.post("/appointments/offers/together")
@public
def choose_for_all() -> ResponseReturnValue:
    """Keep the places of all whose button was pressed; when somebody was quicker, say so and offer others."""
    request_id = granted(now())
    choices = choices_of(request.form.get("offer", ""))
    uid = request.form.get("form_uid", "")[:30]
    how = How(form_uid=f"{uid}.{choices[0][1].slot_ids[0]}" if uid else None)
    try:
        with transaction() as session:
            hold_for_all(session, request_id, choices, now=now(), how=how)
    except _LOST as refusal:
        with snapshot() as session:
            may = household_page.chooses_together(session, request_id)
        if not may:
            return redirect(url_for(".home"), 303)
        return _offers(request_id, gone=sentence_of(refusal)), HTTPStatus.CONFLICT
    return redirect(url_for(".held"), 303)


def code_for_all(offer: OfferForAll) -> str:
    """An offer for all as the value of a button."""
    return _BETWEEN.join(f"{request_id}:{code_of(choice)}" for request_id, choice in offer.choices)


def choices_of(text: str) -> Sequence[tuple[int, Choice]]:
    """The offer that was pressed; NoSuchOffer."""
    parts = [part.partition(":") for part in text[:1000].split(_BETWEEN)]
    if not all(is_number(request_id) for request_id, _, _ in parts):
        raise NoSuchOffer
    return [(int(request_id), choice_of(code)) for request_id, _, code in parts]


def _offers(request_id: int, gone: str = "") -> str:
    seen = seen_before()
    kept = kept_left()
    with snapshot() as session:
        offers = five_for_all(session, request_id, now=now(), after=seen, left=kept)
        names = household_page.names_of_waiting(session, request_id)
    shown = Shown(
        offers, seen_after(seen, [offer.first_slot_id for offer in offers]), not seen, new_session_token()
    )
    return render_template(
        "offers/together.html", shown=shown, names=names, own_name=names.get(request_id, ""),
        named=partial(named, names), code_of=code_for_all, gone=gone,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class NamedDose:
    """A dose of an offer for all, with whose it is."""

    name: str
    dose_number: int
    starts_at: datetime
    timezone: str
    centre_name: str
    town: str
    km: float


def named(names: Mapping[int, str], offer: OfferForAll) -> list[NamedDose]:
    """Who comes when, the earliest first."""
    doses = [
        NamedDose(
            names.get(request_id, ""), dose.dose_number, dose.starts_at, dose.timezone, dose.centre_name,
            dose.town, dose.km,
        )
        for request_id, one in offer.members
        for dose in one.doses
    ]  # fmt: skip
    return sorted(doses, key=lambda dose: dose.starts_at)
