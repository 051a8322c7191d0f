"""Centres: the list, a centre's facts and weekly hours."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.domain.actor import Role
from vaccination.readmodels import centre_list, centre_sheet
from vaccination.services.region.centres import change_centre, open_centre, set_centre_open
from web.access import allow, centre_or_404, current_actor
from web.agency import figures
from web.agency.sentences import beside_fields
from web.centres import hours, sessions
from web.centres.forms import filled_centre, parse_centre
from web.forms import BLANK, FilledForm, filled, shows_again
from web.layout import MenuEntry

STAFF = (Role.AGENCY, Role.CENTRE_MANAGER)

bp = Blueprint("centres", __name__, url_prefix="/agency/centres", template_folder="templates")
MENU = (MenuEntry(lazy_gettext("Centres"), "centres.home", STAFF, order=20),)
REFUSALS = {
    "centre_unknown": lazy_gettext("There is no such centre."),
    "no_such_centre_sheet": lazy_gettext("There is no such centre."),
    "code_taken": lazy_gettext("Another centre has this code"),
    "session_unknown": lazy_gettext("There is no such session at this centre."),
    "seats_taken": lazy_gettext("More people are booked in some slots than that. Their seats stay theirs."),
    "bad_span": lazy_gettext("The last day must lie after the first."),
}
hours.add_to(bp)
sessions.add_to(bp)


@bp.get("")
@allow(*STAFF)
def home() -> ResponseReturnValue:
    """The centres that one may see."""
    with snapshot() as session:
        centres = centre_list.load(session, current_actor().centre_ids(*STAFF), now())
    return render_template("centres/home.html", centres=centres, is_agency=current_actor().has(Role.AGENCY))


@bp.get("/new")
@allow(Role.AGENCY)
def new(form: FilledForm = BLANK) -> ResponseReturnValue:
    """The form for a new centre."""
    shown = form if form.values else filled(timezone="Europe/Paris", wheelchair=True)
    return render_template("centres/facts.html", form=FilledForm(shown.values, form.errors), facts=None)


@bp.post("/new")
@allow(Role.AGENCY)
@shows_again(new, code_taken="code")
def send_new() -> ResponseReturnValue:
    """Open a centre; its hours are next."""
    command = parse_centre(request.form)
    with beside_fields(), transaction() as session:
        centre_id = open_centre(session, command, now=now(), user_id=current_actor().user_id)
    flash(gettext("The centre is there. Now its hours."), "ok")
    return redirect(url_for("centres.hours", centre_id=centre_id), 303)


@bp.get("/<int:centre_id>")
@allow(*STAFF)
def show(centre_id: int) -> ResponseReturnValue:
    """A centre at a glance."""
    centre_or_404(centre_id, *STAFF)
    with snapshot() as session:
        sheet = centre_sheet.load(session, centre_id, now())
    figure = figures.seats_a_week(sheet.weeks)
    is_agency = current_actor().has(Role.AGENCY)
    return render_template("centres/show.html", sheet=sheet, figure=figure, is_agency=is_agency)


@bp.get("/<int:centre_id>/change")
@allow(Role.AGENCY)
def change(centre_id: int, form: FilledForm = BLANK) -> ResponseReturnValue:
    """The form for a centre's facts."""
    with snapshot() as session:
        facts = centre_sheet.facts_of(session, centre_id)
    shown = form if form.values else filled_centre(facts)
    return render_template("centres/facts.html", form=shown, facts=facts)


@bp.post("/<int:centre_id>/change")
@allow(Role.AGENCY)
@shows_again(change, code_taken="code")
def send_change(centre_id: int) -> ResponseReturnValue:
    """Put a centre's facts right."""
    command = parse_centre(request.form)
    with beside_fields(), transaction() as session:
        change_centre(session, centre_id, command, now=now(), user_id=current_actor().user_id)
    flash(gettext("The centre is changed."), "ok")
    return redirect(url_for("centres.show", centre_id=centre_id), 303)


@bp.post("/<int:centre_id>/close")
@allow(Role.AGENCY)
def close(centre_id: int) -> ResponseReturnValue:
    """Leave a centre out of new plans."""
    return _set_open(centre_id, False)


@bp.post("/<int:centre_id>/reopen")
@allow(Role.AGENCY)
def reopen(centre_id: int) -> ResponseReturnValue:
    """Let a centre take part in plans again."""
    return _set_open(centre_id, True)


def _set_open(centre_id: int, is_open: bool) -> ResponseReturnValue:
    with transaction() as session:
        set_centre_open(session, centre_id, is_open, now=now(), user_id=current_actor().user_id)
    text = gettext("The centre takes part in plans again.") if is_open else gettext(
        "The centre takes no part in new plans. Appointments there stand."
    )  # fmt: skip
    flash(text, "ok")
    return redirect(url_for("centres.show", centre_id=centre_id), 303)
