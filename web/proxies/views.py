"""Organisations that ask for people: importing this module hangs every route on the blueprint."""

from flask_babel import lazy_gettext

from vaccination.domain.actor import Role
from web.layout import MenuEntry
from web.proxies import agency as agency
from web.proxies import own as own
from web.proxies.blueprint import bp as bp

MENU = (
    MenuEntry(lazy_gettext("Organisations"), "proxies.organisations", (Role.AGENCY,), order=55),
    MenuEntry(lazy_gettext("People we ask for"), "proxies.home", (Role.PROXY,), order=40),
)
REFUSALS = {
    "no_such_organisation": lazy_gettext("There is no such organisation."),
    "organisation_taken": lazy_gettext("Another organisation has this short name."),
    "no_organisation": lazy_gettext(
        "Your account belongs to no organisation that is at work. Ask the agency."
    ),
    "not_their_request": lazy_gettext("We find no such request among those of your organisation."),
    "nobody_to_print": lazy_gettext("Nobody here has an appointment yet."),
}
