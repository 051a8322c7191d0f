"""Giving the second appointment back after the first dose was given."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.readmodels import appointment_card
from vaccination.services.appointments.second_doses import give_back_second
from web import queue
from web.access import public
from web.changes.blueprint import bp
from web.changes.own import own_changes
from web.forms import BLANK, Fields
from web.public.reasons import CANCEL_REASONS, cancel_reasons
from web.queue import JobName


@bp.get("/appointments/second-dose/cancel")
@public
def second() -> ResponseReturnValue:
    """What it means to give the second appointment back, and a reason that need not be given."""
    page = own_changes()
    if not page.can_give_back_second:
        return redirect(url_for("public.own"), 303)
    with snapshot() as session:
        card = appointment_card.load(session, page.request_id)
    return render_template(
        "changes/second.html", page=page, form=BLANK, reasons=cancel_reasons(),
        dose=next(dose for dose in card.doses if dose.dose_number == 2),
    )  # fmt: skip


@bp.post("/appointments/second-dose/cancel")
@public
def send_second() -> ResponseReturnValue:
    """Give it back. Sent twice, it is given back once."""
    page = own_changes()
    if page.can_give_back_second:
        reason = Fields(request.form).raw("reason")
        with transaction() as session:
            give_back_second(
                session, page.request_id, now=now(), reason=reason if reason in CANCEL_REASONS else ""
            )
        queue.enqueue(JobName.DELIVER_BATCH)
        if page.is_direct:
            flash(gettext("Your second appointment is cancelled. You can choose another one."), "ok")
        else:
            flash(
                gettext("Your second appointment is cancelled. We look for another in the next plan."), "ok"
            )
    return redirect(url_for("public.own"), 303)
