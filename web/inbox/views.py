"""A centre's inbox: what people write, and what it answers."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.domain.actor import Role
from vaccination.domain.contacts import ThreadStatus
from vaccination.readmodels import conversations
from vaccination.services.telling.threads import LONGEST_LINE, AnswerThread, answer_thread, close_thread
from web import queue
from web.access import allow, centre_or_404, current_actor
from web.forms import BLANK, Fields, FilledForm, shows_again
from web.layout import MenuEntry
from web.queue import JobName

STAFF = (Role.DESK, Role.CENTRE_MANAGER)
SUBJECTS = {
    "appointment": lazy_gettext("Appointment"),
    "papers": lazy_gettext("Papers"),
    "access": lazy_gettext("Way there and access"),
    "other": lazy_gettext("Something else"),
}
STATES = {
    ThreadStatus.OPEN: (lazy_gettext("waits for you"), "warn"),
    ThreadStatus.ANSWERED: (lazy_gettext("answered"), "ok"),
    ThreadStatus.CLOSED: (lazy_gettext("ended"), "plain"),
}

bp = Blueprint("inbox", __name__, url_prefix="/inbox", template_folder="templates")
MENU = (MenuEntry(lazy_gettext("Inbox"), "inbox.home", STAFF, order=45),)
REFUSALS = {
    "no_such_conversation": lazy_gettext("There is no such conversation at this centre."),
    "thread_closed": lazy_gettext("This conversation is closed."),
    "newer_line": lazy_gettext("The person has just written more: read it before you close."),
}


@bp.get("")
@allow(*STAFF)
def home() -> ResponseReturnValue:
    """Whoever has one centre is in its inbox at once; the others choose."""
    with snapshot() as session:
        choices = conversations.choices(session, current_actor().centre_ids(*STAFF))
    if len(choices) == 1:
        return redirect(url_for("inbox.centre", centre_id=choices[0].centre_id), 303)
    return render_template("inbox/home.html", choices=choices)


@bp.get("/<int:centre_id>")
@allow(*STAFF)
def centre(centre_id: int) -> ResponseReturnValue:
    """The conversations of a centre: what waits for an answer first."""
    centre_or_404(centre_id, *STAFF)
    closed = request.args.get("show") == "closed"
    with snapshot() as session:
        inbox = conversations.inbox(session, centre_id, closed=closed)
    return render_template("inbox/centre.html", inbox=inbox, closed=closed, subjects=SUBJECTS, states=STATES)


@bp.get("/<int:centre_id>/<int:thread_id>")
@allow(*STAFF)
def thread(centre_id: int, thread_id: int, form: FilledForm = BLANK) -> ResponseReturnValue:
    """One conversation, and the form to answer it."""
    centre_or_404(centre_id, *STAFF)
    with snapshot() as session:
        one = conversations.of_centre(session, centre_id, thread_id)
    return render_template("inbox/thread.html", one=one, form=form, subjects=SUBJECTS, states=STATES)


@bp.post("/<int:centre_id>/<int:thread_id>/answer")
@allow(*STAFF)
@shows_again(thread, thread_closed="text")
def answer(centre_id: int, thread_id: int) -> ResponseReturnValue:
    """Answer; the person is told that an answer waits, and nothing more."""
    centre_or_404(centre_id, *STAFF)
    fields = Fields(request.form)
    text = fields.text("text", gettext("Write the answer"), longest=LONGEST_LINE)
    seen = fields.whole("seen", gettext("Load the page again"))
    fields.check()
    command = AnswerThread(centre_id, thread_id, text, seen)
    with transaction() as session:
        answer_thread(session, command, now=now(), user_id=current_actor().user_id)
    queue.enqueue(JobName.DELIVER_BATCH)
    flash(gettext("Your answer is on the person’s page. They are told that it is there."), "ok")
    return redirect(url_for("inbox.centre", centre_id=centre_id), 303)


@bp.post("/<int:centre_id>/<int:thread_id>/close")
@allow(*STAFF)
@shows_again(thread, newer_line="")
def close(centre_id: int, thread_id: int) -> ResponseReturnValue:
    """Put a conversation away; the person may always begin a new one."""
    centre_or_404(centre_id, *STAFF)
    fields = Fields(request.form)
    seen = fields.whole("seen", gettext("Load the page again"))
    fields.check()
    with transaction() as session:
        close_thread(session, thread_id, centre_id, seen=seen, now=now(), user_id=current_actor().user_id)
    flash(gettext("The conversation is closed."), "ok")
    return redirect(url_for("inbox.centre", centre_id=centre_id), 303)
