"""Plans: start one, watch it, read its result, apply or discard it."""

from flask import Blueprint, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.domain.actor import Role
from vaccination.domain.planning import RunStatus
from vaccination.readmodels import plan_prices, plan_summary
from vaccination.readmodels.plan_summary import RunView
from vaccination.services.planning.runs import approve_plan, discard_plan, request_plan
from web.access import allow, current_actor
from web.forms import BLANK, FilledForm, shows_again
from web.layout import MenuEntry
from web.paging import asked_page
from web.planning import figures, folders, scarcity, words
from web.planning.forms import filled_plan, parse_plan
from web.queue import JobName, enqueue
from web.region_clock import local_today

WEEKS_SHOWN = 12

bp = Blueprint("planning", __name__, url_prefix="/agency/plans", template_folder="templates")
MENU = (MenuEntry(lazy_gettext("Plans"), "planning.home", (Role.AGENCY,), order=35),)
REFUSALS = {
    "plan_is_live": lazy_gettext("A plan is under way already: one at a time."),
    "run_not_there": lazy_gettext("The plan is no longer in that state. Load the page again."),
    "bad_plan_request": lazy_gettext("Too many days or seconds, or none."),
    "no_such_plan": lazy_gettext("There is no such plan."),
    "no_such_run": lazy_gettext("There is no such plan."),
    "no_such_programme": lazy_gettext("There is no programme yet."),
    "no_such_archive": lazy_gettext("This plan's folder is not kept on this machine."),
    "stale_attempt": lazy_gettext("Somebody else has started this plan again."),
    "what_if_is_live": lazy_gettext("A what-if is under way already: one at a time."),
    "no_such_price": lazy_gettext("The plan has no such price. Load the page again."),
    "bad_what_if": lazy_gettext("Too many, or none."),
    "nothing_to_change": lazy_gettext("The plan had no such seats or doses."),
}
folders.add_to(bp)
scarcity.add_to(bp)


@bp.app_context_processor
def _names() -> dict[str, object]:
    return {"plan_words": words}


@bp.get("")
@allow(Role.AGENCY)
def home() -> ResponseReturnValue:
    """The plans so far."""
    with snapshot() as session:
        runs = plan_summary.runs(session)
    return render_template("planning/home.html", runs=runs, most=plan_summary.RUNS_LISTED)


@bp.get("/new")
@allow(Role.AGENCY)
def new(form: FilledForm = BLANK) -> ResponseReturnValue:
    """The form for a plan."""
    with snapshot() as session:
        upcoming = plan_summary.next_plan(session, local_today())
    if upcoming is None:
        return redirect(url_for("programme.home"), 303)
    settings = current_app.config["SETTINGS"]
    shown = form if form.values else filled_plan(upcoming, settings.planner_seconds)
    return render_template("planning/new.html", upcoming=upcoming, form=shown)


@bp.post("/new")
@allow(Role.AGENCY)
@shows_again(new, plan_is_live="")
def send_new() -> ResponseReturnValue:
    """Queue a plan and go to watch it."""
    with transaction() as session:
        upcoming = plan_summary.next_plan(session, local_today())
        if upcoming is None:
            return redirect(url_for("programme.home"), 303)
        command = parse_plan(request.form, upcoming, local_today())
        run_id = request_plan(session, command, now=now(), user_id=current_actor().user_id)
    enqueue(JobName.RUN_PLAN, run_id)
    return redirect(url_for("planning.show", run_id=run_id), 303)


@bp.get("/<int:run_id>")
@allow(Role.AGENCY)
def show(run_id: int) -> ResponseReturnValue:
    """A run: its progress, or its result."""
    with snapshot() as session:
        run = plan_summary.load(session, run_id)
        load, given = plan_summary.load_of(session, run, WEEKS_SHOWN)
        scarce = plan_prices.load(session, run)
    filled = figures.doses_a_week(run, load, given) if run.summary else None
    return render_template(
        "planning/show.html", run=run, curve=figures.curve(run), filled=filled, load=load, given=given,
        has_folder=folders.archive_of(run_id).exists(), version=_version(run), scarcity=scarce,
    )  # fmt: skip


@bp.get("/<int:run_id>/progress")
@allow(Role.AGENCY)
def progress(run_id: int) -> ResponseReturnValue:
    """For the script of the live page: how things stand, and the piece of page that says so."""
    with snapshot() as session:
        run = plan_summary.load(session, run_id)
    version = _version(run)
    piece = None
    if request.args.get("seen") != version:
        piece = render_template("planning/live.html", run=run, curve=figures.curve(run))
    return jsonify(status=run.status.value, is_live=run.is_live, version=version, piece=piece)


@bp.get("/<int:run_id>/left-out")
@allow(Role.AGENCY)
def left_out(run_id: int) -> ResponseReturnValue:
    """Who is not planned, by reference, and why."""
    reason = request.args.get("reason", "")
    with snapshot() as session:
        run = plan_summary.load(session, run_id)
        people = plan_summary.left_out(session, run_id, reason, asked_page())
    return render_template("planning/left_out.html", run=run, people=people, reason=reason)


@bp.post("/<int:run_id>/apply")
@allow(Role.AGENCY)
def apply(run_id: int) -> ResponseReturnValue:
    """Approve a plan; a worker books it centre by centre."""
    with transaction() as session:
        approve_plan(session, run_id, now=now(), user_id=current_actor().user_id)
    enqueue(JobName.APPLY_PLAN, run_id)
    return redirect(url_for("planning.show", run_id=run_id), 303)


@bp.post("/<int:run_id>/discard")
@allow(Role.AGENCY)
def discard(run_id: int) -> ResponseReturnValue:
    """Forget a proposal, or call a run off."""
    with transaction() as session:
        discard_plan(session, run_id, now=now(), user_id=current_actor().user_id)
    flash(gettext("The plan is discarded. Nobody was told anything."), "ok")
    return redirect(url_for("planning.home"), 303)


def _version(run: RunView) -> str:
    """Changes whenever the page would."""
    steps = (run.status.value, len(run.curve), run.shares_done)
    if run.status is RunStatus.RUNNING and run.curve:
        steps += (int(run.curve[-1].seconds),)  # type: ignore[assignment]
    return "-".join(map(str, steps))
