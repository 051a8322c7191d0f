"""One's own request: find it, see where it stands, print it, put it in one's calendar, cancel it."""

import hashlib
import hmac
from http import HTTPStatus

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from reports import appointment_card as paper
from reports import calendar
from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.domain.references import (
    BadReference,
    BadSecretCode,
    Reference,
    parse_reference,
    parse_secret_code,
)
from vaccination.domain.requests import RequestStatus
from vaccination.errors import NotFound
from vaccination.readmodels import request_page
from vaccination.readmodels.appointment_card import AppointmentCard
from vaccination.readmodels.hold_page import serving_of
from vaccination.readmodels.request_page import RequestPage
from vaccination.services.appointments.booking import cancel_request
from vaccination.services.asking.requests import NoSuchRequest, find_by_reference, secret_of
from vaccination.settings import Settings
from web import queue
from web.access import public
from web.cards import contact_of, signed_card
from web.forms import BLANK, Fields, FilledForm, shows_again
from web.kept_crowd import crowd_counter
from web.language import language
from web.limits import TRIES_TO_LOOK_UP, limiter
from web.next_plan import next_plan_at
from web.own_actions import listed_actions
from web.public.blueprint import bp
from web.public.grant import NotGranted, grant, granted, may_see_secret, revoke
from web.public.reasons import CANCEL_REASONS, cancel_reasons, could_change, why_not_planned
from web.queue import JobName
from web.region_clock import local_today

_TRIES_ON_ONE_REFERENCE = "10 per hour; 40 per day"


class NoAppointment(NotFound):
    """There is no appointment to print."""

    code = "no_appointment"


@bp.app_errorhandler(NotGranted)
def _ask_for_reference(_refusal: NotGranted) -> ResponseReturnValue:
    """Whoever comes to any page of their own request without having shown a reference, or too long ago."""
    return redirect(url_for("public.find"), 303)


def _one_reference() -> str:
    """A keyed digest of the reference that is tried: guesses are counted wherever they come from."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    typed = "".join(request.form.get("reference", "").split()).upper()
    return hmac.new(key, b"reference|" + typed.encode(), hashlib.sha256).hexdigest()[:24]


def _was_refused(answer: Response) -> bool:
    """Only guesses count: whoever opens their own request again and again is never locked out."""
    return answer.status_code != HTTPStatus.SEE_OTHER


@bp.get("/appointments")
@public
def find(form: FilledForm = BLANK) -> ResponseReturnValue:
    """Reference and secret code, or reference and birth date; a script fills them in from a link."""
    return render_template("public/find.html", form=form)


@bp.post("/appointments")
@public
@limiter.limit(TRIES_TO_LOOK_UP)
@limiter.limit(_TRIES_ON_ONE_REFERENCE, key_func=_one_reference, deduct_when=_was_refused)
@shows_again(find)
def open_request() -> ResponseReturnValue:
    """Open the request in this browser, if reference and secret or birth date are its own."""
    fields = Fields(request.form)
    reference = _reference(fields)
    secret = _secret(fields)
    needs_birth = not secret and "secret" not in fields.errors
    birth_date = fields.birth_day("birth", local_today()) if needs_birth else None
    fields.check()
    with snapshot() as session:
        try:
            request_id = find_by_reference(session, reference, secret=secret, birth_date=birth_date)
        except NoSuchRequest:
            sentence = gettext("We find no request with these: check each of them, letter by letter")
            fields.fault("reference", sentence)
    fields.check()
    grant(request_id, now(), shows_secret=False)
    return redirect(url_for("public.own"), 303)


@bp.get("/appointments/mine")
@public
def own() -> ResponseReturnValue:
    """Where my request stands, my appointments once I have them, and what I can do."""
    moment = now()
    with snapshot() as session:
        page = request_page.load(session, granted(moment), today=local_today(), count=crowd_counter())
        actions = [action for action in listed_actions() if action.is_open(session, page)]
        is_direct = serving_of(session, page.request_id).is_direct
    settings: Settings = current_app.config["SETTINGS"]
    return render_template(
        "public/own.html",
        page=page,
        card=signed_card(page.card, settings, now=moment),
        actions=actions,
        is_direct=is_direct,
        why_not=why_not_planned(page.queue.why_not) if page.queue else "",
        could_change=could_change(page.queue.change, page.queue.amount) if page.queue else "",
        next_plan_at=next_plan_at(settings, moment),
        timezone=settings.timezone,
    )


@bp.get("/request/done")
@public
def done() -> ResponseReturnValue:
    """The request has arrived: reference and secret code, to print or write down."""
    page, _card = _page_and_card()
    if not may_see_secret():
        return redirect(url_for("public.own"), 303)
    with snapshot() as session:
        is_direct = serving_of(session, page.request_id).is_direct
    settings: Settings = current_app.config["SETTINGS"]
    return render_template(
        "public/done.html",
        page=page,
        secret=secret_of(page.reference),
        is_direct=is_direct,
        next_plan_at=next_plan_at(settings, now()),
        timezone=settings.timezone,
    )


@bp.get("/appointments/mine/confirmation")
@public
def confirmation() -> ResponseReturnValue:
    """The confirmation as a page to read or print."""
    _page, card = _page_and_card()
    return render_template("public/confirmation.html", card=_with_doses(card))


@bp.get("/appointments/mine/confirmation.pdf")
@public
def confirmation_pdf() -> ResponseReturnValue:
    """The confirmation as a PDF of one page."""
    _page, card = _page_and_card()
    content = paper.render(_with_doses(card), language(), contact_of(current_app.config["SETTINGS"]))
    return _file(content, "application/pdf", f"{card.reference}.pdf")


@bp.get("/appointments/mine/calendar.ics")
@public
def calendar_file() -> ResponseReturnValue:
    """Both appointments for one's own calendar."""
    _page, card = _page_and_card()
    contact = contact_of(current_app.config["SETTINGS"])
    content = calendar.render(_with_doses(card), language(), contact, now=now())
    return _file(content, "text/calendar", f"{card.reference}.ics")


