"""The bell of rolling programmes: every few seconds it asks whether something has changed."""

from zoneinfo import ZoneInfo

from vaccination.clock import now
from vaccination.db import transaction
from vaccination.services.appointments.change_wishes import lapse_wishes
from vaccination.services.planning.rolling import roll
from web.jobs.settings import settings
from web.queue import JobName, enqueue

_LONGEST_S = 20
"""A rolling plan answers soon; the night's plan has the time to be better."""


def roll_on(_row_id: int = 0) -> None:
    """Queue a plan where the programme rolls and something has changed since the last one."""
    chosen, moment = settings(), now()
    today = moment.astimezone(ZoneInfo(chosen.timezone)).date()
    with transaction() as session:
        lapse_wishes(session, now=moment)
        run_id = roll(session, today, min(chosen.planner_seconds, _LONGEST_S), now=moment)
    if run_id is not None:
        enqueue(JobName.RUN_PLAN, run_id)
