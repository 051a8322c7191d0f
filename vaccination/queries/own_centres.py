"""The centres that concern a request: where its appointments are, else the nearest one that is open."""

from math import cos, hypot, radians
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from vaccination.models.appointments import Appointment
from vaccination.models.centres import Centre
from vaccination.models.requests import Request


class OwnCentre(NamedTuple):
    """A centre to turn to."""

    id: int
    name: str
    timezone: str


def own_centres(session: Session, request_id: int) -> tuple[OwnCentre, ...]:
    """First dose's centre first, each once; the nearest open one where there is no appointment."""
    rows = session.execute(
        select(Centre.id, Centre.name, Centre.timezone)
        .join(Appointment, Appointment.centre_id == Centre.id)
        .where(Appointment.request_id == request_id, Appointment.stands == 1)
        .order_by(Appointment.dose_number)
    )
    booked = tuple(dict.fromkeys(OwnCentre(*row) for row in rows))
    return booked or _nearest(session, request_id)


def _nearest(session: Session, request_id: int) -> tuple[OwnCentre, ...]:
    place = session.execute(select(Request.lat, Request.lon).where(Request.id == request_id)).one_or_none()
    if place is None:
        return ()
    narrow = cos(radians(place.lat))
    rows = session.execute(
        select(Centre.id, Centre.name, Centre.timezone, Centre.lat, Centre.lon).where(Centre.is_open)
    ).all()
    nearest = min(
        rows, key=lambda c: (hypot(c.lat - place.lat, (c.lon - place.lon) * narrow), c.id), default=None
    )
    return () if nearest is None else (OwnCentre(nearest.id, nearest.name, nearest.timezone),)
