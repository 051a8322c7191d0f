"""A region's planning problem by its public names, to be written as a planning folder.

Requests are called `R` and a number: never by their reference, which is half of what opens a person's page,
and never by anything personal (ADR 0027).
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from solver.contract import Problem
from solver.files.folder import Keys as Names
from vaccination.models.centres import Centre
from vaccination.models.programmes import Product, Schedule
from vaccination.models.stock import Lot
from vaccination.services.planning.problem import Keys, Scope, load_scope


def export_folder(session: Session, scope: Scope, *, now: datetime) -> tuple[Problem, Names]:
    """The problem as it stands at this moment, with its names: for a what-if outside."""
    problem, keys = load_scope(session, scope, now=now)
    return problem, names_of(session, keys)


def names_of(session: Session, keys: Keys) -> Names:
    """The names that a planning folder gives to the rows of a problem."""
    products = {i: name for i, name in session.execute(select(Product.id, Product.code))}
    schedules = {i: name for i, name in session.execute(select(Schedule.id, Schedule.code))}
    centres = {c.id: c for c in session.execute(select(Centre.id, Centre.code, Centre.name))}
    lots = {i: name for i, name in session.execute(select(Lot.id, Lot.number))}
    return Names(
        start=keys.starts_on,
        products=[products[i] for i in keys.product_ids],
        schedules=[schedules[i] for i in keys.schedule_ids],
        centres=[centres[i].code for i in keys.centre_ids],
        centre_names=[centres[i].name for i in keys.centre_ids],
        lots=[lots[i] for i in keys.lot_ids],
        requests=_numbered(keys.request_ids.tolist()),
        promised=_numbered(keys.promised_requests),
    )


def _numbered(request_ids: Iterable[int]) -> list[str]:
    return [f"R{request_id}" for request_id in request_ids]
