"""Sign in, sign out, change one's password."""

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from vaccination.domain.actor import Role
from web.access import allow, public
from web.forms import BLANK, FilledForm

bp = Blueprint("account", __name__, url_prefix="/account", template_folder="templates")


@bp.get("/sign-in")
@public
def sign_in(form: FilledForm = BLANK) -> ResponseReturnValue:
    """The page to sign in."""
    return render_template("account/sign_in.html", form=form)


@bp.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """Sign out."""
    return redirect("/", 303)


@bp.get("/password")
@allow(*Role)
def password(form: FilledForm = BLANK) -> ResponseReturnValue:
    """The page to change one's password."""
    return render_template("account/password.html", form=form)
