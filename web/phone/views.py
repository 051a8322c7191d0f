"""For those who take requests by phone: the citizen's own form, filled in for the caller."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from vaccination.domain.actor import Role
from web.access import allow
from web.layout import MenuEntry

bp = Blueprint("phone", __name__, url_prefix="/phone", template_folder="templates")
MENU = (MenuEntry(lazy_gettext("Requests by phone"), "phone.home", (Role.PHONE,), order=40),)


@bp.get("")
@allow(Role.PHONE)
def home() -> ResponseReturnValue:
    """Take a request, or find one again."""
    return render_template("phone/home.html")
