"""Pages about the service itself: help, accessibility, personal information.

Prose of this length is a page for each language rather than a hundred entries of a catalogue.
"""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from web.access import public
from web.language import language
from web.layout import FooterLink
from web.serving import is_direct

bp = Blueprint("about", __name__, template_folder="templates")
FOR_CITIZENS = True
FOOTER = (
    FooterLink(lazy_gettext("Help"), "about.help_page", order=10),
    FooterLink(lazy_gettext("Accessibility: not compliant"), "about.accessibility", order=20),
    FooterLink(lazy_gettext("Your personal information"), "about.privacy", order=30),
    FooterLink(lazy_gettext("Staff sign-in"), "account.sign_in", order=90, only_signed_out=True),
)


@bp.get("/help")
@public
def help_page() -> ResponseReturnValue:
    """How to ask, come, change and cancel, and whom to call."""
    return render_template(f"about/{language()}/help.html", is_direct=is_direct())


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
