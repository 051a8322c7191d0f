"""After a disruption: yes to the new proposal, something else, or a call; until then the old one stands."""

from functools import partial
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.readmodels import replacement_page
from vaccination.readmodels.replacement_page import ReplacementPage
from vaccination.services.appointments.holds import GONE
from vaccination.services.replacing import replacements
from vaccination.services.replacing.replacements import ReplacementGone
from web import queue
from web.access import public
from web.errors import sentence_of
from web.forms import BLANK, Fields, FilledForm, filled, shows_again
from web.offers.choosing import choice_of, code_of, seen_after, seen_before
from web.offers.together import choices_of, code_for_all, named
from web.own_actions import OwnAction
from web.public.grant import granted
from web.queue import JobName
from web.replacements.words import WHY, call_bands

bp = Blueprint("replacements", __name__, template_folder="templates")
FOR_CITIZENS = True


OWN_ACTIONS = (
    OwnAction(
        lazy_gettext("See what we propose, and answer"), "replacements.show",
        lambda session, page: replacement_page.load(session, page.request_id, now()) is not None,
        why=lazy_gettext("Your appointment cannot take place as planned."), order=0, pressing=True,
    ),
)  # fmt: skip
REFUSALS = {
    "no_replacement": lazy_gettext("There is nothing to answer any more: see your appointments below."),
    "replacement_gone": lazy_gettext("The proposed places are no longer kept. Please choose others."),
    "no_number": lazy_gettext("Enter the number at which we can call you"),
}


@bp.get("/appointments/mine/replacement")
@public
def show() -> ResponseReturnValue:
    """What cannot take place, what is proposed, and the ways on. Looking answers nothing."""
    page = _page()
    if page is None:
        return redirect(url_for("public.own"), 303)
    return render_template("replacements/show.html", page=page, why=WHY[page.kind])


@bp.post("/appointments/mine/replacement/accept")
@public
def send_accept() -> ResponseReturnValue:
    """Yes: the kept places are mine. Pressed twice, it is done once."""
    request_id = granted(now())
    if _page() is None:
        return redirect(url_for("public.own"), 303)
    try:
        with transaction() as session:
            people = replacements.accept(session, request_id, now=now())
    except ReplacementGone as refusal:
        return _others(gone=sentence_of(refusal)), HTTPStatus.CONFLICT
    return _changed(people)


@bp.get("/appointments/mine/replacement/others")
@public
def others() -> ResponseReturnValue:
    """Up to five other places, for a household that is kept places together or for oneself alone."""
    page = _page()
    if page is None:
        return redirect(url_for("public.own"), 303)
    return _others_together() if page.companions and "alone" not in request.args else _others()


@bp.post("/appointments/mine/replacement/others")
@public
def send_others() -> ResponseReturnValue:
    """Take the places whose button was pressed; when somebody was quicker, offer others."""
    request_id = granted(now())
    if _page() is None:
        return redirect(url_for("public.own"), 303)
    choice = choice_of(request.form.get("offer", ""))
    try:
        with transaction() as session:
            replacements.choose_other(session, request_id, choice, now=now())
    except GONE as refusal:
        return _others(gone=sentence_of(refusal)), HTTPStatus.CONFLICT
    return _changed()


@bp.post("/appointments/mine/replacement/others/together")
@public
def send_others_together() -> ResponseReturnValue:
    """Take the places of all whose button was pressed, for all of them or nobody."""
    request_id = granted(now())
    if _page() is None:
        return redirect(url_for("public.own"), 303)
    choices = choices_of(request.form.get("offer", ""))
    try:
        with transaction() as session:
            people = replacements.choose_together(session, request_id, choices, now=now())
    except GONE as refusal:
        return _others_together(gone=sentence_of(refusal)), HTTPStatus.CONFLICT
    return _changed(people)


@bp.get("/appointments/mine/replacement/call")
@public
def call(form: FilledForm = BLANK) -> ResponseReturnValue:
    """At which number, and in which part of the day."""
    page = _page()
    if page is None:
        return redirect(url_for("public.own"), 303)
    shown = form if form.values else filled(phone=page.phone, band="0")
    return render_template("replacements/call.html", page=page, form=shown, bands=call_bands())


@bp.post("/appointments/mine/replacement/call")
@public
@shows_again(call, no_number="phone")
def send_call() -> ResponseReturnValue:
    """Somebody calls; what is kept stays kept until its time."""
    request_id = granted(now())
    if _page() is None:
        return redirect(url_for("public.own"), 303)
    fields = Fields(request.form)
    phone = fields.phone("phone", gettext("Enter the number at which we can call you"))
    bands = {key: int(key) for key in call_bands()}
    band = fields.choice("band", bands, gettext("Choose when we may call you"))
    fields.check()
    with transaction() as session:
        replacements.ask_to_call(session, request_id, phone, band, now=now())
    flash(gettext("We will call you. Until then nothing changes."), "ok")
    return redirect(url_for("public.own"), 303)


def _page() -> ReplacementPage | None:
    moment = now()
    request_id = granted(moment)
    with snapshot() as session:
        return replacement_page.load(session, request_id, moment)


def _others(gone: str = "") -> str:
    seen = seen_before()
    with snapshot() as session:
        offers = replacements.others(session, granted(now()), now=now(), after=seen)
    shown = seen_after(seen, [offer.doses[0].slot_id for offer in offers])
    page = _page()
    return render_template(
        "replacements/others.html", offers=offers, seen=shown, is_first=not seen, gone=gone, code_of=code_of,
        is_household=page is not None and bool(page.companions),
    )  # fmt: skip


def _others_together(gone: str = "") -> str:
    seen, request_id = seen_before(), granted(now())
    with snapshot() as session:
        names = replacement_page.names(session, request_id)
        offers = replacements.others_together(session, request_id, now=now(), after=seen)
    if len(names) < 2:
        return _others(gone)
    return render_template(
        "replacements/together.html", offers=offers, is_first=not seen, gone=gone, code_of=code_for_all,
        named=partial(named, names), seen=seen_after(seen, [offer.first_slot_id for offer in offers]),
    )  # fmt: skip


def _changed(people: int = 1) -> ResponseReturnValue:
    queue.enqueue(JobName.DELIVER_BATCH)
    thanks = gettext("Thank you. Your new appointment is confirmed, the old one is cancelled.")
    if people > 1:
        thanks = gettext(
            "Thank you. The new appointments of all of you are confirmed, the old ones cancelled."
        )
    flash(thanks, "ok")
    return redirect(url_for("public.own"), 303)
