"""The blueprint of offers, and what this process keeps of what is left."""

from flask import Blueprint
from flask.blueprints import BlueprintSetupState

from web.offers.kept import KeptLeft

bp = Blueprint("offers", __name__, template_folder="templates")


@bp.record_once
def _keep_what_is_left(state: BlueprintSetupState) -> None:
    """A process that serves many keeps what is left for some seconds; a test reads it fresh."""
    if not state.app.testing:
        state.app.extensions["kept_left"] = KeptLeft()
