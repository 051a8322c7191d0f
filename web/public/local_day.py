"""What day it is for people of the region."""

from datetime import date
from zoneinfo import ZoneInfo

from flask import current_app

from vaccination.clock import now


def local_today() -> date:
    """Today, by the region's clock."""
    return now().astimezone(ZoneInfo(current_app.config["SETTINGS"].timezone)).date()
