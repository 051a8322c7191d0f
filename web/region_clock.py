"""What day it is in the region: near midnight, UTC is still or already on another one."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from flask import current_app

from vaccination.clock import now


def local_today() -> date:
    """The local day of the region."""
    return now().astimezone(ZoneInfo(current_app.config["SETTINGS"].timezone)).date()


def tomorrow() -> date:
    """The day after today."""
    return local_today() + timedelta(1)
