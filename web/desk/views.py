"""The desk of a centre: today's list, the scan page with its verdict, doses, search, the printed list."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext, ngettext

from reports.day_sheet import render
from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.domain.actor import Role
from vaccination.readmodels import day_sheet, desk_board, desk_person
from vaccination.readmodels.desk_board import Show
from vaccination.security.secrets import new_session_token
from vaccination.services.desk import check_in as desk_service
from vaccination.services.desk import day_list as desk_list
from vaccination.services.desk.steps import AtCentre
from vaccination.services.desk.vaccination import (
    record_not_vaccinated,
    record_vaccination,
    withdraw_vaccination,
)
from web.access import allow, centre_or_404, current_actor
from web.desk import words
from web.desk.forms import (
    day_in_address,
    parse_not_vaccinated,
    parse_scan,
    parse_search,
    parse_vaccination,
    parse_withdrawal,
)
from web.desk.station import STAFF, key_set, offer_for, remember_lot, says_conflict, station_of
from web.forms import BLANK, FilledForm, shows_again
from web.headers import scan_page
from web.language import language
from web.layout import MenuEntry

bp = Blueprint("desk", __name__, url_prefix="/desk", template_folder="templates")
MENU = (MenuEntry(lazy_gettext("Reception desk"), "desk.home", STAFF, order=40),)
REFUSALS = words.REFUSALS
_STEPS: dict[str, tuple[Callable[..., None], str]] = {
    "undo-check-in": (desk_service.undo_check_in, lazy_gettext("The check-in is undone.")),
    "absent": (desk_list.mark_absent, lazy_gettext("Marked as absent.")),
    "expected": (desk_list.undo_absence, lazy_gettext("Expected again.")),
}


# A global and not a context: the macros of person_parts.html need the words too.
bp.record_once(lambda state: state.app.jinja_env.globals.update(desk_words=words))


@bp.get("")
@allow(*STAFF)
def home() -> ResponseReturnValue:
    """Which centre? Whoever has only one is there at once."""
    with snapshot() as session:
        choices = desk_board.choices(session, current_actor().centre_ids(*STAFF), now=now())
    if len(choices) == 1:
        return redirect(url_for("desk.board", centre_id=choices[0].centre_id), 303)
    return render_template("desk/home.html", choices=choices)


@bp.get("/<int:centre_id>")
@allow(*STAFF)
def board(centre_id: int) -> ResponseReturnValue:
    """Today's list by slot."""
    centre_or_404(centre_id, *STAFF)
    asked = request.args.get("show", "")
    show = Show(asked) if asked in set(Show) else Show.TO_COME
    moment = now()
    with snapshot() as session:
        model = desk_board.load(session, centre_id, now=moment, show=show)
    return render_template("desk/board.html", board=model, at=moment, scan_uid=new_session_token())


@bp.get("/<int:centre_id>/scan")
@allow(*STAFF)
def scan(centre_id: int, form: FilledForm = BLANK) -> ResponseReturnValue:
    """The scan page, ready for the first person."""
    centre_or_404(centre_id, *STAFF)
    return _scan_page(centre_id, form=form)


@bp.post("/<int:centre_id>/scans")
@allow(*STAFF)
@shows_again(scan)
def send_scan(centre_id: int) -> ResponseReturnValue:
    """Judge a scan, a typed reference or a clicked line; the verdict has a page of its own."""
    centre_or_404(centre_id, *STAFF)
    command = parse_scan(request.form, centre_id)
    with transaction() as session:
        desk_service.check_in(session, command, now=now(), actor=current_actor(), keys=key_set())
    return redirect(url_for("desk.verdict", centre_id=centre_id, scan_uid=command.scan_uid), 303)


@bp.get("/<int:centre_id>/scans/<scan_uid>")
@allow(*STAFF)
def verdict(centre_id: int, scan_uid: str) -> ResponseReturnValue:
    """What came of a scan, and what to do next."""
    centre_or_404(centre_id, *STAFF)
    station = station_of(current_actor(), centre_id)
    with snapshot() as session:
        model = desk_person.load_verdict(session, centre_id, scan_uid)
    offer = offer_for(station, model.person) if model.person else None
    return _scan_page(centre_id, verdict=model, said=words.said(model), person=model.person, offer=offer)


@bp.get("/<int:centre_id>/appointments/<int:appointment_id>")
@allow(*STAFF)
def person(centre_id: int, appointment_id: int, form: FilledForm = BLANK) -> ResponseReturnValue:
    """A person of this centre, with what was done and what may be done."""
    centre_or_404(centre_id, *STAFF)
    station = station_of(current_actor(), centre_id)
    with snapshot() as session:
        model = desk_person.load(session, centre_id, appointment_id)
    return _scan_page(centre_id, person=model, offer=offer_for(station, model), form=form)


@bp.post("/<int:centre_id>/appointments/<int:appointment_id>/vaccinated")
@allow(Role.VACCINATOR)
@shows_again(person)
@says_conflict
def vaccinated(centre_id: int, appointment_id: int) -> ResponseReturnValue:
    """Record the dose."""
    centre_or_404(centre_id, Role.VACCINATOR)
    command = parse_vaccination(request.form, centre_id, appointment_id)
    with transaction() as session:
        record = record_vaccination(session, command, now=now(), actor=current_actor())
        remember_lot(record.product_id, record.lot_id)
    return _back_to(centre_id, appointment_id)


