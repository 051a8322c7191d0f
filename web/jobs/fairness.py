"""Counting who asked and who was served, for the page that shows whether everybody has the same odds."""

from zoneinfo import ZoneInfo

from vaccination.clock import now
from vaccination.db import snapshot
from vaccination.readmodels import fair_odds
from web.jobs.settings import settings
from web.odds_file import CountedOdds, write_odds


def count_odds(_row_id: int = 0) -> None:
    """Count once an hour; running twice writes the same figures twice."""
    chosen, moment = settings(), now()
    with snapshot() as session:
        tables = fair_odds.count(session, today=moment.astimezone(ZoneInfo(chosen.timezone)).date())
    write_odds(chosen.files_dir, CountedOdds(moment, tables))
