"""Odds by channel: whether who calls or asks at the town hall has the same chances as who clicks."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from vaccination.db import snapshot
from vaccination.domain.actor import Role
from vaccination.readmodels import channel_odds
from web.access import allow
from web.layout import MenuEntry
from web.phone.words import CHANNELS

bp = Blueprint("channels", __name__, url_prefix="/agency/channels", template_folder="templates")
MENU = (MenuEntry(lazy_gettext("Chances by channel"), "channels.home", (Role.AGENCY,), order=56),)


@bp.get("")
@allow(Role.AGENCY)
def home() -> ResponseReturnValue:
    """A line a channel."""
    with snapshot() as session:
        odds = channel_odds.load(session)
    return render_template("channels/home.html", odds=odds, channels=CHANNELS)