@bp.get("/appointments/mine/cancel")
@public
def cancel(form: FilledForm = BLANK) -> ResponseReturnValue:
    """Say what cancelling means, and ask for a reason that need not be given."""
    page, card = _page_and_card()
    if not page.can_cancel:
        return redirect(url_for("public.own"), 303)
    return render_template("public/cancel.html", form=form, page=page, card=card, reasons=cancel_reasons())


@bp.post("/appointments/mine/cancel")
@public
@shows_again(cancel)
def send_cancel() -> ResponseReturnValue:
    """Cancel the request and its appointments. Sent twice, it is cancelled once."""
    request_id = granted(now())
    fields = Fields(request.form)
    reason = fields.raw("reason")
    if reason not in CANCEL_REASONS:
        reason = ""
    with transaction() as session:
        if request_page.load(session, request_id, today=local_today()).status is not RequestStatus.CANCELLED:
            cancel_request(session, request_id, now=now(), reason=reason)
    queue.enqueue(JobName.DELIVER_BATCH)
    flash(gettext("Your request is cancelled. Your place goes to somebody else."), "ok")
    return redirect(url_for("public.own"), 303)


@bp.post("/appointments/leave")
@public
def leave() -> ResponseReturnValue:
    """Close the request in this browser: for a computer that others use."""
    revoke()
    return redirect(url_for("public.home"), 303)


def _page_and_card() -> tuple[RequestPage, AppointmentCard]:
    moment = now()
    with snapshot() as session:
        page = request_page.load(session, granted(moment), today=local_today(), count=crowd_counter())
    return page, signed_card(page.card, current_app.config["SETTINGS"], now=moment)


def _with_doses(card: AppointmentCard) -> AppointmentCard:
    if not card.doses:
        raise NoAppointment
    return card


def _reference(fields: Fields) -> Reference:
    typed = fields.text("reference", gettext("Enter your reference"))
    try:
        return parse_reference(typed)
    except BadReference:
        fields.fault(
            "reference", gettext("Check the reference: it has 10 letters and digits, like 7QK4 M2XW 8D")
        )
        return Reference("")


def _secret(fields: Fields) -> str:
    typed = fields.raw("secret")
    if not typed:
        if not any(fields.raw(f"birth_{part}") for part in ("day", "month", "year")):
            fields.fault("secret", gettext("Enter your secret code, or your date of birth"))
        return ""
    try:
        return parse_secret_code(typed)
    except BadSecretCode:
        fields.fault("secret", gettext("Check the secret code: it has 12 letters and digits"))
        return typed


def _file(content: bytes, media_type: str, name: str) -> Response:
    response = Response(content, mimetype=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
