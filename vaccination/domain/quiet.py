"""When phones stay quiet: nobody is woken by us, except for a dose of today."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

_OVERSEAS = {
    "971": "America/Guadeloupe", "972": "America/Martinique", "973": "America/Cayenne",
    "974": "Indian/Reunion", "975": "America/Miquelon", "976": "Indian/Mayotte",
    "986": "Pacific/Wallis", "987": "Pacific/Tahiti", "988": "Pacific/Noumea",
}  # fmt: skip
_MAINLAND = "Europe/Paris"


def timezone_of_postcode(postcode: str) -> str:
    """Where somebody without an appointment lives by the clock."""
    return _OVERSEAS.get(postcode[:3], _MAINLAND)


def is_quiet(moment: datetime, timezone: str, quiet_from: time, quiet_to: time) -> bool:
    """Whether phones stay quiet at a moment, by the person's own clock."""
    clock = moment.astimezone(ZoneInfo(timezone)).time()
    if quiet_from <= quiet_to:
        return quiet_from <= clock < quiet_to
    return clock >= quiet_from or clock < quiet_to


def allowed_from(moment: datetime, timezone: str, quiet_from: time, quiet_to: time) -> datetime:
    """The moment itself, or the end of the quiet hours that it lies in."""
    if not is_quiet(moment, timezone, quiet_from, quiet_to):
        return moment
    local = moment.astimezone(ZoneInfo(timezone))
    day = local.date() + timedelta(local.time() >= quiet_to)
    # Through UTC: a wall clock that jumps over the end of quiet is put right by the zone.
    return datetime.combine(day, quiet_to, ZoneInfo(timezone)).astimezone(moment.tzinfo)
