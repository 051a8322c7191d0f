"""A lot at a centre: its ledger, and what may happen to its doses."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.domain.actor import Role
from vaccination.domain.stock import MovementKind
from vaccination.readmodels import stock_sheet
from vaccination.services.region.stock import Shelf, allot, correct, expire, waste
from web.access import allow, centre_or_404, current_actor
from web.agency.sentences import beside_fields
from web.forms import BLANK, FilledForm, shows_again
from web.region_clock import local_today
from web.stock.forms import DELIVERIES, MOVEMENTS, parse_allotment, parse_count, parse_write_off

STAFF = (Role.AGENCY, Role.CENTRE_MANAGER)


def add_to(bp: Blueprint) -> None:
    """Hang the pages of lots into the blueprint of stock."""
    rule = "/centres/<int:centre_id>/lots/<int:lot_id>"
    bp.add_url_rule(rule, "lot", lot)
    for path, view in (("/write-off", send_write_off), ("/count", send_count), ("/allot", send_allotment)):
        bp.add_url_rule(rule + path, view.__name__, view, methods=["POST"])


@allow(*STAFF)
def lot(centre_id: int, lot_id: int, form: FilledForm = BLANK) -> ResponseReturnValue:
    """The lot at this centre."""
    centre_or_404(centre_id, *STAFF)
    with snapshot() as session:
        stock = stock_sheet.of_centre(session, centre_id, now(), lot_id)
        centres, _ = stock_sheet.choices(session)
    others = {row_id: name for row_id, name in centres.items() if row_id != centre_id}
    return render_template(
        "stock/lot.html", stock=stock, lot=stock.lots[0], form=form, centres=others, movements=MOVEMENTS,
        states=DELIVERIES, is_agency=current_actor().has(Role.AGENCY),
    )  # fmt: skip


@allow(*STAFF)
@shows_again(lot, no_dose_on_hand="doses")
def send_write_off(centre_id: int, lot_id: int) -> ResponseReturnValue:
    """Doses that are gone."""
    centre_or_404(centre_id, *STAFF)
    command = parse_write_off(request.form)
    verb = waste if command.kind is MovementKind.WASTED else expire
    with beside_fields(), transaction() as session:
        verb(
            session, _shelf(centre_id, lot_id), command.doses, command.note, now=now(),
            user_id=current_actor().user_id,
        )  # fmt: skip
    flash(gettext("The ledger is written."), "ok")
    return redirect(url_for("stock.lot", centre_id=centre_id, lot_id=lot_id), 303)


@allow(*STAFF)
@shows_again(lot)
def send_count(centre_id: int, lot_id: int) -> ResponseReturnValue:
    """Somebody counted."""
    centre_or_404(centre_id, *STAFF)
    counted, note = parse_count(request.form)
    with beside_fields({"doses": "counted", "note": "reason"}), transaction() as session:
        correct(session, _shelf(centre_id, lot_id), counted, note, now=now(), user_id=current_actor().user_id)
    flash(gettext("The ledger is written."), "ok")
    return redirect(url_for("stock.lot", centre_id=centre_id, lot_id=lot_id), 303)


@allow(Role.AGENCY)
@shows_again(lot, no_dose_on_hand="moved")
def send_allotment(centre_id: int, lot_id: int) -> ResponseReturnValue:
    """Doses go to another centre."""
    with beside_fields({"doses": "moved", "lot_id": "moved"}), transaction() as session:
        to_centre, doses = parse_allotment(request.form, stock_sheet.choices(session)[0])
        allot(
            session, _shelf(centre_id, lot_id), to_centre, doses, now=now(), user_id=current_actor().user_id
        )
    flash(gettext("The doses are moved."), "ok")
    return redirect(url_for("stock.lot", centre_id=centre_id, lot_id=lot_id), 303)


def _shelf(centre_id: int, lot_id: int) -> Shelf:
    return Shelf(centre_id, lot_id, local_today())
