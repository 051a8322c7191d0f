"""Doses of the day at a centre: announce what would be lost, watch the answers, phone some people."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.domain.same_day import InvitationStatus
from vaccination.readmodels import desk_board, same_day_sheet
from vaccination.services.same_day.answers import accept, decline
from vaccination.services.same_day.calls import announce, close_call
from web import queue
from web.access import allow, centre_or_404, current_actor
from web.bells.same_day import ASK_WAVE
from web.desk.station import STAFF
from web.forms import BLANK, Fields, FilledForm, filled, shows_again
from web.layout import MenuEntry
from web.queue import JobName
from web.sameday import words
from web.sameday.forms import beside_fields, parse_announcement

bp = Blueprint("sameday", __name__, url_prefix="/desk", template_folder="templates")
MENU = (MenuEntry(lazy_gettext("Doses of the day"), "sameday.choose", STAFF, order=45),)
REFUSALS = words.REFUSALS
bp.context_processor(lambda: {"same_day_words": words})


@bp.get("/same-day")
@allow(*STAFF)
def choose() -> ResponseReturnValue:
    """Which centre? Whoever has only one is there at once."""
    with snapshot() as session:
        choices = desk_board.choices(session, current_actor().centre_ids(*STAFF), now=now())
    if len(choices) == 1:
        return redirect(url_for("sameday.home", centre_id=choices[0].centre_id), 303)
    return render_template("sameday/choose.html", choices=choices)


@bp.get("/<int:centre_id>/same-day")
@allow(*STAFF)
def home(centre_id: int, form: FilledForm = BLANK) -> ResponseReturnValue:
    """Announce doses; the calls of today."""
    centre_or_404(centre_id, *STAFF)
    with snapshot() as session:
        day = same_day_sheet.load(session, centre_id, now())
    shown = form if form.values else filled(until="18:00")
    return render_template("sameday/home.html", day=day, form=shown)


@bp.post("/<int:centre_id>/same-day")
@allow(*STAFF)
@shows_again(home, same_day_call_there="product_id")
def send_announce(centre_id: int) -> ResponseReturnValue:
    """Open a call; the first people are asked at once."""
    centre_or_404(centre_id, *STAFF)
    with snapshot() as session:
        day = same_day_sheet.load(session, centre_id, now())
    command = parse_announcement(request.form, day)
    with beside_fields(), transaction() as session:
        call_id = announce(session, command, now=now(), user_id=current_actor().user_id)
    queue.enqueue(ASK_WAVE, call_id)
    flash(gettext("The first people are being asked."), "ok")
    return redirect(url_for(".show", centre_id=centre_id, call_id=call_id), 303)


@bp.get("/<int:centre_id>/same-day/<int:call_id>")
@allow(*STAFF)
def show(centre_id: int, call_id: int) -> ResponseReturnValue:
    """How many have said yes, and whom to phone."""
    centre_or_404(centre_id, *STAFF)
    with snapshot() as session:
        day = same_day_sheet.load(session, centre_id, now())
        call = same_day_sheet.call_of(session, centre_id, call_id)
        people = same_day_sheet.to_phone(session, call_id)
    return render_template("sameday/show.html", day=day, call=call, people=people)


@bp.post("/<int:centre_id>/same-day/<int:call_id>/close")
@allow(*STAFF)
def close(centre_id: int, call_id: int) -> ResponseReturnValue:
    """Ask and take nobody more."""
    centre_or_404(centre_id, *STAFF)
    with transaction() as session:
        close_call(session, centre_id, call_id, now=now(), user_id=current_actor().user_id)
    flash(gettext("Nobody more is asked. Who has said yes comes."), "ok")
    return redirect(url_for(".show", centre_id=centre_id, call_id=call_id), 303)


@bp.post("/<int:centre_id>/same-day/<int:call_id>/answers/<int:invitation_id>")
@allow(*STAFF)
def send_answer(centre_id: int, call_id: int, invitation_id: int) -> ResponseReturnValue:
    """What somebody said on the phone."""
    centre_or_404(centre_id, *STAFF)
    fields = Fields(request.form)
    answers = {"yes": accept, "no": decline}
    said = fields.choice("answer", answers, gettext("Say what they answered"))
    fields.check()
    with transaction() as session:
        same_day_sheet.check_of_call(session, centre_id, call_id, invitation_id)
        done = said(session, invitation_id, now=now(), user_id=current_actor().user_id)
    queue.enqueue(JobName.DELIVER_BATCH)
    queue.enqueue(ASK_WAVE, call_id)
    flash(words.said(done.status), "ok" if done.status is InvitationStatus.ACCEPTED else "warn")
    return redirect(url_for(".show", centre_id=centre_id, call_id=call_id), 303)
