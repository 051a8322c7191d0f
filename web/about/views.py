"""Pages about the service itself: help, accessibility, personal information."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from web.access import public

bp = Blueprint("about", __name__, template_folder="templates")


@bp.get("/help")
@public
def help_page() -> ResponseReturnValue:
    """How to ask, come, change and cancel, and whom to call."""
    return render_template("about/help.html")


@bp.get("/accessibility")
@public
def accessibility() -> ResponseReturnValue:
    """The accessibility statement which French law asks for."""
    return render_template("about/accessibility.html")


@bp.get("/privacy")
@public
def privacy() -> ResponseReturnValue:
    """What is kept about a person, why, how long, and their rights."""
    return render_template("about/privacy.html")
