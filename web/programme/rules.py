"""Products, schedules, priority groups and phases: a form for each, to add one or put it right."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.domain.actor import Role
from vaccination.readmodels import disruption_list, programme_rules
from vaccination.readmodels.programme_rules import ProgrammeRules
from vaccination.services.region import programmes
from web.access import allow, current_actor
from web.agency.sentences import beside_fields
from web.forms import BLANK, FilledForm, filled, shows_again
from web.programme.forms import filled_facts, parse_group, parse_phase, parse_product, parse_schedule


def add_to(bp: Blueprint) -> None:
    """Hang the forms of rules into the blueprint of the programme."""
    for path, page, send in (
        ("products", product, send_product),
        ("schedules", schedule, send_schedule),
        ("groups", group, send_group),
    ):
        for rule, new in ((f"/{path}/new", True), (f"/{path}/<int:row_id>", False)):
            defaults = {"row_id": 0} if new else {}
            name = f"new_{page.__name__}" if new else page.__name__
            bp.add_url_rule(rule, name, page, defaults=defaults)
            bp.add_url_rule(rule, f"send_{name}", send, defaults=defaults, methods=["POST"])
    posts: tuple[tuple[str, Callable[..., ResponseReturnValue]], ...] = (
        ("/groups/<int:row_id>/phases", send_phase),
        ("/groups/<int:row_id>/phases/<int:phase_id>/remove", send_remove_phase),
    )
    for rule, view in posts:
        bp.add_url_rule(rule, view.__name__, view, methods=["POST"])


def _rules() -> ProgrammeRules:
    with snapshot() as session:
        return programme_rules.load(session)


@allow(Role.AGENCY)
def product(row_id: int, form: FilledForm = BLANK) -> ResponseReturnValue:
    """The form for a vaccine."""
    stored = filled_facts(_rules().product(row_id)) if row_id else filled(shelf_days=30)
    return render_template("programme/product.html", form=form if form.values else stored, row_id=row_id)


@allow(Role.AGENCY)
@shows_again(product, rule_code_taken="code")
def send_product(row_id: int) -> ResponseReturnValue:
    """Keep a vaccine."""
    facts, user_id = parse_product(request.form), current_actor().user_id
    with beside_fields(), transaction() as session:
        if row_id:
            programmes.change_product(session, row_id, facts, now=now(), user_id=user_id)
        else:
            programmes.create_product(session, facts, now=now(), user_id=user_id)
    return _home(gettext("The vaccine is kept."))


@allow(Role.AGENCY)
def schedule(row_id: int, form: FilledForm = BLANK) -> ResponseReturnValue:
    """The form for a schedule."""
    rules = _rules()
    stored = filled_facts(rules.schedule(row_id)) if row_id else BLANK
    products = {product_id: facts.name for product_id, facts in rules.products.items()}
    shown = form if form.values else stored
    return render_template(
        "programme/schedule.html", form=shown, row_id=row_id, products=products, ruled_out=_ruled_out(row_id)
    )


@allow(Role.AGENCY)
@shows_again(schedule, rule_code_taken="code")
def send_schedule(row_id: int) -> ResponseReturnValue:
    """Keep a schedule."""
    rules, user_id = _rules(), current_actor().user_id
    facts = parse_schedule(request.form, list(rules.products))
    with beside_fields(), transaction() as session:
        if row_id:
            programmes.change_schedule(session, row_id, facts, now=now(), user_id=user_id)
        else:
            programmes.create_schedule(session, rules.programme_id or 0, facts, now=now(), user_id=user_id)
    if not _ruled_out(row_id):
        return _home(gettext("The schedule is kept."))
    flash(gettext("The schedule is kept. Some people stand booked whom it no longer allows that."), "warn")
    return redirect(url_for("programme.schedule", row_id=row_id), 303)


@allow(Role.AGENCY)
def group(row_id: int, form: FilledForm = BLANK, **_: int) -> ResponseReturnValue:
    """The form for a priority group, and its phases."""
    found = _rules().group(row_id) if row_id else None
    stored = filled_facts(found.facts) if found else BLANK
    shown = form if form.values else stored
    return render_template("programme/group.html", form=shown, row_id=row_id, group=found)


@allow(Role.AGENCY)
@shows_again(group, rule_code_taken="code")
def send_group(row_id: int) -> ResponseReturnValue:
    """Keep a priority group."""
    facts, user_id = parse_group(request.form), current_actor().user_id
    with beside_fields(), transaction() as session:
        if row_id:
            programmes.change_priority_group(session, row_id, facts, now=now(), user_id=user_id)
        else:
            there = programme_rules.load(session).programme_id or 0
            row_id = programmes.create_priority_group(session, there, facts, now=now(), user_id=user_id)
    flash(gettext("The group is kept. Its phases say when it takes part in plans."), "ok")
    return redirect(url_for("programme.group", row_id=row_id), 303)


@allow(Role.AGENCY)
@shows_again(group)
def send_phase(row_id: int) -> ResponseReturnValue:
    """Call a group, from a day on."""
    starts_on, ends_on = parse_phase(request.form)
    with beside_fields(), transaction() as session:
        programmes.add_phase(session, row_id, starts_on, ends_on, now=now(), user_id=current_actor().user_id)
    flash(gettext("The phase is kept."), "ok")
    return redirect(url_for("programme.group", row_id=row_id), 303)


@allow(Role.AGENCY)
def send_remove_phase(row_id: int, phase_id: int) -> ResponseReturnValue:
    """Take a phase away."""
    with transaction() as session:
        programmes.remove_phase(session, phase_id, now=now(), user_id=current_actor().user_id)
    flash(gettext("The phase is gone."), "ok")
    return redirect(url_for("programme.group", row_id=row_id), 303)


def _ruled_out(row_id: int) -> int:
    """How many people stand booked whom this schedule no longer allows that; nobody by a new one."""
    with snapshot() as session:
        return disruption_list.no_longer_allowed(session, row_id, now()) if row_id else 0


def _home(words: str) -> ResponseReturnValue:
    flash(words, "ok")
    return redirect(url_for("programme.home"), 303)
