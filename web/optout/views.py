"""Doing without a kind of message: from one's own page, from a link in a mail, or by the mail program itself.

News of a change, a cut or an answer cannot be done without, and stays whatever is ticked here.
"""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.domain.messages import OPTIONAL_KINDS, MessageKind, group_of
from vaccination.domain.requests import RequestStatus
from vaccination.security.link_tokens import is_link_token
from vaccination.services.telling.opt_outs import choose, do_without, unwanted
from web.access import public
from web.csrf import csrf
from web.forms import BLANK, Fields
from web.own_actions import OwnAction
from web.public.grant import granted

bp = Blueprint("optout", __name__, template_folder="templates")
FOR_CITIZENS = True
_LIVE = (RequestStatus.WAITING, RequestStatus.PLANNED)
OWN_ACTIONS = (
    OwnAction(
        lazy_gettext("Choose my messages"),
        "optout.own",
        lambda _session, page: page.status in _LIVE,
        why=lazy_gettext("Too many reminders?"),
        order=70,
    ),
)
REFUSALS = {"not_optional": lazy_gettext("This kind of message is always sent: it tells of a change.")}

KINDS = {
    MessageKind.REMINDER_WEEK: lazy_gettext("a reminder 7 days before an appointment"),
    MessageKind.REMINDER_TWO_DAYS: lazy_gettext("a reminder 2 days before an appointment"),
    MessageKind.REMINDER_DAY: lazy_gettext("a reminder the day before an appointment"),
    MessageKind.INVITATION: lazy_gettext("a message when it is your group's turn"),
    MessageKind.SAME_DAY: lazy_gettext("a message when a place is free today, if you asked for it"),
}


@bp.get("/appointments/mine/messages")
@public
def own() -> ResponseReturnValue:
    """Which messages I get."""
    with snapshot() as session:
        without = unwanted(session, granted(now()))
    return _page(_wanted(without), url_for("optout.send_own"), url_for("public.own"))


@bp.post("/appointments/mine/messages")
@public
def send_own() -> ResponseReturnValue:
    """Keep what is ticked."""
    with transaction() as session:
        choose(session, granted(now()), _typed(), now=now())
    flash(gettext("Your choice is kept."), "ok")
    return redirect(url_for("public.own"), 303)


@bp.get("/fewer-messages/<int:request_id>/<kind>/<token>")
@public
def from_mail(request_id: int, kind: str, token: str) -> ResponseReturnValue:
    """The link of a mail: shows the choice, without the group of that mail; a button keeps it."""
    group = _group(request_id, kind, token)
    with snapshot() as session:
        without = unwanted(session, request_id) | set(group)
    action = url_for("optout.send_from_mail", request_id=request_id, kind=kind, token=token)
    return _page(_wanted(without), action, None)


@bp.post("/fewer-messages/<int:request_id>/<kind>/<token>")
@csrf.exempt  # type: ignore[untyped-decorator]
@public
def one_click(request_id: int, kind: str, token: str) -> ResponseReturnValue:
    """The mail program does it for its reader (RFC 8058): it has no cookie, and the token is all it needs."""
    group = _group(request_id, kind, token)
    if request.form.get("List-Unsubscribe") != "One-Click":
        abort(400)
    with transaction() as session:
        do_without(session, request_id, group, now=now())
    return Response(status=204)


@bp.post("/fewer-messages/<int:request_id>/<kind>/<token>/keep")
@public
def send_from_mail(request_id: int, kind: str, token: str) -> ResponseReturnValue:
    """Keep what is ticked."""
    _group(request_id, kind, token)
    with transaction() as session:
        choose(session, request_id, _typed(), now=now())
    return render_template("optout/kept.html", without=bool(_typed()))


def _page(wanted: list[str], action: str, back: str | None) -> ResponseReturnValue:
    kinds = {kind.value: str(name) for kind, name in KINDS.items()}
    return render_template(
        "optout/choose.html", kinds=kinds, wanted=wanted, action=action, back=back, no_form=BLANK
    )


def _wanted(without: frozenset[MessageKind]) -> list[str]:
    return [kind.value for kind in OPTIONAL_KINDS if kind not in without]


def _typed() -> list[MessageKind]:
    """What is not ticked."""
    kinds = {kind.value: kind for kind in OPTIONAL_KINDS}
    fields = Fields(request.form)
    ticked = fields.choices("wanted", kinds)
    fields.check()
    return [kind for kind in OPTIONAL_KINDS if kind not in ticked]


def _group(request_id: int, kind: str, token: str) -> tuple[MessageKind, ...]:
    """The kinds that go together with that of the mail; a link that we did not write leads nowhere."""
    known = {one.value: one for one in OPTIONAL_KINDS}
    if kind not in known or not is_link_token(token, "opt_out", request_id):
        abort(404)
    return group_of(known[kind])
