"""A centre's weekly hours: the editor, and letting sessions follow it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.domain.actor import Role
from vaccination.readmodels import centre_sheet
from vaccination.services.region.centres import make_sessions, set_weekly_hours
from vaccination.services.region.sessions import renew_sessions
from web.access import allow, centre_or_404, current_actor
from web.agency.sentences import beside_fields
from web.centres.forms import filled_hours, parse_hours, parse_span, row_count, row_names
from web.forms import BLANK, FilledForm, shows_again
from web.region_clock import local_today, tomorrow

STAFF = (Role.AGENCY, Role.CENTRE_MANAGER)


def add_to(bp: Blueprint) -> None:
    """Hang the pages of hours into the blueprint of centres."""
    bp.add_url_rule("/<int:centre_id>/hours", "hours", hours)
    bp.add_url_rule("/<int:centre_id>/hours", "send_hours", send_hours, methods=["POST"])
    bp.add_url_rule("/<int:centre_id>/sessions", "send_sessions", send_sessions, methods=["POST"])


@allow(*STAFF)
def hours(centre_id: int, form: FilledForm = BLANK) -> ResponseReturnValue:
    """The editor: a row for each run of hours."""
    centre_or_404(centre_id, *STAFF)
    with snapshot() as session:
        sheet = centre_sheet.load(session, centre_id, now())
    shown = form if form.values else filled_hours(sheet.hours)
    return render_template("centres/hours.html", sheet=sheet, form=shown, rows=row_count(shown))


@allow(*STAFF)
@shows_again(hours)
def send_hours(centre_id: int) -> ResponseReturnValue:
    """Keep the hours; where asked, sessions from tomorrow on follow them."""
    centre_or_404(centre_id, *STAFF)
    week = parse_hours(request.form)
    moment, user_id = now(), current_actor().user_id
    with beside_fields(row_names(request.form)), transaction() as session:
        set_weekly_hours(session, centre_id, week, now=moment, user_id=user_id)
        sheet = centre_sheet.load(session, centre_id, moment)
        last = sheet.last_session_on
        if request.form.get("follow") and last and last >= tomorrow():
            done = renew_sessions(session, centre_id, tomorrow(), last, now=moment, user_id=user_id)
            _say_outside(done.people_outside)
    flash(gettext("The hours are kept."), "ok")
    return redirect(url_for("centres.show", centre_id=centre_id), 303)


def _say_outside(people: int) -> None:
    if people:
        words = ngettext(
            "%(num)s appointment lies outside the new hours. It stands until it is moved.",
            "%(num)s appointments lie outside the new hours. They stand until they are moved.",
            people,
        )
        flash(words, "warn")


@allow(*STAFF)
def send_sessions(centre_id: int) -> ResponseReturnValue:
    """Make the sessions of the weeks ahead."""
    centre_or_404(centre_id, *STAFF)
    first, last = parse_span(request.form, local_today())
    with transaction() as session:
        made = make_sessions(session, centre_id, first, last, now=now(), user_id=current_actor().user_id)
    words = ngettext(
        "%(num)s session was made.", "%(num)s sessions were made.", made.sessions
    ) if made.sessions else gettext("Every day of these weeks had its sessions already.")  # fmt: skip
    flash(words, "ok")
    return redirect(url_for("centres.calendar", centre_id=centre_id), 303)
