"""Easy-to-read pages: what the service is, how to ask, how to come or cancel.

Short sentences, one thought each, a picture beside each line. People with learning difficulties must read
them before anybody calls them "FALC" or shows the European logo: the accessibility statement says so.
"""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from web.access import public
from web.language import language
from web.layout import FooterLink
from web.serving import is_direct

bp = Blueprint("easy", __name__, url_prefix="/easy", template_folder="templates")
FOR_CITIZENS = True
FOOTER = (FooterLink(lazy_gettext("Easy to read"), "easy.home", order=5),)


@bp.get("")
@public
def home() -> ResponseReturnValue:
    """What the service is."""
    return render_template(f"easy/{language()}/home.html", is_direct=is_direct())


@bp.get("/ask")
@public
def ask() -> ResponseReturnValue:
    """How to ask for a vaccination."""
    return render_template(f"easy/{language()}/ask.html", is_direct=is_direct())


@bp.get("/come")
@public
def come() -> ResponseReturnValue:
    """How to come, and how to cancel."""
    return render_template(f"easy/{language()}/come.html")
