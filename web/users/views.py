"""Accounts of staff: make one, give and take roles, a new password (shown once), close."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.domain.actor import Grant, Role
from vaccination.readmodels import stock_sheet, user_list
from vaccination.services.access.accounts import (
    CreateUser,
    NewUser,
    close_account,
    create_user,
    grant_role,
    reset_password,
    revoke_role,
)
from web.access import allow, current_actor
from web.forms import BLANK, Fields, FilledForm, InvalidForm, shows_again
from web.layout import MenuEntry
from web.presenters import ROLE_NAMES

bp = Blueprint("users", __name__, url_prefix="/agency/users", template_folder="templates")
MENU = (MenuEntry(lazy_gettext("Accounts"), "users.home", (Role.AGENCY,), order=60),)
REFUSALS = {
    "login_taken": lazy_gettext("Another account has this name to sign in with."),
    "no_such_user": lazy_gettext("There is no such account."),
    "agency_is_everywhere": lazy_gettext("The agency's role holds for the whole region: choose no centre."),
}


@bp.get("")
@allow(Role.AGENCY)
def home(form: FilledForm = BLANK, made: NewUser | None = None, **_: int) -> ResponseReturnValue:
    """All accounts, and the form for a new one."""
    with snapshot() as session:
        users = user_list.load(session)
        centres, _products = stock_sheet.choices(session)
    roles = {role.value: name for role, name in ROLE_NAMES.items()}
    return render_template(
        "users/home.html", users=users, centres=centres, roles=roles, form=form, made=made,
        role_names=ROLE_NAMES, own_id=current_actor().user_id,
    )  # fmt: skip


@bp.post("")
@allow(Role.AGENCY)
@shows_again(home, login_taken="login", agency_is_everywhere="centre_id")
def send_new() -> ResponseReturnValue:
    """Make an account; its password is on this answer and nowhere else."""
    fields = Fields(request.form)
    login = fields.text("login", gettext("Choose a name to sign in with"), longest=40)
    name = fields.text("display_name", gettext("Write the person's name"))
    grant = _grant(fields)
    fields.check()
    command = CreateUser(login=login, display_name=name, grants=(grant,))
    with transaction() as session:
        made = create_user(session, command, now=now(), actor=current_actor())
    return home(made=made)


@bp.post("/<int:user_id>/password")
@allow(Role.AGENCY)
def send_password(user_id: int) -> ResponseReturnValue:
    """A new password for somebody who lost theirs."""
    with transaction() as session:
        login = next((u.login for u in user_list.load(session) if u.user_id == user_id), "")
        made = reset_password(session, login, now=now(), actor=current_actor())
    return home(made=made)


@bp.post("/<int:user_id>/roles")
@allow(Role.AGENCY)
@shows_again(home, agency_is_everywhere="")
def send_role(user_id: int) -> ResponseReturnValue:
    """Give a role."""
    fields = Fields(request.form)
    grant = _grant(fields)
    fields.check()
    with transaction() as session:
        grant_role(session, user_id, grant, now=now(), actor=current_actor())
    flash(gettext("The role is given."), "ok")
    return redirect(url_for("users.home"), 303)


@bp.post("/<int:user_id>/roles/revoke")
@allow(Role.AGENCY)
@shows_again(home)
def send_revoke(user_id: int) -> ResponseReturnValue:
    """Take a role back; one's own last way in stays."""
    fields = Fields(request.form)
    grant = _grant(fields)
    fields.check()
    if user_id == current_actor().user_id and grant.role is Role.AGENCY:
        raise InvalidForm({"": gettext("You cannot take this role from yourself. Ask a colleague.")})
    with transaction() as session:
        revoke_role(session, user_id, grant, now=now(), actor=current_actor())
    flash(gettext("The role is taken back."), "ok")
    return redirect(url_for("users.home"), 303)


@bp.post("/<int:user_id>/close")
@allow(Role.AGENCY)
@shows_again(home)
def send_close(user_id: int) -> ResponseReturnValue:
    """Nobody signs in with this account any more."""
    if user_id == current_actor().user_id:
        raise InvalidForm({"": gettext("You cannot close your own account. Ask a colleague.")})
    with transaction() as session:
        close_account(session, user_id, now=now(), actor=current_actor())
    flash(gettext("The account is closed."), "ok")
    return redirect(url_for("users.home"), 303)


def _grant(fields: Fields) -> Grant:
    roles = {role.value: role for role in Role}
    role = fields.choice("role", roles, gettext("Choose the role"))
    centre_id = fields.optional_whole("centre_id", least=1)
    if role in (Role.AGENCY, Role.PHONE, Role.PROXY):
        return Grant(role, centre_id if role is Role.AGENCY else None)
    return Grant(role, centre_id)
