"""The list of centres: where they are, how much room they have, what they keep."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from vaccination.models.centres import Centre, WeeklyHours
from vaccination.queries.supply import local_today, supplies
from vaccination.readmodels import centre_load

WEEKS = 4


@dataclass(frozen=True, slots=True)
class ListedCentre:
    """A line of the list; seats and taken are those of the next four weeks."""

    centre_id: int
    code: str
    name: str
    town: str
    is_open: bool
    wheelchair: bool
    has_hours: bool
    seats: int
    taken: int
    doses: int


def load(session: Session, centre_ids: Collection[int] | None, now: datetime) -> tuple[ListedCentre, ...]:
    """Some centres, or all, by name."""
    today = local_today(session, now)
    loads = {row.centre_id: row for row in centre_load.load(session, today, WEEKS, centre_ids).centres}
    doses: dict[int, int] = {}
    for (centre_id, _), shelf in supplies(session, today, centre_ids).items():
        doses[centre_id] = doses.get(centre_id, 0) + sum(supply.doses for supply in shelf)
    with_hours = set(session.scalars(select(WeeklyHours.centre_id).distinct()))
    query = select(Centre).order_by(Centre.name)
    if centre_ids is not None:
        query = query.where(Centre.id.in_(centre_ids))
    return tuple(
        ListedCentre(
            centre.id, centre.code, centre.name, centre.town, centre.is_open, centre.wheelchair,
            centre.id in with_hours, loads[centre.id].seats, loads[centre.id].taken, doses.get(centre.id, 0),
        )
        for centre in session.scalars(query)
    )  # fmt: skip
