"""The agency's page of organisations: make one, give somebody there an account, stop one."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.domain.actor import Role
from vaccination.domain.organisations import OrganisationKind
from vaccination.readmodels import organisations as pages
from vaccination.services.access.accounts import NewUser
from vaccination.services.access.organisations import (
    OrganisationFacts,
    add_member,
    create_organisation,
    set_active,
)
from web.access import allow, current_actor
from web.forms import BLANK, Fields, FilledForm, shows_again
from web.proxies.blueprint import bp

KINDS = {
    OrganisationKind.TOWN_HALL: lazy_gettext("Town hall"),
    OrganisationKind.SOCIAL_SERVICE: lazy_gettext("Social service"),
    OrganisationKind.CARE_HOME: lazy_gettext("Care home"),
    OrganisationKind.DOCTOR: lazy_gettext("Doctor or pharmacy"),
}


@bp.get("/agency/organisations")
@allow(Role.AGENCY)
def organisations(form: FilledForm = BLANK, made: NewUser | None = None, **_: int) -> ResponseReturnValue:
    """All organisations, and the form for a new one."""
    with snapshot() as session:
        known = pages.load_all(session)
    return render_template(
        "proxies/organisations.html", organisations=known, form=form, made=made, kinds=KINDS,
        kind_options={kind.value: str(name) for kind, name in KINDS.items()},
        choices={str(o.organisation_id): o.name for o in known if o.is_active},
    )  # fmt: skip


@bp.post("/agency/organisations")
@allow(Role.AGENCY)
@shows_again(organisations, organisation_taken="code")
def send_organisation() -> ResponseReturnValue:
    """Make one."""
    fields = Fields(request.form)
    facts = OrganisationFacts(
        code=fields.text("code", gettext("Choose a short name"), longest=40),
        name=fields.text("name", gettext("Write the organisation’s name"), longest=200),
        kind=fields.choice("kind", {k.value: k for k in OrganisationKind}, gettext("Choose what it is")),
        town=fields.text("town", gettext("Write the town"), longest=100),
        postcode=fields.postcode("postcode", gettext("Write the postcode")),
        phone=fields.optional_phone("phone") or "",
    )
    fields.check()
    with transaction() as session:
        create_organisation(session, facts, now=now(), actor=current_actor())
    flash(gettext("The organisation is made. Now give somebody there an account."), "ok")
    return redirect(url_for("proxies.organisations"), 303)


@bp.post("/agency/organisations/members")
@allow(Role.AGENCY)
@shows_again(organisations, login_taken="login")
def send_member() -> ResponseReturnValue:
    """An account for somebody there; its password is on this answer and nowhere else."""
    fields = Fields(request.form)
    with snapshot() as session:
        known = {str(o.organisation_id): o.organisation_id for o in pages.load_all(session) if o.is_active}
    organisation_id = fields.choice("organisation", known, gettext("Choose the organisation"))
    name = fields.text("display_name", gettext("Write the person's name"))
    login = fields.text("login", gettext("Choose a name to sign in with"), longest=40)
    fields.check()
    with transaction() as session:
        made = add_member(session, organisation_id, login, name, now=now(), actor=current_actor())
    return organisations(made=made)


@bp.post("/agency/organisations/<int:organisation_id>/active")
@allow(Role.AGENCY)
@shows_again(organisations)
def send_active(organisation_id: int) -> ResponseReturnValue:
    """Stop it, or let it work again."""
    fields = Fields(request.form)
    is_active = fields.choice("active", {"0": False, "1": True}, gettext("Choose what it is"))
    fields.check()
    with transaction() as session:
        set_active(session, organisation_id, is_active=is_active, now=now(), actor=current_actor())
    flash(gettext("The organisation is changed."), "ok")
    return redirect(url_for("proxies.organisations"), 303)
