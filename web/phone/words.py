"""Words for where a request stands and how it came."""

from flask_babel import gettext, lazy_gettext

from vaccination.domain.requests import Channel, RequestStatus

STATES = {
    RequestStatus.WAITING: (lazy_gettext("waiting"), "plain"),
    RequestStatus.PLANNED: (lazy_gettext("has appointments"), "ok"),
    RequestStatus.COMPLETED: (lazy_gettext("vaccinated"), "ok"),
    RequestStatus.CANCELLED: (lazy_gettext("cancelled"), "bad"),
}
CHANNELS = {
    Channel.WEB: lazy_gettext("web"),
    Channel.PHONE: lazy_gettext("phone"),
    Channel.TOWN_HALL: lazy_gettext("town hall or service"),
    Channel.IMPORT: lazy_gettext("list of the agency"),
}


def band_names() -> dict[str, str]:
    """The parts of a day in which people may be called (domain/call_times.py)."""
    return {
        "0": gettext("Morning, 9 to 12"),
        "1": gettext("Afternoon, 1 to 5 pm"),
        "2": gettext("Evening, 5 to 7 pm"),
    }
