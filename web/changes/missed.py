"""Another date for whoever did not come to an appointment."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.readmodels import appointment_card
from vaccination.services.appointments.missed import NothingMissed, seek_after_missed
from web import queue
from web.access import public
from web.changes.blueprint import bp
from web.changes.own import own_changes
from web.queue import JobName


@bp.get("/appointments/missed")
@public
def missed() -> ResponseReturnValue:
    """What it means to seek another date: what is given back, and what comes next."""
    page = own_changes()
    if not page.can_seek_again:
        return redirect(url_for("public.own"), 303)
    with snapshot() as session:
        card = appointment_card.load(session, page.request_id)
    doses = {dose.dose_number: dose for dose in card.doses}
    return render_template(
        "changes/missed.html", page=page, dose=doses[page.missed or 1],
        also=doses.get(2) if page.missed == 1 else None,
    )  # fmt: skip


@bp.post("/appointments/missed")
@public
def send_missed() -> ResponseReturnValue:
    """Seek another date. Pressed twice, it is done once, and both are shown the same."""
    page = own_changes()
    try:
        with transaction() as session:
            seek_after_missed(session, page.request_id, now=now())
    except NothingMissed:
        return redirect(url_for("public.own"), 303)
    queue.enqueue(JobName.DELIVER_BATCH)
    if page.is_direct:
        flash(gettext("You can now choose another date."), "ok")
        return redirect(url_for("offers.home"), 303)
    flash(gettext("We look for another date for you in the next plan."), "ok")
    return redirect(url_for("public.own"), 303)
