"""Pages about the service itself: help, accessibility, personal information.

Prose of this length is a page for each language rather than a hundred entries of a catalogue.
"""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from web.access import public
from web.language import language

bp = Blueprint("about", __name__, template_folder="templates")


@bp.get("/help")
@public
def help_page() -> ResponseReturnValue:
    """How to ask, come, change and cancel, and whom to call."""
    return render_template(f"about/{language()}/help.html")


@bp.get("/accessibility")
@public
def accessibility() -> ResponseReturnValue:
    """The accessibility statement which French law asks for."""
    return render_template(f"about/{language()}/accessibility.html")


@bp.get("/privacy")
@public
def privacy() -> ResponseReturnValue:
    """What is kept about a person, why, how long, and their rights."""
    return render_template(f"about/{language()}/privacy.html")