@bp.post("/<int:centre_id>/appointments/<int:appointment_id>/not-vaccinated")
@allow(Role.VACCINATOR)
@shows_again(person)
@says_conflict
def not_vaccinated(centre_id: int, appointment_id: int) -> ResponseReturnValue:
    """Note why no dose was given."""
    centre_or_404(centre_id, Role.VACCINATOR)
    command = parse_not_vaccinated(request.form, centre_id, appointment_id)
    with transaction() as session:
        record_not_vaccinated(session, command, now=now(), actor=current_actor())
    return _back_to(centre_id, appointment_id)


@bp.post("/<int:centre_id>/appointments/<int:appointment_id>/withdraw")
@allow(Role.VACCINATOR)
@shows_again(person)
@says_conflict
def withdraw(centre_id: int, appointment_id: int) -> ResponseReturnValue:
    """Take back what was recorded."""
    centre_or_404(centre_id, Role.VACCINATOR)
    command = parse_withdrawal(request.form, centre_id, appointment_id)
    with transaction() as session:
        withdraw_vaccination(session, command, now=now(), actor=current_actor())
    flash(gettext("The record is withdrawn. The person waits again."), "ok")
    return _back_to(centre_id, appointment_id)


@bp.post('/<int:centre_id>/appointments/<int:appointment_id>/<any("undo-check-in","absent","expected"):step>')
@allow(*STAFF)
@says_conflict
def take_step(centre_id: int, appointment_id: int, step: str) -> ResponseReturnValue:
    """Undo a check-in, mark as absent, or expect again."""
    centre_or_404(centre_id, *STAFF)
    verb, done = _STEPS[step]
    command = AtCentre(appointment_id, centre_id)
    with transaction() as session:
        verb(session, command, now=now(), actor=current_actor())
    flash(str(done), "ok")
    return _back_to(centre_id, appointment_id)


@bp.post("/<int:centre_id>/absent")
@allow(*STAFF)
def rest_absent(centre_id: int) -> ResponseReturnValue:
    """Close the list: who is an hour late did not attend."""
    centre_or_404(centre_id, *STAFF)
    with transaction() as session:
        count = desk_list.mark_rest_absent(session, centre_id, now=now(), actor=current_actor())
    flash(
        ngettext("%(num)s person is marked as absent.", "%(num)s persons are marked as absent.", count), "ok"
    )
    return redirect(url_for("desk.board", centre_id=centre_id, show=Show.DONE.value), 303)


@bp.get("/<int:centre_id>/find")
@allow(*STAFF)
def find(centre_id: int, form: FilledForm = BLANK) -> ResponseReturnValue:
    """Somebody stands there without paper."""
    centre_or_404(centre_id, *STAFF)
    return render_template("desk/find.html", centre_id=centre_id, form=form, lines=None)


@bp.post("/<int:centre_id>/find")
@allow(*STAFF)
@shows_again(find)
def send_find(centre_id: int) -> ResponseReturnValue:
    """Who was found: in this answer and not behind an address, for names stay out of addresses."""
    centre_or_404(centre_id, *STAFF)
    moment = now()
    with transaction() as session:
        command = parse_search(request.form, centre_id, moment.date())
        found = desk_list.find_people(session, command, now=moment, actor=current_actor())
        lines = desk_board.lines(session, centre_id, found)
        timezone = desk_service.desk_of(session, centre_id).timezone
    return render_template(
        "desk/find.html", centre_id=centre_id, form=FilledForm(request.form), lines=lines, timezone=timezone,
        scan_uid=new_session_token(),
    )  # fmt: skip


@bp.get("/<int:centre_id>/day-list.pdf")
@allow(*STAFF)
def day_list(centre_id: int) -> ResponseReturnValue:
    """The day on paper, for when the network is down."""
    centre_or_404(centre_id, *STAFF)
    moment = now()
    with transaction() as session:
        today = desk_service.desk_of(session, centre_id).day_of(moment)
        day = day_in_address(request.args.get("day"), today)
        desk_list.note_day_list(session, centre_id, day, now=moment, actor=current_actor())
        sheet = day_sheet.load(session, centre_id, day, now=moment)
    answer = Response(render(sheet, language()), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{day.isoformat()}.pdf"'
    return answer


def _scan_page(centre_id: int, form: FilledForm = BLANK, **shown: Any) -> ResponseReturnValue:
    """One page for all who scan: the line for the scanner above, what came of it below."""
    scan_page()
    with snapshot() as session:
        shown["centre_name"] = desk_board.name_of(session, centre_id)
    return render_template(
        "desk/scan.html", centre_id=centre_id, scan_uid=new_session_token(), form=form, **shown
    )


def _back_to(centre_id: int, appointment_id: int) -> ResponseReturnValue:
    """The person's page shows how things stand now."""
    return redirect(url_for("desk.person", centre_id=centre_id, appointment_id=appointment_id), 303)
