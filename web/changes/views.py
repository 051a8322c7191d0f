"""Changing one's own appointments: others out of what is left, a wish for the next plan, life outside."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.domain.serving import ChangedDoses
from vaccination.readmodels import appointment_card, change_page
from vaccination.readmodels.change_page import ChangePage
from vaccination.readmodels.request_page import Asked, RequestPage
from vaccination.services.appointments.change_wishes import WishToChange, wish_to_change, withdraw_wish
from vaccination.services.appointments.elsewhere import (
    GivenElsewhere,
    first_given_elsewhere,
    one_dose_is_enough,
)
from vaccination.services.appointments.holds import GONE
from web import queue
from web.access import public
from web.changes import missed as missed
from web.changes import second as second
from web.changes.blueprint import bp as bp
from web.changes.own import own_changes
from web.errors import sentence_of
from web.forms import BLANK, Fields, FilledForm, filled, shows_again
from web.next_plan import next_plan_at
from web.offers.choosing import code_of, hold_pressed, shown
from web.own_actions import OwnAction
from web.public.grant import granted
from web.queue import JobName
from web.region_clock import local_today

FOR_CITIZENS = True


def _when(question: Callable[[ChangePage], bool]) -> Asked:
    """Whether the request as it is now can be changed so; what is asked three times is read once."""

    def is_open(session: Any, page: RequestPage) -> bool:
        key = "changes", page.request_id
        if key not in session.info:
            session.info[key] = change_page.load(session, page.request_id, now=now())
        return question(session.info[key])

    return is_open


OWN_ACTIONS = (
    OwnAction(
        lazy_gettext("Choose another date"), "changes.missed", _when(lambda page: page.can_seek_again),
        why=lazy_gettext("You did not come to your appointment."), order=5, pressing=True,
    ),
    OwnAction(
        lazy_gettext("Change my appointments"), "changes.home", _when(lambda page: page.can_change),
        why=lazy_gettext("Another day or place? You keep what you have until the new one is there."),
        order=10,
    ),
    OwnAction(
        lazy_gettext("Tell us about a first dose given elsewhere"), "changes.elsewhere",
        _when(lambda page: page.can_be_elsewhere),
        why=lazy_gettext("You had your first dose somewhere else?"), order=60,
    ),
    OwnAction(
        lazy_gettext("Say that one dose is enough"), "changes.enough", _when(lambda page: page.can_be_enough),
        why=lazy_gettext("You have recovered, and a doctor says that one dose is enough?"), order=61,
    ),
    OwnAction(
        lazy_gettext("Cancel the second appointment"), "changes.second",
        _when(lambda page: page.can_give_back_second),
        why=lazy_gettext("You cannot come to the second appointment, on no day near it?"), order=89,
    ),
)  # fmt: skip

REFUSALS = {
    "nothing_missed": lazy_gettext(
        "No missed appointment waits for another date. Look at how it stands now."
    ),
    "no_second_to_give_back": lazy_gettext("The second appointment cannot be cancelled alone."),
    "no_appointment_to_change": lazy_gettext("None of these appointments is still to come."),
    "no_time_left": lazy_gettext("Tick at least one half-day on which you can come."),
    "too_late_to_change": lazy_gettext("This can no longer be changed here. Please call us."),
    "not_that_dose": lazy_gettext("The programme has no second dose that goes with this first one."),
    "no_single_dose": lazy_gettext("The programme has no vaccine of which one dose is enough for you."),
    "wrong_status": lazy_gettext("You are at the centre already: please ask there."),
}


def doses_named() -> dict[str, str]:
    """What may be changed, in words."""
    return {
        "first": gettext("The first dose"),
        "second": gettext("The second dose"),
        "both": gettext("Both doses"),
    }


@bp.get("/appointments/change")
@public
def home() -> ResponseReturnValue:
    """Which appointment to change. Nothing changes by looking."""
    page = own_changes()
    if not page.can_change:
        return redirect(url_for("public.own"), 303)
    names = doses_named()
    choices = {choice.value: names[choice.value] for choice in page.choices}
    with snapshot() as session:
        card = appointment_card.load(session, page.request_id)
    return render_template(
        "changes/home.html", page=page, card=card, choices=choices, names=names, form=BLANK,
        target=url_for(".others" if page.is_direct else ".wish"),
    )  # fmt: skip


@bp.get("/appointments/change/offers")
@public
def others() -> ResponseReturnValue:
    """Up to five others out of what is left, inside the interval."""
    page = own_changes()
    changed = _changed(page)
    if changed is None or not page.is_direct:
        return redirect(url_for(".home"), 303)
    return _offers(page, changed)


@bp.post("/appointments/change/offers")
@public
def choose() -> ResponseReturnValue:
    """Keep the other one; the old one stands until it is confirmed."""
    page = own_changes()
    changed = _changed(page)
    if changed is None or not page.is_direct:
        return redirect(url_for(".home"), 303)
    try:
        hold_pressed(page.request_id)
    except GONE as refusal:
        return _offers(page, changed, gone=sentence_of(refusal)), HTTPStatus.CONFLICT
    return redirect(url_for("offers.held"), 303)


def _offers(page: ChangePage, changed: ChangedDoses, gone: str = "") -> str:
    doses = changed.value
    return render_template(
        "changes/others.html", shown=shown(page.request_id, changed), code_of=code_of, gone=gone,
        changed=doses, names=doses_named(), action=url_for(".choose", doses=doses),
    )  # fmt: skip


@bp.get("/appointments/change/wish")
@public
def wish(form: FilledForm = BLANK) -> ResponseReturnValue:
    """When somebody could come instead; the wish that is open, if one is."""
    page = own_changes()
    changed = _changed(page)
    if page.is_direct or not page.can_change or (changed is None and page.wish is None):
        return redirect(url_for(".home"), 303)
    if form is BLANK:
        ticked = [n for n, band in enumerate(page.availability) if band == "1"]
        form = filled(times=ticked, away="")
    settings = current_app.config["SETTINGS"]
    return render_template(
        "changes/wish.html", page=page, form=form, changed=changed.value if changed else "",
        names=doses_named(), next_plan_at=next_plan_at(settings, now()), timezone=settings.timezone,
    )  # fmt: skip


@bp.post("/appointments/change/wish")
@public
@shows_again(wish, no_time_left="times", no_appointment_to_change="")
def send_wish() -> ResponseReturnValue:
    """Take part in the next plans; the appointments stand."""
    page = own_changes()
    fields = Fields(request.form)
    changed = _changed(page) or ChangedDoses.BOTH
    times = fields.bands("times", gettext("Tick at least one half-day on which you can come"))
    earliest = fields.day("earliest", gettext("Enter a day")) if fields.raw("earliest_day") else None
    fields.check()
    with transaction() as session:
        wish_to_change(session, page.request_id, WishToChange(changed, earliest, times), now=now())
    flash(gettext("We look for another one in the next plan. Until then your appointments stand."), "ok")
    return redirect(url_for("public.own"), 303)


@bp.post("/appointments/change/wish/withdraw")
@public
def send_withdraw() -> ResponseReturnValue:
    """Keep the appointments as they are."""
    with transaction() as session:
        withdraw_wish(session, granted(now()), now=now())
    flash(gettext("Your appointments stay as they are."), "ok")
    return redirect(url_for("public.own"), 303)


@bp.get("/appointments/first-dose")
@public
def elsewhere(form: FilledForm = BLANK) -> ResponseReturnValue:
    """Which first dose was given elsewhere, when and where."""
    page = own_changes()
    if not page.can_be_elsewhere:
        return redirect(url_for("public.own"), 303)
    return render_template("changes/elsewhere.html", page=page, form=form, products=_products(page))


@bp.post("/appointments/first-dose")
@public
@shows_again(elsewhere, not_that_dose="product", too_late_to_change="")
def send_elsewhere() -> ResponseReturnValue:
    """Owe the second dose only."""
    page = own_changes()
    fields = Fields(request.form)
    products = {product_id: int(product_id) for product_id in _products(page)}
    product = fields.choice("product", products, gettext("Choose the vaccine of your first dose"))
    given_on = fields.day("given", gettext("Enter the day of your first dose"))
    if given_on > local_today():
        fields.fault("given", gettext("The day of your first dose must be in the past"))
    fields.check()
    given = GivenElsewhere(product, given_on, fields.raw("place")[:200])
    with transaction() as session:
        stands = first_given_elsewhere(session, page.request_id, given, now=now())
    queue.enqueue(JobName.DELIVER_BATCH)
    if stands:
        flash(gettext("Thank you. Your second appointment stands; the first is cancelled."), "ok")
    else:
        flash(gettext("Thank you. Your request now waits for the second dose only."), "ok")
    return redirect(url_for("public.own"), 303)


@bp.get("/appointments/one-dose")
@public
def enough() -> ResponseReturnValue:
    """What it means that one dose is enough; nobody asks why."""
    page = own_changes()
    if not page.can_be_enough:
        return redirect(url_for("public.own"), 303)
    return render_template("changes/enough.html", page=page)


@bp.post("/appointments/one-dose")
@public
def send_enough() -> ResponseReturnValue:
    """Owe one dose only; a second that is booked goes back."""
    page = own_changes()
    if page.can_be_enough:
        with transaction() as session:
            one_dose_is_enough(session, page.request_id, now=now())
        queue.enqueue(JobName.DELIVER_BATCH)
        flash(gettext("Thank you. You need one dose only."), "ok")
    return redirect(url_for("public.own"), 303)


def _products(page: ChangePage) -> dict[str, str]:
    with snapshot() as session:
        return change_page.first_products(session, page.request_id)


def _changed(page: ChangePage) -> ChangedDoses | None:
    """Which doses the address names, if they can be changed."""
    named = request.args.get("doses", "")
    return next((choice for choice in page.choices if choice.value == named), None)
