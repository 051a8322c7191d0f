"""People to call: the agents' list. A call is taken by one agent, and its end is said."""

from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.domain.actor import Role
from vaccination.domain.contacts import CallBackReason, CallBackStatus
from vaccination.readmodels import call_list
from vaccination.services.telling.call_backs import (
    AskCall,
    ask_call,
    end_call,
    give_call_back,
    note_no_answer,
    take_call,
)
from web.access import allow, current_actor
from web.forms import Fields, FilledForm, InvalidForm
from web.language import language
from web.layout import MenuEntry
from web.paging import asked_page
from web.phone.caller import caller_page
from web.phone.words import band_names

bp = Blueprint("callbacks", __name__, url_prefix="/phone/calls", template_folder="templates")
MENU = (MenuEntry(lazy_gettext("People to call"), "callbacks.home", (Role.PHONE,), order=41),)
REFUSALS = {
    "no_such_call": lazy_gettext("There is no such call to make."),
    "call_taken": lazy_gettext("A colleague is making this call, or has made it."),
    "no_number": lazy_gettext("There is no number at which this person could be called: enter one."),
}
REASONS = {
    CallBackReason.ASK: lazy_gettext("wants to ask for a vaccination"),
    CallBackReason.CHANGE: lazy_gettext("wants to change something"),
    CallBackReason.REPLACEMENT: lazy_gettext("has lost an appointment: make a new proposal"),
    CallBackReason.MESSAGE_BOUNCED: lazy_gettext("our message did not reach them: tell them"),
    CallBackReason.OTHER: lazy_gettext("wants to talk to somebody"),
}


@bp.get("")
@allow(Role.PHONE)
def home() -> ResponseReturnValue:
    """One's own calls first, then those that are due, then those to come."""
    moment = now()
    with snapshot() as session:
        calls = call_list.load(session, now=moment, user_id=current_actor().user_id, page=asked_page())
    return render_template(
        "callbacks/home.html", mine=calls.mine, due=[c for c in calls.others if c.due_at <= moment],
        later=[c for c in calls.others if c.due_at > moment], part=calls.part, reasons=REASONS,
        timezone=str(_zone()),
    )  # fmt: skip


@bp.post("/callers/<int:request_id>")
@allow(Role.PHONE)
def send_ask(request_id: int) -> ResponseReturnValue:
    """Put a caller on the list for later."""
    fields = Fields(request.form)
    phone = fields.optional_phone("call_phone")
    bands = {name: int(name) for name in band_names()}
    band = fields.choice("band", bands, gettext("Choose when to call"))
    try:
        fields.check()
    except InvalidForm as fault:
        return caller_page(request_id, form=FilledForm(request.form, fault.errors)), 400  # type: ignore[return-value]
    command = AskCall(CallBackReason.OTHER, request_id=request_id, phone=phone, band=band, locale=language())
    with transaction() as session:
        ask_call(session, command, now=now(), zone=_zone(), user_id=current_actor().user_id)
    flash(gettext("They are on the list of people to call."), "ok")
    return redirect(url_for("phone.caller_page", request_id=request_id), 303)


@bp.post("/<int:call_id>/take")
@allow(Role.PHONE)
def send_take(call_id: int) -> ResponseReturnValue:
    """I make this call."""
    with transaction() as session:
        take_call(session, call_id, now=now(), user_id=current_actor().user_id)
    return redirect(url_for("callbacks.home"), 303)


@bp.post("/<int:call_id>/done")
@allow(Role.PHONE)
def send_done(call_id: int) -> ResponseReturnValue:
    """Reached and settled."""
    with transaction() as session:
        end_call(session, call_id, now=now(), user_id=current_actor().user_id)
    flash(gettext("The call is done."), "ok")
    return redirect(url_for("callbacks.home"), 303)


@bp.post("/<int:call_id>/no-answer")
@allow(Role.PHONE)
def send_no_answer(call_id: int) -> ResponseReturnValue:
    """Nobody there."""
    with transaction() as session:
        status = note_no_answer(session, call_id, now=now(), zone=_zone(), user_id=current_actor().user_id)
    if status is CallBackStatus.GAVE_UP:
        flash(gettext("Nobody answered three times: the call is given up."), "warn")
    else:
        flash(gettext("The call is on the list again for tomorrow."), "ok")
    return redirect(url_for("callbacks.home"), 303)


@bp.post("/<int:call_id>/give-back")
@allow(Role.PHONE)
def send_give_back(call_id: int) -> ResponseReturnValue:
    """Not me after all."""
    with transaction() as session:
        give_call_back(session, call_id, now=now(), user_id=current_actor().user_id)
    return redirect(url_for("callbacks.home"), 303)


def _zone() -> ZoneInfo:
    return ZoneInfo(current_app.config["SETTINGS"].timezone)
