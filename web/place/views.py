"""My place explained: planned or not and why, and what I could change."""

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from vaccination.clock import now
from vaccination.db import snapshot
from vaccination.domain.requests import RequestStatus
from vaccination.readmodels import place_page
from vaccination.settings import Settings
from web.access import public
from web.kept_crowd import crowd_counter
from web.next_plan import next_plan_at
from web.own_actions import OwnAction
from web.public.grant import granted
from web.public.reasons import could_change, why_not_planned
from web.region_clock import local_today

bp = Blueprint("place", __name__, url_prefix="/appointments/mine/place", template_folder="templates")
FOR_CITIZENS = True
OWN_ACTIONS = (
    OwnAction(
        lazy_gettext("My place explained"),
        "place.explained",
        lambda _session, page: page.status in (RequestStatus.WAITING, RequestStatus.PLANNED),
        why=lazy_gettext("Why you have a place or not yet, and what you could change."),
        order=10,
    ),
)


@bp.get("")
@public
def explained() -> ResponseReturnValue:
    """What decided about my place, and what I could change."""
    moment = now()
    settings: Settings = current_app.config["SETTINGS"]
    with snapshot() as session:
        place = place_page.load(session, granted(moment), today=local_today(), count=crowd_counter())
    queue = place.page.queue
    return render_template(
        "place/explained.html",
        place=place,
        queue=queue,
        why_not=why_not_planned(queue.why_not) if queue else "",
        could_change=could_change(queue.change, queue.amount) if queue else "",
        next_plan_at=next_plan_at(settings, moment),
        timezone=settings.timezone,
    )
