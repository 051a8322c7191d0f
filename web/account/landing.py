"""Where people begin, by role."""

from flask import current_app, url_for

from vaccination.domain.actor import Actor, Role

# the first which the actor holds and which this installation has
_LANDINGS = (
    (Role.AGENCY, "agency.home"),
    (Role.CENTRE_MANAGER, "centres.home"),
    (Role.DESK, "desk.home"),
    (Role.VACCINATOR, "desk.home"),
    (Role.PHONE, "phone.home"),
)


def landing_page(actor: Actor) -> str:
    """The page to which signing in leads."""
    for role, endpoint in _LANDINGS:
        if actor.has(role) and endpoint in current_app.view_functions:
            return url_for(endpoint)
    return url_for("account.password")
