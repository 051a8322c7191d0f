"""The first page: what this is, ask, find one's request, and how the programme stands."""

from flask import current_app, render_template
from flask.typing import ResponseReturnValue

from vaccination.clock import now
from vaccination.db import snapshot
from vaccination.readmodels import programme_state
from web.access import public
from web.kept_crowd import crowd_counter
from web.next_plan import next_plan_at
from web.public.blueprint import bp
from web.public.draft import load_draft


@bp.get("/")
@public
def home() -> ResponseReturnValue:
    """The first page."""
    with snapshot() as session:
        state = programme_state.load(session, crowd_counter())
    settings = current_app.config["SETTINGS"]
    return render_template(
        "public/home.html",
        state=state,
        next_plan_at=next_plan_at(settings, now()),
        timezone=settings.timezone,
        has_draft=bool(load_draft(now()).pages),
    )
