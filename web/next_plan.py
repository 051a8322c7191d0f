"""When the next plan is made, for pages and mails to say."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from vaccination.settings import Settings


def next_plan_at(settings: Settings, now: datetime) -> datetime | None:
    """The next nightly plan, on the region's clock; None where plans are only made on demand."""
    if not settings.nightly_plan_at:
        return None
    zone = ZoneInfo(settings.timezone)
    local = now.astimezone(zone)
    at = datetime.combine(local.date(), time.fromisoformat(settings.nightly_plan_at), zone)
    if at <= local:
        at = datetime.combine(local.date() + timedelta(1), at.timetz().replace(tzinfo=None), zone)
    return at
