"""A centre's calendar of sessions, and a day slot by slot: close, reopen, change seats, add a session."""

from collections.abc import Callable
from datetime import date, timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.domain.actor import Role
from vaccination.readmodels import centre_sheet
from vaccination.services.region import sessions
from web.access import allow, centre_or_404, current_actor
from web.agency.sentences import beside_fields
from web.centres.forms import parse_run, parse_seats
from web.forms import BLANK, FilledForm, filled, shows_again
from web.region_clock import local_today

STAFF = (Role.AGENCY, Role.CENTRE_MANAGER)
WEEKS = 5


def add_to(bp: Blueprint) -> None:
    """Hang the calendar into the blueprint of centres."""
    day_rule = "/<int:centre_id>/days/<day>"
    rules: tuple[tuple[str, Callable[..., ResponseReturnValue]], ...] = (
        ("/seats/<int:clinic_id>", send_seats),
        ("/close/<int:clinic_id>", close_session),
        ("/reopen/<int:clinic_id>", reopen_session),
        ("/close", close_day),
        ("/reopen", reopen_day),
        ("/sessions", add_session),
    )
    bp.add_url_rule("/<int:centre_id>/calendar", "calendar", calendar)
    bp.add_url_rule(day_rule, "day", day_page)
    for path, view in rules:
        bp.add_url_rule(day_rule + path, view.__name__, view, methods=["POST"])


def day_in_address(text: str) -> date:
    """The day of the address; what is none is no page."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        abort(404)


@allow(*STAFF)
def calendar(centre_id: int) -> ResponseReturnValue:
    """Five weeks of sessions."""
    centre_or_404(centre_id, *STAFF)
    first = day_in_address(request.args.get("from") or local_today().isoformat())
    with snapshot() as session:
        facts = centre_sheet.facts_of(session, centre_id)
        weeks = centre_sheet.calendar(session, centre_id, first, WEEKS)
    monday = weeks[0][0].day
    return render_template(
        "centres/calendar.html", facts=facts, weeks=weeks, today=local_today(),
        earlier=monday - timedelta(7 * WEEKS), later=monday + timedelta(7 * WEEKS),
        form=filled(weeks=12),
    )  # fmt: skip


@allow(*STAFF)
def day_page(centre_id: int, day: str, form: FilledForm = BLANK, **_: int) -> ResponseReturnValue:
    """A day, slot by slot."""
    centre_or_404(centre_id, *STAFF)
    with snapshot() as session:
        facts = centre_sheet.facts_of(session, centre_id)
        shown = centre_sheet.day_of(session, centre_id, day_in_address(day))
    blank = filled(stations=4, minutes_per_dose=5, slot_minutes=10)
    fields = form if form.values else blank
    return render_template("centres/day.html", facts=facts, shown=shown, form=fields)


@allow(*STAFF)
@shows_again(day_page, seats_taken="seats")
def send_seats(centre_id: int, day: str, clinic_id: int) -> ResponseReturnValue:
    """Change the seats of each slot of a session."""
    centre_or_404(centre_id, *STAFF)
    seats = parse_seats(request.form)
    with beside_fields(), transaction() as session:
        sessions.change_seats(
            session, centre_id, clinic_id, seats, now=now(), user_id=current_actor().user_id
        )
    flash(gettext("The seats are changed."), "ok")
    return _back(centre_id, day)


@allow(*STAFF)
def close_session(centre_id: int, day: str, clinic_id: int) -> ResponseReturnValue:
    """Take nobody more in a session."""
    centre_or_404(centre_id, *STAFF)
    with transaction() as session:
        booked = sessions.close_session(
            session, centre_id, clinic_id, now=now(), user_id=current_actor().user_id
        )
    _say_closed(booked)
    return _back(centre_id, day)


@allow(*STAFF)
def reopen_session(centre_id: int, day: str, clinic_id: int) -> ResponseReturnValue:
    """Open a session again."""
    centre_or_404(centre_id, *STAFF)
    with transaction() as session:
        sessions.reopen_session(session, centre_id, clinic_id, now=now(), user_id=current_actor().user_id)
    flash(gettext("The session is open again."), "ok")
    return _back(centre_id, day)


@allow(*STAFF)
def close_day(centre_id: int, day: str) -> ResponseReturnValue:
    """Take nobody more on a day."""
    centre_or_404(centre_id, *STAFF)
    with transaction() as session:
        booked = sessions.close_day(
            session, centre_id, day_in_address(day), now=now(), user_id=current_actor().user_id
        )
    _say_closed(booked)
    return _back(centre_id, day)


@allow(*STAFF)
def reopen_day(centre_id: int, day: str) -> ResponseReturnValue:
    """Open a day's sessions again."""
    centre_or_404(centre_id, *STAFF)
    with transaction() as session:
        sessions.reopen_day(
            session, centre_id, day_in_address(day), now=now(), user_id=current_actor().user_id
        )
    flash(gettext("The day is open again."), "ok")
    return _back(centre_id, day)


@allow(*STAFF)
@shows_again(day_page)
def add_session(centre_id: int, day: str) -> ResponseReturnValue:
    """An extra session, beside the weekly hours."""
    centre_or_404(centre_id, *STAFF)
    on = day_in_address(day)
    run = parse_run(request.form, on.weekday())
    with beside_fields(), transaction() as session:
        sessions.add_session(session, centre_id, on, run, now=now(), user_id=current_actor().user_id)
    flash(gettext("The session is there."), "ok")
    return _back(centre_id, day)


def _say_closed(booked: int) -> None:
    words = gettext("Nobody more is taken.")
    if booked:
        words += " " + ngettext(
            "%(num)s person stands booked there still.", "%(num)s people stand booked there still.", booked
        )
    flash(words, "warn" if booked else "ok")


def _back(centre_id: int, day: str) -> ResponseReturnValue:
    return redirect(url_for("centres.day", centre_id=centre_id, day=day), 303)
