"""Stock: shelves of the region, deliveries, lots and ledger of a centre."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.domain.actor import Role
from vaccination.readmodels import region_state, stock_sheet
from vaccination.services.region.stock import (
    announce_delivery,
    cancel_delivery,
    quarantine_lot,
    receive_delivery,
)
from web.access import allow, centre_or_404, current_actor
from web.agency import figures
from web.agency.sentences import beside_fields
from web.forms import BLANK, FilledForm, filled, shows_again
from web.layout import MenuEntry
from web.region_clock import local_today
from web.stock import lots
from web.stock.forms import DELIVERIES, MOVEMENTS, blank_day, parse_delivery, parse_doses

STAFF = (Role.AGENCY, Role.CENTRE_MANAGER)

bp = Blueprint("stock", __name__, url_prefix="/agency/stock", template_folder="templates")
MENU = (MenuEntry(lazy_gettext("Stock"), "stock.home", STAFF, order=30),)
REFUSALS = {
    "delivery_unknown": lazy_gettext("There is no such delivery here."),
    "delivery_done": lazy_gettext("This delivery was received or cancelled before."),
    "delivery_there": lazy_gettext("The centre has a delivery of this lot from that day already."),
    "lot_unknown": lazy_gettext("There is no such lot."),
    "no_such_lot": lazy_gettext("This lot never lay at this centre."),
    "no_dose_on_hand": lazy_gettext("Fewer doses than that are on hand: count again, or correct the stock."),
    "lot_quarantined": lazy_gettext("This lot is set aside: nobody may use it."),
    "lot_expired": lazy_gettext("The last day of this lot has passed."),
    "nothing_to_return": lazy_gettext("No dose of this lot was used here."),
}  # fmt: skip
lots.add_to(bp)


@bp.get("")
@allow(*STAFF)
def home() -> ResponseReturnValue:
    """Every vaccine at every centre, and whether it will do."""
    mine = current_actor().centre_ids(*STAFF)
    with snapshot() as session:
        rows = stock_sheet.shelves(session, mine, now())
        doses = region_state.doses_by_week(session, local_today(), 12, mine)
        centres, products = stock_sheet.choices(session)
    product = request.args.get("product", "")
    shown = [row for row in rows if product in ("", str(row.product_id))]
    if request.args.get("missing"):
        shown = [row for row in shown if row.missing]
    return render_template(
        "stock/home.html", rows=shown, figure=figures.doses_a_week(doses), products=products,
        form=FilledForm(request.args), is_agency=current_actor().has(Role.AGENCY),
        own=[(i, name) for i, name in centres.items() if mine is None or i in mine],
    )  # fmt: skip


@bp.get("/deliveries/new")
@allow(Role.AGENCY)
def new_delivery(form: FilledForm = BLANK) -> ResponseReturnValue:
    """The form for a delivery."""
    with snapshot() as session:
        centres, products = stock_sheet.choices(session)
    preset = filled(centre_id=request.args.get("centre", ""), **blank_day(local_today()))
    shown = form if form.values else preset
    return render_template("stock/delivery.html", form=shown, centres=centres, products=products)


@bp.post("/deliveries/new")
@allow(Role.AGENCY)
@shows_again(new_delivery, delivery_there="lot_number")
def send_delivery() -> ResponseReturnValue:
    """Announce a delivery."""
    with beside_fields(), transaction() as session:
        command = parse_delivery(request.form, *stock_sheet.choices(session))
        announce_delivery(session, command, now=now(), user_id=current_actor().user_id)
    flash(gettext("The delivery is announced; plans count on it from its first day."), "ok")
    return redirect(url_for("stock.centre", centre_id=command.centre_id), 303)


@bp.get("/centres/<int:centre_id>")
@allow(*STAFF)
def centre(centre_id: int, form: FilledForm = BLANK, **_: int) -> ResponseReturnValue:
    """A centre's lots, deliveries and ledger."""
    centre_or_404(centre_id, *STAFF)
    with snapshot() as session:
        stock = stock_sheet.of_centre(session, centre_id, now())
    return render_template(
        "stock/centre.html", stock=stock, form=form, movements=MOVEMENTS, states=DELIVERIES,
        is_agency=current_actor().has(Role.AGENCY),
    )  # fmt: skip


@bp.post("/centres/<int:centre_id>/deliveries/<int:delivery_id>/receive")
@allow(*STAFF)
@shows_again(centre)
def send_receive(centre_id: int, delivery_id: int) -> ResponseReturnValue:
    """The vials are there."""
    centre_or_404(centre_id, *STAFF)
    doses = parse_doses(request.form)
    with beside_fields(), transaction() as session:
        receive_delivery(
            session, delivery_id, day=local_today(), now=now(), user_id=current_actor().user_id, doses=doses,
            centre_id=centre_id,
        )  # fmt: skip
    flash(gettext("The delivery is in stock."), "ok")
    return redirect(url_for("stock.centre", centre_id=centre_id), 303)


@bp.post("/centres/<int:centre_id>/deliveries/<int:delivery_id>/cancel")
@allow(Role.AGENCY)
def send_cancel(centre_id: int, delivery_id: int) -> ResponseReturnValue:
    """The vials will not come."""
    with transaction() as session:
        cancel_delivery(session, delivery_id, now=now(), user_id=current_actor().user_id)
    flash(gettext("The delivery is cancelled; plans no longer count on it."), "ok")
    return redirect(url_for("stock.centre", centre_id=centre_id), 303)


@bp.post("/centres/<int:centre_id>/lots/<int:lot_id>/quarantine")
@allow(Role.AGENCY)
def send_quarantine(centre_id: int, lot_id: int) -> ResponseReturnValue:
    """Set a lot aside everywhere, or release it."""
    is_quarantined = bool(request.form.get("aside"))
    with transaction() as session:
        quarantine_lot(
            session, lot_id, now=now(), user_id=current_actor().user_id, is_quarantined=is_quarantined
        )
    words = gettext("The lot is set aside: no centre may use it.")
    flash(words if is_quarantined else gettext("The lot may be used again."), "ok")
    return redirect(url_for("stock.lot", centre_id=centre_id, lot_id=lot_id), 303)
