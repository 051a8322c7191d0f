"""One's own place explained: what decided, how others of the rank stand, which wishes narrow the choice."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from vaccination.domain.planning import RunStatus
from vaccination.domain.requests import RequestStatus
from vaccination.models.appointments import Appointment
from vaccination.models.planning import PlanRun
from vaccination.models.programmes import Product, Schedule
from vaccination.models.requests import Request, request_product
from vaccination.queries.crowd import CountCrowd, count_crowd
from vaccination.readmodels import request_page
from vaccination.readmodels.request_page import RequestPage

_SERVED = (RequestStatus.PLANNED, RequestStatus.COMPLETED)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person asked for, as far as it decides where there is a place."""

    town: str
    max_km: float
    half_days: int  # of the 21 of a week
    earliest: date | None
    days_away: int
    vaccines: int  # accepted
    of_vaccines: int
    wheelchair: bool
    together: bool


@dataclass(frozen=True, slots=True)
class PlaceExplained:
    """One's own place."""

    page: RequestPage
    rank: int
    served_alike: int  # of the same rank, with a place or done
    wishes: Wishes
    last_plan_at: datetime | None
    is_newer: bool  # asked after the last plan was begun
    run_id: int | None  # the plan that gave the appointments; none: chosen among offers, or made by staff


def load(
    session: Session, request_id: int, *, today: date, count: CountCrowd = count_crowd
) -> PlaceExplained:
    """The place of a request."""
    page = request_page.load(session, request_id, today=today, count=count)
    request = session.get_one(Request, request_id)
    last = _last_plan(session, request.programme_id)
    return PlaceExplained(
        page=page,
        rank=request.priority,
        served_alike=count(session, request.programme_id).by_rank(*_SERVED)[request.priority],
        wishes=_wishes(session, request),
        last_plan_at=last.finished_at if last else None,
        is_newer=last is None or last.asked_at < request.created_at,
        run_id=session.scalar(
            select(func.max(Appointment.plan_run_id)).where(
                Appointment.request_id == request_id, Appointment.stands == 1
            )
        ),
    )


def _last_plan(session: Session, programme_id: int) -> Row[*tuple[Any, ...]] | None:
    return session.execute(
        select(PlanRun.asked_at, PlanRun.finished_at)
        .where(PlanRun.programme_id == programme_id, PlanRun.status == RunStatus.APPLIED)
        .order_by(PlanRun.id.desc())
        .limit(1)
    ).one_or_none()


def _wishes(session: Session, request: Request) -> Wishes:
    accepted = select(func.count()).select_from(request_product).where(
        request_product.c.request_id == request.id
    )  # fmt: skip
    offered = select(func.count(Product.id.distinct())).join(
        Schedule, Product.id.in_((Schedule.first_product_id, Schedule.second_product_id))
    )
    of_vaccines = session.scalar(offered.where(Schedule.programme_id == request.programme_id)) or 0
    return Wishes(
        town=request.town,
        max_km=request.max_km,
        half_days=request.availability.count("1"),
        earliest=request.earliest,
        days_away=len(request.unavailable),
        vaccines=session.scalar(accepted) or of_vaccines,
        of_vaccines=of_vaccines,
        wheelchair=request.wheelchair,
        together=request.household_id is not None,
    )
