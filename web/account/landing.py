"""Where people begin, by role."""

from flask import current_app, url_for

from vaccination.domain.actor import Actor
from web.access import access_of

# the first which this installation has and which the actor's roles open
_LANDINGS = ("agency.home", "phone.home", "desk.home", "centres.home", "stock.home", "proxies.home")


def landing_page(actor: Actor) -> str:
    """The page to which signing in leads; one's own password where there is nothing else to do."""
    for endpoint in _LANDINGS:
        access = access_of(current_app.view_functions.get(endpoint))
        if access is not None and actor.has(*access.roles):
            return url_for(endpoint)
    return url_for("account.password")
