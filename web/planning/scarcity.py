"""What was scarce in a plan, and what-ifs: pages that say where more would help, and confirm it."""

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.domain.actor import Role
from vaccination.readmodels import plan_prices, plan_summary
from vaccination.readmodels.plan_prices import Price, Scarcity
from vaccination.services.planning.what_if import (
    MOST_DOSES,
    MOST_SEATS,
    AskWhatIf,
    NoSuchPrice,
    ask_what_if,
    call_off_what_if,
)
from web.access import allow, current_actor
from web.forms import BLANK, Fields, FilledForm, filled, shows_again
from web.planning import price_figures
from web.planning.folders import archive_of
from web.queue import JobName, enqueue

LISTED = 10


def add_to(bp: Blueprint) -> None:
    """Hang the pages of prices into the blueprint of plans."""
    bp.add_url_rule("/<int:run_id>/prices", "prices", prices)
    bp.add_url_rule("/<int:run_id>/prices/progress", "what_if_progress", what_if_progress)
    bp.add_url_rule("/<int:run_id>/prices/stop", "stop_what_if", stop_what_if, methods=["POST"])
    bp.add_url_rule("/<int:run_id>/prices/<int:price_id>", "what_if", what_if)
    bp.add_url_rule("/<int:run_id>/prices/<int:price_id>", "send_what_if", send_what_if, methods=["POST"])


@allow(Role.AGENCY)
def prices(run_id: int) -> ResponseReturnValue:
    """Everything that was scarce, and the answers so far."""
    with snapshot() as session:
        run = plan_summary.load(session, run_id)
        scarcity = plan_prices.load(session, run)
    return render_template(
        "planning/prices.html", run=run, scarcity=scarcity, version=version(scarcity), most=LISTED,
        figures=price_figures.heat_maps(scarcity, run), has_folder=archive_of(run_id).exists(),
    )  # fmt: skip


@allow(Role.AGENCY)
def what_if_progress(run_id: int) -> ResponseReturnValue:
    """For the script of the live page: how the what-if stands."""
    with snapshot() as session:
        run = plan_summary.load(session, run_id)
        scarcity = plan_prices.load(session, run)
    at, live = version(scarcity), scarcity.live
    piece = None
    if request.args.get("seen") != at:
        piece = render_template("planning/what_if_live.html", run=run, live=live)
    status = live.status.value if live else "none"
    return jsonify(status=status, is_live=live is not None, version=at, piece=piece)


@allow(Role.AGENCY)
def what_if(run_id: int, price_id: int, form: FilledForm = BLANK) -> ResponseReturnValue:
    """The form: how many more, or fewer."""
    with snapshot() as session:
        run = plan_summary.load(session, run_id)
        scarcity = plan_prices.load(session, run)
    price = _chosen(scarcity, price_id)
    shown = form if form.values else filled(amount=price.usual, direction="more")
    return render_template("planning/what_if.html", run=run, price=price, form=shown)


@allow(Role.AGENCY)
@shows_again(what_if, what_if_is_live="")
def send_what_if(run_id: int, price_id: int) -> ResponseReturnValue:
    """Queue a what-if and go to watch it."""
    with transaction() as session:
        price = _chosen(plan_prices.load(session, plan_summary.load(session, run_id)), price_id)
        command = AskWhatIf(run_id, price_id, _amount(price))
        what_if_id = ask_what_if(session, command, now=now(), user_id=current_actor().user_id)
    enqueue(JobName.RUN_WHAT_IF, what_if_id)
    return redirect(url_for("planning.prices", run_id=run_id), 303)


@allow(Role.AGENCY)
def stop_what_if(run_id: int) -> ResponseReturnValue:
    """Call the what-if under way off."""
    with transaction() as session:
        call_off_what_if(session, run_id, now=now())
    flash(gettext("The what-if is called off."), "ok")
    return redirect(url_for("planning.prices", run_id=run_id), 303)


def _chosen(scarcity: Scarcity, price_id: int) -> Price:
    found = next((price for price in scarcity.prices if price.price_id == price_id), None)
    if found is None:
        raise NoSuchPrice
    return found


def _amount(price: Price) -> int:
    """Negative where it is fewer."""
    fields = Fields(request.form)
    most = MOST_DOSES if price.product else MOST_SEATS
    amount = fields.whole("amount", gettext("Write how many"), least=1, most=most)
    sign = fields.choice("direction", {"more": 1, "fewer": -1}, gettext("Say whether more or fewer"))
    fields.check()
    return sign * amount


def version(scarcity: Scarcity) -> str:
    """Changes whenever the page would."""
    live = scarcity.live
    return "none" if live is None else f"{live.status.value}-{live.what_if_id}-{int(live.seconds)}"
