"""The agency's first page: the region at a glance."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from vaccination.clock import now
from vaccination.db import snapshot
from vaccination.domain.actor import Role
from vaccination.readmodels import region_state
from web.access import allow
from web.agency import figures
from web.layout import MenuEntry

bp = Blueprint("agency", __name__, url_prefix="/agency", template_folder="templates")
MENU = (MenuEntry(lazy_gettext("The region"), "agency.home", (Role.AGENCY,), order=10),)


@bp.get("")
@allow(Role.AGENCY)
def home() -> ResponseReturnValue:
    """The state of the region, and what is wrong with it."""
    with snapshot() as session:
        state = region_state.load(session, now())
        doses = region_state.doses_by_week(session, state.today, region_state.WEEKS_SHOWN)
    drawn = (figures.seats_a_week(state.load.weeks), figures.doses_a_week(doses))
    return render_template("agency/home.html", state=state, figures=drawn)
