"""A household that asked together: its references to take away, one page of all, and the way to each."""

from flask import Blueprint, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from vaccination.clock import now
from vaccination.db import snapshot
from vaccination.domain.requests import RequestStatus
from vaccination.errors import NotFound
from vaccination.readmodels import household_page
from vaccination.readmodels.household_page import HouseholdPage
from vaccination.services.asking.requests import secret_of
from web.access import public
from web.next_plan import next_plan_at
from web.own_actions import OwnAction
from web.public.grant import grant, granted, may_see_secret

bp = Blueprint("family", __name__, url_prefix="/family", template_folder="templates")
FOR_CITIZENS = True
OWN_ACTIONS = (
    OwnAction(
        lazy_gettext("See our household"),
        "family.home",
        lambda session, page: household_page.is_in_household(session, page.request_id),
        why=lazy_gettext("You asked together with others."),
        order=10,
    ),
)

REFUSALS = {"no_household": lazy_gettext("This request was not made together with others.")}
STATUS = {
    RequestStatus.WAITING: lazy_gettext("Waiting for a place"),
    RequestStatus.PLANNED: lazy_gettext("Appointments booked"),
    RequestStatus.COMPLETED: lazy_gettext("Vaccination complete"),
    RequestStatus.CANCELLED: lazy_gettext("Request cancelled"),
}


class NoHousehold(NotFound):
    """The request is of no household, or not of this one."""

    code = "no_household"


@bp.get("")
@public
def home() -> ResponseReturnValue:
    """Everybody of the household, and where each request stands."""
    request_id, page = _household()
    return render_template("family/home.html", page=page, status_words=STATUS, chooses=_chooses(request_id))


@bp.get("/done")
@public
def done() -> ResponseReturnValue:
    """The requests have arrived: a reference and a secret code for each, to print or write down."""
    request_id, page = _household()
    if not may_see_secret():
        return redirect(url_for("family.home"), 303)
    settings = current_app.config["SETTINGS"]
    return render_template(
        "family/done.html",
        page=page,
        secrets={member.request_id: secret_of(member.reference) for member in page.members},
        chooses=_chooses(request_id),
        next_plan_at=next_plan_at(settings, now()),
        timezone=settings.timezone,
    )


@bp.post("/open/<int:request_id>")
@public
def open_member(request_id: int) -> ResponseReturnValue:
    """To the own page of one of the household: who opened one request may open them all."""
    _own_id, page = _household()
    if not page.has(request_id):
        raise NoHousehold
    grant(request_id, now(), shows_secret=False)
    return redirect(url_for("public.own"), 303)


def _chooses(request_id: int) -> bool:
    """Whether they choose together, out of what is left."""
    with snapshot() as session:
        return household_page.chooses_together(session, request_id)


def _household() -> tuple[int, HouseholdPage]:
    request_id = granted(now())
    with snapshot() as session:
        page = household_page.load(session, request_id)
    if page is None:
        raise NoHousehold
    return request_id, page
