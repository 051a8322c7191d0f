"""The gallery: every part on one page, for whoever works on them and for the accessibility test."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from web.access import public
from web.forms import FilledForm

bp = Blueprint("parts", __name__, template_folder="templates")
DENSITIES = ("citizen", "desk", "agency")


@bp.get("/parts")
@public
def gallery() -> ResponseReturnValue:
    """All parts; `?density=desk` shows them as the desk does."""
    asked = request.args.get("density", "")
    density = asked if asked in DENSITIES else "citizen"
    return render_template("parts_page/gallery.html", density=density, sample=FilledForm(), wrong=_WRONG)


_WRONG = FilledForm(
    MultiDict(
        {"wrong_name": "", "wrong_birth_day": "31", "wrong_birth_month": "2", "wrong_birth_year": "1948"}
    ),
    {"wrong_name": "Enter your family name", "wrong_birth": "This date does not exist"},
)
