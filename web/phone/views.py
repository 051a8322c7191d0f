"""For those who take requests by phone: importing this module hangs every route on the blueprint."""

from flask_babel import lazy_gettext

from vaccination.domain.actor import Role
from web.layout import MenuEntry
from web.phone import caller as caller
from web.phone import console as console
from web.phone.blueprint import bp as bp

MENU = (MenuEntry(lazy_gettext("Requests by phone"), "phone.home", (Role.PHONE,), order=40),)
