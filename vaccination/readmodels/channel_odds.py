"""The odds of each channel, counted; no person is looked at."""

from collections import Counter, defaultdict
from datetime import date

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from vaccination.domain.channel_odds import ChannelOdds, Tally, odds
from vaccination.domain.requests import Channel, RequestStatus
from vaccination.models.appointments import Appointment
from vaccination.models.programmes import Programme
from vaccination.models.requests import Request

_SERVED = (RequestStatus.PLANNED, RequestStatus.COMPLETED)


def load(session: Session) -> list[ChannelOdds]:
    """Of the active programme; who cancelled counts nowhere."""
    of_programme = (
        Request.programme_id.in_(select(Programme.id).where(Programme.is_active)),
        Request.status != RequestStatus.CANCELLED,
    )
    served = func.sum(case((Request.status.in_(_SERVED), 1), else_=0))
    rows = session.execute(
        select(
            Request.channel, Request.priority, func.count(Request.id).label("asked"), served.label("served")
        )
        .where(*of_programme)
        .group_by(Request.channel, Request.priority)
    )
    tallies = [Tally(row.channel, row.priority, row.asked, row.served or 0) for row in rows]
    asked_on, served_on = func.date(Request.created_at), func.date(Appointment.created_at)
    days = session.execute(
        select(Request.channel, asked_on.label("asked_on"), served_on.label("served_on"),
               func.count(Request.id.distinct()).label("people"))
        .join(Appointment, Appointment.request_id == Request.id)
        .where(*of_programme, Appointment.stands == 1)
        .group_by(Request.channel, asked_on, served_on)
    )  # fmt: skip
    waited: dict[Channel, Counter[int]] = defaultdict(Counter)
    for row in days:
        waited[row.channel][max(0, (_day(row.served_on) - _day(row.asked_on)).days)] += row.people
    return odds(tallies, waited)


def _day(value: date | str) -> date:
    """PostgreSQL gives a date, SQLite its text."""
    return date.fromisoformat(value[:10]) if isinstance(value, str) else value
