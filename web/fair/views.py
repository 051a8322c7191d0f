"""How places are given: the rule in force, the numbers, the draws, and who got a place."""

from flask import Blueprint, Response, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from reports.tables import to_csv
from vaccination.clock import now
from vaccination.db import snapshot
from vaccination.domain.fair import all_age_bands
from vaccination.domain.planning import RunStatus
from vaccination.domain.requests import Channel
from vaccination.readmodels import fair_page, programme_state
from vaccination.settings import Settings
from web.access import public
from web.kept_crowd import crowd_counter
from web.layout import FooterLink
from web.next_plan import next_plan_at
from web.odds_file import read_odds
from web.region_clock import local_today

bp = Blueprint("fair", __name__, url_prefix="/fair", template_folder="templates")
FOR_CITIZENS = True
FOOTER = (FooterLink(lazy_gettext("How places are given"), "fair.rules", order=15),)

SHOWN_COMMUNES = 20
CHANNELS = {
    Channel.WEB.value: lazy_gettext("On this site"),
    Channel.PHONE.value: lazy_gettext("By phone"),
    Channel.TOWN_HALL.value: lazy_gettext("Through a town hall or another organisation"),
    Channel.IMPORT.value: lazy_gettext("From lists"),
}
STATES = {
    RunStatus.QUEUED: lazy_gettext("being made"),
    RunStatus.RUNNING: lazy_gettext("being made"),
    RunStatus.PROPOSED: lazy_gettext("being checked"),
    RunStatus.APPLYING: lazy_gettext("being put into practice"),
    RunStatus.APPLIED: lazy_gettext("in force"),
    RunStatus.DISCARDED: lazy_gettext("thrown away"),
    RunStatus.FAILED: lazy_gettext("came to nothing"),
}


@bp.get("")
@public
def rules() -> ResponseReturnValue:
    """The rule and the numbers in plain words."""
    settings: Settings = current_app.config["SETTINGS"]
    with snapshot() as session:
        page = fair_page.load(session)
        state = programme_state.load(session, crowd_counter())
    return render_template(
        "fair/rules.html",
        page=page,
        state=state,
        today=local_today(),
        next_plan_at=next_plan_at(settings, now()),
        timezone=settings.timezone,
    )


@bp.get("/draws")
@public
def draws() -> ResponseReturnValue:
    """The draws of the plans, and how anybody checks them."""
    with snapshot() as session:
        page = fair_page.load(session)
    timezone = current_app.config["SETTINGS"].timezone
    return render_template("fair/draws.html", page=page, states=STATES, timezone=timezone)


@bp.get("/draws.csv")
@public
def draws_file() -> Response:
    """Every draw there ever was, for whoever keeps the digests."""
    with snapshot() as session:
        rows = [
            (
                draw.run_id, draw.asked_at.isoformat(timespec="seconds"), draw.status.value, draw.digest,
                *((draw.revealed.seed, draw.revealed.salt) if draw.revealed else ("", "")),
            )
            for draw in fair_page.draws(session)
        ]  # fmt: skip
    header = ("run", "asked_at", "status", "digest", "seed", "salt")
    return _csv("draws.csv", to_csv(header, rows))


@bp.get("/odds")
@public
def odds() -> ResponseReturnValue:
    """Who asked and who was served, by channel, age and commune."""
    settings: Settings = current_app.config["SETTINGS"]
    return render_template(
        "fair/odds.html",
        odds=read_odds(settings.files_dir),
        channels=CHANNELS,
        ages={band: band.replace("-", "–").replace("00–", "0–") for band in all_age_bands()},
        communes=SHOWN_COMMUNES,
        timezone=settings.timezone,
    )


@bp.get("/odds.csv")
@public
def odds_file() -> Response:
    """The same figures, all of them."""
    counted = read_odds(current_app.config["SETTINGS"].files_dir)
    tables = counted.tables if counted else {}
    rows = [
        (kind, row.group, row.asked, "" if row.share is None else row.share)
        for kind, table in tables.items()
        for row in table.rows
    ]
    return _csv("odds.csv", to_csv(("by", "group", "asked", "share_served"), rows))


def _csv(name: str, content: str | bytes) -> Response:
    answer = Response(content, mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
