"""Who asked and who was served, by channel, age and commune: counted by a job, small cells left out.

Birth dates are ciphertext, so counting ages takes seconds: no page waits for it.
"""

from collections import defaultdict
from datetime import date

from sqlalchemy import Executable, select
from sqlalchemy.orm import Session

from vaccination.domain.ages import age_on
from vaccination.domain.fair import OddsTable, Tally, age_band, odds_of
from vaccination.domain.requests import RequestStatus
from vaccination.models.people import Person
from vaccination.models.programmes import Programme
from vaccination.models.requests import Request

_AT_ONCE = 2000
_COUNTED = (RequestStatus.WAITING, RequestStatus.PLANNED, RequestStatus.COMPLETED)
_SERVED = (RequestStatus.PLANNED, RequestStatus.COMPLETED)
KINDS = ("channel", "age", "commune")


def count(session: Session, *, today: date) -> dict[str, OddsTable]:
    """The tables of the active programme, by kind; empty ones where nobody has asked."""
    asked: dict[str, dict[str, list[int]]] = {kind: defaultdict(lambda: [0, 0]) for kind in KINDS}
    for channel, town, status, birth_date in session.execute(_rows().execution_options(yield_per=_AT_ONCE)):
        groups = zip(KINDS, (channel.value, age_band(age_on(birth_date, today)), town), strict=True)
        for kind, group in groups:
            asked[kind][group][0] += 1
            asked[kind][group][1] += status in _SERVED
    return {
        kind: odds_of({group: Tally(*n) for group, n in found.items()}, by_size=kind != "age")
        for kind, found in asked.items()
    }


def _rows() -> Executable:
    return (
        select(Request.channel, Request.town, Request.status, Person.birth_date)
        .join(Person, Person.id == Request.person_id)
        .join(Programme, Programme.id == Request.programme_id)
        .where(Programme.is_active, Request.status.in_(_COUNTED), Person.erased_at.is_(None))
    )
