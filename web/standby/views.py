"""Doses of the day for citizens: the list, the invitation behind a link, yes or no, the published rule."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.domain.requests import RequestStatus
from vaccination.domain.same_day import ASKED_A_DOSE, BAND_KM
from vaccination.readmodels import invitation_page, request_page
from vaccination.readmodels.invitation_page import InvitationPage
from vaccination.services.same_day import standby
from vaccination.services.same_day.answers import (
    NoSuchInvitation,
    accept,
    decline,
    invitation_of_token,
)
from vaccination.services.same_day.places import seen_course
from vaccination.services.same_day.standby import JoinStandby
from web import queue
from web.access import public
from web.bells.same_day import ASK_WAVE
from web.forms import BLANK, Fields, FilledForm, filled, shows_again
from web.layout import FooterLink
from web.limits import TRIES_TO_LOOK_UP, limiter
from web.own_actions import OwnAction
from web.public.grant import granted
from web.queue import JobName
from web.region_clock import local_today
from web.standby.words import distances, soon, ways_in_words

bp = Blueprint("standby", __name__, template_folder="templates")
FOR_CITIZENS = True
FOOTER = (FooterLink(lazy_gettext("Doses of the day"), "standby.rule", order=15),)
_OPENED = "invitation"
_OPEN_FOR = timedelta(hours=3)


OWN_ACTIONS = (
    OwnAction(
        lazy_gettext("Say whether you come"), "standby.answer",
        lambda db, page: invitation_page.open_one(db, page.request_id, now()) is not None,
        why=lazy_gettext("A dose is free today near you."), order=0, pressing=True,
    ),
    OwnAction(
        lazy_gettext("Come at short notice"), "standby.show",
        lambda _db, page: page.status is RequestStatus.WAITING,
        why=lazy_gettext("Doses are sometimes left at the end of a day, and would be lost."), order=40,
    ),
)  # fmt: skip
REFUSALS = {
    "no_such_invitation": lazy_gettext("We find no invitation with this code: check it letter by letter."),
    "not_on_standby": lazy_gettext("Only people who wait for a place can be on this list."),
    "invitation_ended": lazy_gettext("This invitation has ended in the meantime."),
}


@bp.get("/same-day")
@public
def rule() -> ResponseReturnValue:
    """Who is asked first, how many at a time, for how long."""
    return render_template("standby/rule.html", bands=BAND_KM, at_a_time=ASKED_A_DOSE)


@bp.get("/appointments/mine/standby")
@public
def show(form: FilledForm = BLANK) -> ResponseReturnValue:
    """The list: from how far, how soon, told how."""
    request_id = granted(now())
    with snapshot() as db:
        page = request_page.load(db, request_id, today=local_today())
        listed = invitation_page.standby(db, request_id)
        ways = standby.ways(db, request_id)
    if page.status is not RequestStatus.WAITING:
        return redirect(url_for("public.own"), 303)
    preset = filled(max_km=f"{listed.max_km:.0f}", minutes=listed.minutes_needed, by=listed.by.value) \
        if listed else filled(max_km="10", minutes="60", by=ways[0].value if ways else "")  # fmt: skip
    return render_template(
        "standby/show.html", form=form if form.values else preset, is_listed=listed is not None,
        distances=distances(), soon=soon(), ways=ways_in_words(ways), town=page.town,
    )  # fmt: skip


@bp.post("/appointments/mine/standby")
@public
@shows_again(show)
def send_join() -> ResponseReturnValue:
    """Join the list, or change what one says there."""
    request_id = granted(now())
    fields = Fields(request.form)
    with snapshot() as db:
        ways = {way.value: way for way in standby.ways(db, request_id)}
    km = fields.choice("max_km", {key: int(key) for key in distances()}, gettext("Choose how far you come"))
    minutes = fields.choice(
        "minutes", {key: int(key) for key in soon()}, gettext("Choose how soon you can come")
    )
    if not ways or fields.raw("by") not in ways:
        fields.fault("by", gettext("Choose how we may tell you"))
    fields.check()
    command = JoinStandby(request_id, float(km), minutes, ways[fields.raw("by")])
    with transaction() as db:
        standby.join(db, command, now=now())
    flash(gettext("You are on the list. When a dose is left near you, we ask you."), "ok")
    return redirect(url_for("public.own"), 303)


@bp.post("/appointments/mine/standby/leave")
@public
def send_leave() -> ResponseReturnValue:
    """Leave the list. The request waits for its place as before."""
    with transaction() as db:
        standby.leave(db, granted(now()), now=now())
    flash(gettext("You are no longer on the list. Your request goes on waiting for its place."), "ok")
    return redirect(url_for("public.own"), 303)


@bp.get("/today")
@public
def enter(form: FilledForm = BLANK) -> ResponseReturnValue:
    """Where the link of an invitation leads; a script fills in the code that stands after "#"."""
    return render_template("standby/enter.html", form=form)


@bp.post("/today")
@public
@limiter.limit(TRIES_TO_LOOK_UP)
@shows_again(enter, no_such_invitation="code")
def open_invitation() -> ResponseReturnValue:
    """Open the invitation in this browser; nothing is answered by that."""
    fields = Fields(request.form)
    code = fields.text("code", gettext("Enter the code of the message"), longest=60)
    fields.check()
    with snapshot() as db:
        invitation_id = invitation_of_token(db, code)
    session[_OPENED] = {"id": invitation_id, "at": int(now().timestamp())}
    return redirect(url_for(".answer"), 303)


@bp.get("/today/answer")
@public
def answer() -> ResponseReturnValue:
    """The invitation as it stands: to be answered, accepted, too late, over. Looking answers nothing."""
    moment, page = now(), _invitation()
    is_open = page.is_open(moment)
    with snapshot() as db:
        seen = seen_course(db, page.call_id, page.request_id, now=moment) if is_open else ()
    return render_template("standby/answer.html", page=page, is_open=is_open, seen=seen)


@bp.post("/today/yes")
@public
def send_yes() -> ResponseReturnValue:
    """I come. Pressed twice, it is one yes."""
    page = _invitation()
    with transaction() as db:
        accept(db, page.invitation_id, now=now())
    queue.enqueue(JobName.DELIVER_BATCH)
    return redirect(url_for(".answer"), 303)


@bp.post("/today/no")
@public
def send_no() -> ResponseReturnValue:
    """I do not come: somebody else is asked at once."""
    page = _invitation()
    with transaction() as db:
        decline(db, page.invitation_id, now=now())
    queue.enqueue(ASK_WAVE, page.call_id)
    return redirect(url_for(".answer"), 303)


def _invitation() -> InvitationPage:
    """The invitation that was opened in this browser by its link, else the one of the request open here."""
    kept, moment = session.get(_OPENED), now()
    if kept and moment.timestamp() - kept["at"] > _OPEN_FOR.total_seconds():
        kept = None
    request_id = 0 if kept else granted(moment)
    with snapshot() as db:
        found = int(kept["id"]) if kept else invitation_page.last_one(db, request_id, moment)
        page = invitation_page.load(db, found or 0)
    if page is None:
        raise NoSuchInvitation
    return page
