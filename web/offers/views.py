"""Direct programmes: see what is left, have a pair kept for some minutes, confirm it."""

from http import HTTPStatus
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.errors import DomainError
from vaccination.readmodels import hold_page, household_page
from vaccination.readmodels.hold_page import serving_of
from vaccination.services.appointments.hold_rows import (
    HoldExpired,
    HoldReleased,
    HoldUsed,
    LongEnough,
    NoSuchHold,
    hold_of_token,
    token_of,
)
from vaccination.services.appointments.holds import GONE, confirm, extend, release
from web import queue
from web.access import public
from web.errors import sentence_of
from web.offers import together as together
from web.offers.blueprint import bp as bp
from web.offers.choosing import code_of, hold_pressed, minutes_left, shown
from web.own_actions import OwnAction
from web.public.grant import granted
from web.queue import JobName

FOR_CITIZENS = True
_LOST: tuple[type[DomainError], ...] = (HoldReleased, *GONE)


def _chooses_alone(session: Any, request_id: int) -> bool:
    may = serving_of(session, request_id).may_choose
    return may and not household_page.chooses_together(session, request_id)


OWN_ACTIONS = (
    OwnAction(
        lazy_gettext("Go on with the places that are kept for you"), "offers.held",
        lambda session, page: hold_page.is_held(session, page.request_id, now=now()),
        why=lazy_gettext("Places are kept for you for a few minutes."), order=1, pressing=True,
    ),
    OwnAction(
        lazy_gettext("Choose appointments for all of you"), "offers.together",
        lambda session, page: household_page.chooses_together(session, page.request_id),
        why=lazy_gettext("You asked together: you can choose the same days at the same centre."), order=2,
        pressing=True,
    ),
    OwnAction(
        lazy_gettext("Choose your appointments"), "offers.home",
        lambda session, page: _chooses_alone(session, page.request_id),
        why=lazy_gettext("You can choose among the places that are left."), order=2, pressing=True,
    ),
)  # fmt: skip

REFUSALS = {
    "slot_full": lazy_gettext("Somebody else has just taken this place."),
    "no_dose_left": lazy_gettext("Somebody else has just taken the last dose there."),
    "unfit_slots": lazy_gettext("This place can no longer be had."),
    "taken_just_now": lazy_gettext("Others are taking places there at this moment."),
    "no_such_offer": lazy_gettext("Choose one of the offers."),
    "not_waiting": lazy_gettext("Your request has its appointments already, or is cancelled."),
    "no_such_hold": lazy_gettext("Nothing is kept for you under this address."),
    "hold_expired": lazy_gettext("The time was over, and the places went back."),
    "hold_released": lazy_gettext("You gave these places back, or chose others."),
    "not_the_household": lazy_gettext("Somebody of your household has been served or has cancelled."),
    "hold_used": lazy_gettext("You have confirmed these places already."),
    "held_long_enough": lazy_gettext("The places cannot be kept any longer. Please decide now."),
}


@bp.get("/appointments/offers")
@public
def home() -> ResponseReturnValue:
    """Up to five pairs of what is left. Looking keeps nothing and changes nothing."""
    request_id = granted(now())
    with snapshot() as session:
        serving = serving_of(session, request_id)
    if not serving.may_choose:
        return redirect(url_for("public.own"), 303)
    return _offers(request_id)


@bp.post("/appointments/offers")
@public
def choose() -> ResponseReturnValue:
    """Keep the pair whose button was pressed; when somebody was quicker, say so and offer others."""
    request_id = granted(now())
    try:
        hold_pressed(request_id)
    except GONE as refusal:
        return _offers(request_id, gone=sentence_of(refusal)), HTTPStatus.CONFLICT
    return redirect(url_for(".held"), 303)


def _offers(request_id: int, gone: str = "") -> str:
    with snapshot() as session:
        has_others = household_page.chooses_together(session, request_id)
    return render_template(
        "offers/home.html", shown=shown(request_id), code_of=code_of, gone=gone, action=url_for(".choose"),
        has_others=has_others,
    )  # fmt: skip


@bp.get("/appointments/hold")
@public
def held() -> ResponseReturnValue:
    """What is kept for me, until when; or that its time is over."""
    moment = now()
    request_id = granted(moment)
    with snapshot() as session:
        page = hold_page.load(session, request_id)
        serving = serving_of(session, request_id)
    if page is not None and page.is_live(moment):
        return render_template(
            "offers/held.html", page=page, token=token_of(page.hold_id),
            minutes=minutes_left(page.expires_at, moment),
            seconds=int((page.expires_at - moment).total_seconds()),
        )  # fmt: skip
    if page is not None and page.is_over(moment):
        return render_template("offers/over.html", page=page, serving=serving)
    return redirect(url_for("public.own"), 303)


@bp.post("/appointments/hold/confirm")
@public
def send_confirm() -> ResponseReturnValue:
    """Make what is kept my appointments. Sent twice, it is confirmed once."""
    token = _own_token()
    try:
        with transaction() as session:
            confirm(session, token, now=now())
    except HoldExpired:
        return redirect(url_for(".held"), 303)
    except _LOST as refusal:
        return _back(refusal)
    queue.enqueue(JobName.DELIVER_BATCH)
    flash(gettext("It is confirmed. These are your appointments."), "ok")
    return redirect(url_for("public.own"), 303)


@bp.post("/appointments/hold/longer")
@public
def send_longer() -> ResponseReturnValue:
    """Some more minutes, as often as the programme allows."""
    token = _own_token()
    try:
        with transaction() as session:
            extend(session, token, now=now())
    except (HoldExpired, HoldReleased, HoldUsed, LongEnough) as refusal:
        return _back(refusal)
    flash(gettext("You have more time now."), "ok")
    return redirect(url_for(".held"), 303)


@bp.post("/appointments/hold/release")
@public
def send_release() -> ResponseReturnValue:
    """Give back what is kept: somebody else can have it at once."""
    token = _own_token()
    with transaction() as session:
        release(session, token, now=now())
    flash(gettext("The places went back. Nothing else has changed."), "ok")
    return redirect(url_for("public.own"), 303)


def _back(refusal: DomainError) -> ResponseReturnValue:
    flash(sentence_of(refusal), "warn")
    return redirect(url_for(".held"), 303)


def _own_token() -> str:
    """The token of the form, if it is of a hold of the request that is open in this browser."""
    token = request.form.get("token", "")
    request_id = granted(now())
    with snapshot() as session:
        if hold_of_token(session, token).request_id != request_id:
            raise NoSuchHold
    return token
