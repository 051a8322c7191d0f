"""For whoever has a request: write to the centre, read its answers, ask to be called."""

from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.queries.own_centres import own_centres
from vaccination.readmodels import conversations, request_page
from vaccination.services.telling.call_backs import ask_call
from vaccination.services.telling.threads import (
    has_unread_answer,
    note_call_wanted,
    note_read,
    write_to_centre,
)
from web.access import public
from web.contact.forms import PARTS_OF_DAY, SUBJECTS, parse_call, parse_letter
from web.forms import BLANK, FilledForm, shows_again
from web.limits import REQUESTS_SENT, limiter
from web.own_actions import OwnAction
from web.public.grant import granted

bp = Blueprint("contact", __name__, url_prefix="/appointments/mine", template_folder="templates")
FOR_CITIZENS = True


OWN_ACTIONS = (
    OwnAction(
        lazy_gettext("Read the answer"),
        "contact.conversation",
        lambda session, page: has_unread_answer(session, page.request_id),
        why=lazy_gettext("The centre has answered you."),
        order=5,
        pressing=True,
    ),
    OwnAction(
        lazy_gettext("Write to the centre"),
        "contact.conversation",
        lambda _session, _page: True,
        why=lazy_gettext("A question, or something that we should know?"),
        order=70,
    ),
    OwnAction(
        lazy_gettext("Ask to be called"),
        "contact.call",
        lambda _session, _page: True,
        why=lazy_gettext("You would rather talk to somebody?"),
        order=71,
    ),
)
REFUSALS = {
    "not_your_centre": lazy_gettext("Your appointments are at another centre by now: load the page again."),
    "no_such_thread": lazy_gettext("This conversation is no longer there."),
    "bad_line": lazy_gettext("Write something, in at most 2,000 characters."),
    "too_many_lines": lazy_gettext(
        "You have written a great deal today. Wait for the answer, or ask to be called."
    ),
    "no_number": lazy_gettext("Enter the number at which we can call you"),
}


@bp.get("/contact")
@public
def conversation(form: FilledForm = BLANK) -> ResponseReturnValue:
    """What was written to and fro, and the form to write."""
    request_id = granted(now())
    with snapshot() as session:
        centres = own_centres(session, request_id)
        said = conversations.of_request(session, request_id)
    named = {str(centre.id): centre.name for centre in centres}
    return render_template(
        "contact/conversation.html",
        form=form,
        centres=named,
        subjects={value: str(label) for value, label in SUBJECTS.items()},
        conversations=said,
        goes_on=any(one.is_open and str(one.centre_id) in named for one in said),
    )


@bp.post("/contact")
@public
@limiter.limit(REQUESTS_SENT)
@shows_again(conversation, too_many_lines="text", not_your_centre="centre_id")
def send() -> ResponseReturnValue:
    """Write to the centre; the same form sent twice is written once."""
    request_id = granted(now())
    with snapshot() as session:
        centres = own_centres(session, request_id)
    command = parse_letter(request.form, request_id, centres)
    with transaction() as session:
        write_to_centre(session, command, now=now())
    flash(gettext("Your message is at the centre. We tell you when an answer is here."), "ok")
    return redirect(url_for("contact.conversation"), 303)


@bp.post("/contact/read")
@public
def read() -> ResponseReturnValue:
    """The answer has been read: it no longer stands on top of one's page."""
    with transaction() as session:
        note_read(session, granted(now()))
    return redirect(url_for("public.own"), 303)


@bp.get("/call")
@public
def call(form: FilledForm = BLANK) -> ResponseReturnValue:
    """The form for being called."""
    parts = {value: str(label) for value, label in PARTS_OF_DAY.items()}
    return render_template("contact/call.html", form=form, has_phone=_has_phone(), parts=parts)


@bp.post("/call")
@public
@limiter.limit(REQUESTS_SENT)
@shows_again(call, no_number="phone")
def send_call() -> ResponseReturnValue:
    """Put the person on the list of calls; asked again, the newest wish holds."""
    request_id = granted(now())
    has_phone = _has_phone()
    with snapshot() as session:
        centre = next(iter(own_centres(session, request_id)), None)
    command = parse_call(request.form, request_id, centre.id if centre else None, has_phone=has_phone)
    zone = ZoneInfo(centre.timezone if centre else "Europe/Paris")
    with transaction() as session:
        ask_call(session, command, now=now(), zone=zone)
        if centre is not None:
            note_call_wanted(session, request_id, centre.id)
    flash(
        gettext("It is noted: we call you. If you change your mind, ask again: the last wish counts."), "ok"
    )
    return redirect(url_for("public.own"), 303)


def _has_phone() -> bool:
    with snapshot() as session:
        return request_page.has_phone(session, granted(now()))
