"""Messages that did not arrive: what was done about each, and a way on where nothing was."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.domain.actor import Role
from vaccination.domain.messages import MessageChannel
from vaccination.readmodels import undelivered
from vaccination.services.telling.bounces import send_another_way
from web import queue
from web.access import allow, current_actor
from web.layout import MenuEntry
from web.paging import asked_page
from web.queue import JobName
from web.texts.words import CHANNEL_NAMES, KIND_NAMES
from web.undelivered.words import why_not

bp = Blueprint("undelivered", __name__, url_prefix="/undelivered", template_folder="templates")
_STAFF = (Role.AGENCY, Role.PHONE)
MENU = (MenuEntry(lazy_gettext("Undelivered"), "undelivered.home", _STAFF, order=55),)
REFUSALS = {
    "no_other_way": lazy_gettext("This person left nothing else by which we could reach them."),
    "no_such_message": lazy_gettext("There is no such message."),
}


@bp.get("")
@allow(*_STAFF)
def home() -> ResponseReturnValue:
    """What did not arrive in the last thirty days, and what the messages of that time came to."""
    with snapshot() as session:
        page = undelivered.load(session, now=now(), page=asked_page())
    return render_template(
        "undelivered/home.html",
        page=page,
        kinds=KIND_NAMES,
        channels=CHANNEL_NAMES,
        why_not=why_not,
    )


@bp.post("/<int:message_id>/on")
@allow(*_STAFF)
def send_on(message_id: int) -> ResponseReturnValue:
    """Send it by the next way that is open. Pressed twice, it goes once."""
    with transaction() as session:
        way = send_another_way(session, message_id, now=now(), user_id=current_actor().user_id)
    queue.enqueue(JobName.DELIVER_BATCH)
    if way is MessageChannel.PHONE:
        flash(gettext("This person is on the list of people to call."), "ok")
    else:
        flash(gettext("The message goes out again: %(channel)s.", channel=CHANNEL_NAMES[way]), "ok")
    return redirect(url_for("undelivered.home"), 303)
