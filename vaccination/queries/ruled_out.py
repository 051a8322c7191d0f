"""Who stands booked by a schedule that no longer allows it: interval, dates or age were changed since.

Days are judged in groups, so that a region is looked over in one statement; ages need the birth dates of
those who stand booked, so they are read for one schedule only.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session, aliased

from vaccination.domain.appointment import AppointmentStatus
from vaccination.domain.disruptions import OPEN_REPLACEMENT
from vaccination.domain.requests import RequestStatus
from vaccination.domain.ruled_out import Stands, allows_age, broken_by
from vaccination.models.appointments import Appointment
from vaccination.models.disruptions import Replacement
from vaccination.models.people import Person
from vaccination.models.programmes import Schedule
from vaccination.models.requests import Request
from vaccination.queries.columns import Columns
from vaccination.queries.supply import local_today

_AT_ONCE = 1000
_FIRST, _SECOND = aliased(Appointment), aliased(Appointment)


def ruled_out_by_days(session: Session, now: datetime) -> Counter[int]:
    """By schedule the people whose days its interval or its dates no longer allow, nobody asked yet."""
    today = local_today(session, now)
    rules = {rule.id: rule for rule in session.scalars(select(Schedule))}
    columns = (
        Request.schedule_id, Request.first_given_on, _FIRST.day, _FIRST.status, _SECOND.day, _SECOND.status
    )  # fmt: skip
    asked = select(Replacement.request_id).where(Replacement.status.in_(OPEN_REPLACEMENT))
    query = _standing(*columns, func.count()).where(Request.id.not_in(asked)).group_by(*columns)
    found: Counter[int] = Counter()
    for schedule_id, given, first_on, first, second_on, second, people in session.execute(query):
        stands = _stands((given, first_on, first, second_on, second), today)
        if broken_by(rules[schedule_id], stands):
            found[schedule_id] += people
    return found


def ruled_out(session: Session, schedule_id: int, now: datetime) -> dict[int, tuple[int, ...]]:
    """Everybody whom a schedule no longer allows what they stand booked for, with the doses to come."""
    rule, today = session.get(Schedule, schedule_id), local_today(session, now)
    if rule is None:
        return {}
    rows = session.execute(
        _standing(
            Request.id, Request.person_id, Request.first_given_on, _FIRST.day, _FIRST.status, _SECOND.day,
            _SECOND.status, func.coalesce(_FIRST.created_at, _SECOND.created_at).label("booked_at"),
        ).where(Request.schedule_id == schedule_id)
    ).all()  # fmt: skip
    stand = {row.id: _stands(row[2:7], today) for row in rows}
    of_age = _of_age(session, rule, rows, stand)
    found = {}
    for request_id, stands in stand.items():
        numbers = broken_by(rule, stands) if request_id in of_age else stands.to_come
        if numbers:
            found[request_id] = numbers
    return found


def _of_age(session: Session, rule: Schedule, rows: Sequence[Columns], stand: dict[int, Stands]) -> set[int]:
    """Those whose age the rule allows."""
    if rule.min_age is None and rule.max_age is None:
        return set(stand)
    found = set()
    for start in range(0, len(rows), _AT_ONCE):
        some = rows[start : start + _AT_ONCE]
        born = dict(
            session.execute(
                select(Person.id, Person.birth_date).where(Person.id.in_([row.person_id for row in some]))
            ).all()
        )
        for row in some:
            days = [row.booked_at.date()] + [
                day for day in (stand[row.id].first_on, stand[row.id].second_on) if day is not None
            ][:1]
            if allows_age(rule, born[row.person_id], days):
                found.add(row.id)
    return found


def _standing(*columns: Any) -> Select[*tuple[Any, ...]]:
    """Planned requests with their one or two appointments side by side."""
    return (
        select(*columns)
        .select_from(Request)
        .outerjoin(_FIRST, _dose(_FIRST, 1))
        .outerjoin(_SECOND, _dose(_SECOND, 2))
        .where(Request.status == RequestStatus.PLANNED, Request.schedule_id.is_not(None))
    )


def _dose(of: Any, number: int) -> Any:
    return and_(of.request_id == Request.id, of.stands == 1, of.dose_number == number)


def _stands(row: Sequence[Any], today: date) -> Stands:
    given, first_on, first, second_on, second = row
    doses = ((1, first_on, first), (2, second_on, second))
    to_come = (n for n, day, status in doses if status is AppointmentStatus.BOOKED and day > today)
    return Stands(first_on or given, second_on, tuple(to_come))
