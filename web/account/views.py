"""Sign in, sign out, change one's password."""

from http import HTTPStatus

from flask import Blueprint, flash, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.actor import Role
from vaccination.services.access.accounts import change_password
from vaccination.services.access.sign_in import OpenedSession, SignIn, SignInRefusal
from vaccination.services.access.sign_in import sign_in as check_sign_in
from vaccination.services.access.sign_in import sign_out as end_session
from web.access import allow, current_actor, own_page, public, signed_in
from web.account.forms import parse_password, parse_sign_in
from web.account.landing import landing_page
from web.forms import BLANK, FilledForm, InvalidForm, shows_again
from web.limits import TRIES_TO_SIGN_IN, limiter
from web.sign_in import drop_token, set_token, sign_in_token

bp = Blueprint("account", __name__, url_prefix="/account", template_folder="templates")
REFUSALS = {
    "login_taken": lazy_gettext("Somebody already has this login."),
    "no_such_user": lazy_gettext("There is no such account."),
    "weak_password": lazy_gettext("This password is too easy to guess: use at least 12 characters."),
    "wrong_password": lazy_gettext("This is not your present password."),
    "agency_is_everywhere": lazy_gettext("The agency's role holds for all centres."),
}
_SENTENCES = {
    SignInRefusal.WRONG: lazy_gettext("The login or the password is not right"),
    SignInRefusal.LOCKED: lazy_gettext(
        "Too many wrong passwords: wait a while, or ask the person who manages the accounts"
    ),
}
_FIELD_OF = {"wrong_password": "present", "weak_password": "new"}


@bp.get("/sign-in")
@public
def sign_in(form: FilledForm = BLANK) -> ResponseReturnValue:
    """The page to sign in."""
    person = signed_in()
    if person is not None:
        return redirect(landing_page(person.actor), HTTPStatus.SEE_OTHER)
    return render_template("account/sign_in.html", form=form, next=own_page(request.values.get("next")))


@bp.post("/sign-in")
@public
@limiter.limit(TRIES_TO_SIGN_IN)
@shows_again(sign_in)
def send_sign_in() -> ResponseReturnValue:
    """Check login and password; a new session each time, so that a planted one is worth nothing."""
    command = parse_sign_in(request.form)
    opened = _try(command)
    target = own_page(request.form.get("next")) or landing_page(opened.actor)
    response = make_response(redirect(target, HTTPStatus.SEE_OTHER))
    session.clear()
    set_token(response, opened.token)
    return response


@bp.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """End the session, here and on the server."""
    _end_session()
    response = make_response(redirect(url_for("account.sign_in"), HTTPStatus.SEE_OTHER))
    session.clear()
    drop_token(response)
    return response


@bp.get("/password")
@allow(*Role)
def password(form: FilledForm = BLANK) -> ResponseReturnValue:
    """The page to change one's password."""
    return render_template("account/password.html", form=form)


@bp.post("/password")
@allow(*Role)
@limiter.limit(TRIES_TO_SIGN_IN)
@shows_again(password, **_FIELD_OF)
def send_password() -> ResponseReturnValue:
    """Change it; everybody who is signed in with this account signs in again."""
    command = parse_password(request.form)
    with transaction() as db:
        change_password(db, command, now=now(), actor=current_actor())
    session.clear()
    flash(gettext("Your password is changed. Sign in with the new one."), "ok")
    response = make_response(redirect(url_for("account.sign_in"), HTTPStatus.SEE_OTHER))
    drop_token(response)
    return response


def _try(command: SignIn) -> OpenedSession:
    with transaction() as db:
        result = check_sign_in(db, command, now=now())
    if isinstance(result, SignInRefusal):
        raise InvalidForm({"login": str(_SENTENCES[result])})
    return result


def _end_session() -> None:
    token = sign_in_token()
    if token is not None:
        with transaction() as db:
            end_session(db, token, now=now())
