"""The programme: what is given to whom, from when, and what makes one plan better than another."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.domain.actor import Role
from vaccination.readmodels import programme_rules
from vaccination.readmodels.programme_rules import ProgrammeRules
from vaccination.services.region.programmes import change_programme, create_programme, set_policy, set_serving
from web.access import allow, current_actor
from web.agency.sentences import beside_fields
from web.forms import BLANK, FilledForm, filled, filled_day, shows_again
from web.layout import MenuEntry
from web.programme import rules
from web.programme.forms import (
    filled_facts,
    filled_policy,
    filled_serving,
    parse_policy,
    parse_programme,
    parse_serving,
)
from web.programme.words import PRICE_WORDS, REMINDER_WORDS, SERVING_WORDS
from web.region_clock import local_today

bp = Blueprint("programme", __name__, url_prefix="/agency/programme", template_folder="templates")
MENU = (MenuEntry(lazy_gettext("Programme"), "programme.home", (Role.AGENCY,), order=25),)
REFUSALS = {
    "rule_code_taken": lazy_gettext("This code is in use already"),
    "programme_runs": lazy_gettext("Another programme is under way: one at a time."),
    "no_such_rule": lazy_gettext("This does not exist (any more)."),
}
rules.add_to(bp)


@bp.get("")
@allow(Role.AGENCY)
def home() -> ResponseReturnValue:
    """All rules on one page."""
    return render_template("programme/home.html", rules=_rules(), prices=PRICE_WORDS, ways=SERVING_WORDS)


@bp.get("/facts")
@allow(Role.AGENCY)
def facts(form: FilledForm = BLANK) -> ResponseReturnValue:
    """The form for names and dates."""
    stored = _rules()
    blank = filled(horizon_days=84, **filled_day("starts_on", local_today()))
    preset = filled_facts(stored.facts) if stored.facts else blank
    return render_template(
        "programme/facts.html", form=form if form.values else preset, is_new=stored.facts is None
    )


@bp.post("/facts")
@allow(Role.AGENCY)
@shows_again(facts, rule_code_taken="code", programme_runs="")
def send_facts() -> ResponseReturnValue:
    """Create the programme, or put it right."""
    command, user_id = parse_programme(request.form), current_actor().user_id
    with beside_fields(), transaction() as session:
        there = programme_rules.load(session).programme_id
        if there is None:
            create_programme(session, command, now=now(), user_id=user_id)
        else:
            change_programme(session, there, command, now=now(), user_id=user_id)
    flash(gettext("The programme is kept."), "ok")
    return redirect(url_for("programme.home"), 303)


@bp.get("/policy")
@allow(Role.AGENCY)
def policy(form: FilledForm = BLANK) -> ResponseReturnValue:
    """The form for weights and prices."""
    shown = form if form.values else filled_policy(_rules().policy)
    return render_template("programme/policy.html", form=shown, prices=PRICE_WORDS)


@bp.post("/policy")
@allow(Role.AGENCY)
@shows_again(policy)
def send_policy() -> ResponseReturnValue:
    """New prices, for plans from now on."""
    command = parse_policy(request.form)
    with beside_fields(), transaction() as session:
        there = programme_rules.load(session).programme_id
        set_policy(session, there or 0, command, now=now(), user_id=current_actor().user_id)
    flash(gettext("The policy is kept. Plans from now on follow it."), "ok")
    return redirect(url_for("programme.home"), 303)


@bp.get("/serving")
@allow(Role.AGENCY)
def serving(form: FilledForm = BLANK) -> ResponseReturnValue:
    """The form for how people are served and told."""
    shown = form if form.values else filled_serving(_rules().serving)
    reminders = {days: str(words) for days, words in REMINDER_WORDS.items()}  # a lazy text is no string there
    return render_template("programme/serving.html", form=shown, ways=SERVING_WORDS, reminders=reminders)


@bp.post("/serving")
@allow(Role.AGENCY)
@shows_again(serving)
def send_serving() -> ResponseReturnValue:
    """Serve and tell people in another way, from now on."""
    command = parse_serving(request.form)
    with beside_fields(), transaction() as session:
        there = programme_rules.load(session).programme_id
        set_serving(session, there or 0, command, now=now(), user_id=current_actor().user_id)
    flash(gettext("This is how people are served and told from now on."), "ok")
    return redirect(url_for("programme.home"), 303)


def _rules() -> ProgrammeRules:
    with snapshot() as session:
        return programme_rules.load(session)
