"""Doses of the day: ask the next few, every minute while a call is open."""

from vaccination.clock import now
from vaccination.db import transaction
from vaccination.services.same_day.calls import ask_wave, end_due, open_calls
from web.queue import JobName, enqueue


def ask(call_id: int) -> None:
    """The next wave of one call. Run twice at once, the second waits and finds nobody to ask."""
    with transaction() as session:
        asked = ask_wave(session, call_id, now=now())
    if asked:
        enqueue(JobName.DELIVER_BATCH)


def ask_all(_row_id: int = 0) -> None:
    """End what is over, then ask the next of every call."""
    with transaction() as session:
        end_due(session, now=now())
        calls = open_calls(session)
    for call_id in calls:
        ask(call_id)
