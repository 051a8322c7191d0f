"""The agency's first page: how many wait, what is planned, what there is, and what is wrong."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from vaccination.domain.languages import name_in
from vaccination.domain.planning import LIVE_RUN, RunStatus
from vaccination.domain.requests import RequestStatus
from vaccination.domain.shortfall import shortfalls, there_by
from vaccination.models.centres import Centre, ClinicSession
from vaccination.models.planning import PlanRun
from vaccination.models.programmes import EligibilityPhase, PriorityGroup, Product, Programme
from vaccination.models.requests import Request
from vaccination.queries.supply import local_today, promised_doses, supplies
from vaccination.readmodels import centre_load
from vaccination.readmodels.centre_load import RegionLoad

WEEKS_SHOWN = 12
WEEKS_AHEAD = 4


@dataclass(frozen=True, slots=True)
class Shortage:
    """Doses of a product that a centre has promised and will not have, from a day on."""

    centre_id: int
    centre: str
    product: str
    day: date
    doses: int


@dataclass(frozen=True, slots=True)
class LastRun:
    """The latest plan run."""

    run_id: int
    status: RunStatus
    asked_at: datetime
    finished_at: datetime | None
    planned: int | None
    gap: float | None

    @property
    def is_live(self) -> bool:
        return self.status in LIVE_RUN


@dataclass(frozen=True, slots=True)
class RegionState:
    """Everything on the page. `programme_id` is None while nothing was set up."""

    today: date
    programme_id: int | None
    programme_fr: str
    programme_en: str
    requests: Mapping[RequestStatus, int]
    doses: int
    promised: int
    load: RegionLoad
    last_run: LastRun | None
    shortages: tuple[Shortage, ...]
    without_sessions: tuple[tuple[int, str], ...]
    groups_without_phase: int

    def name(self, locale: str) -> str:
        return name_in(locale, fr=self.programme_fr, en=self.programme_en)

    @property
    def seats_ahead(self) -> int:
        """Free seats of this and the next weeks."""
        return sum(week.free for week in self.load.weeks[:WEEKS_AHEAD])


def load(session: Session, now: datetime) -> RegionState:
    """The state of the region at this moment."""
    today = local_today(session, now)
    programme = session.scalar(select(Programme).where(Programme.is_active))
    programme_id = programme.id if programme else None
    stock, needs = supplies(session, today), promised_doses(session, today)
    return RegionState(
        today=today,
        programme_id=programme_id,
        programme_fr=programme.name_fr if programme else "",
        programme_en=programme.name_en if programme else "",
        requests=_requests(session, programme_id),
        doses=sum(supply.doses for shelf in stock.values() for supply in shelf),
        promised=sum(sum(days.values()) for days in needs.values()),
        load=centre_load.load(session, today, WEEKS_SHOWN),
        last_run=_last_run(session, programme_id),
        shortages=shortages(session, today),
        without_sessions=_without_sessions(session, today),
        groups_without_phase=_groups_without_phase(session, programme_id),
    )


def shortages(session: Session, today: date) -> tuple[Shortage, ...]:
    """Centres and products whose promised doses are not covered, the earliest first."""
    stock, needs = supplies(session, today), promised_doses(session, today)
    centres = {row_id: name for row_id, name in session.execute(select(Centre.id, Centre.name))}
    products = {row.id: row for row in session.scalars(select(Product))}
    found = []
    for (centre_id, product_id), days in needs.items():
        product = products[product_id]
        missing = shortfalls(stock.get((centre_id, product_id), []), days, today, product.doses_per_vial)
        if missing:
            shortage = Shortage(
                centre_id, centres[centre_id], product.name, min(missing), sum(missing.values())
            )
            found.append(shortage)
    return tuple(sorted(found, key=lambda shortage: (shortage.day, shortage.centre)))


def doses_by_week(
    session: Session, today: date, weeks: int, centre_ids: Collection[int] | None = None
) -> list[tuple[date, int, int]]:
    """Monday, doses that will have come by the week's end, and doses promised in the week."""
    stock, needs = supplies(session, today, centre_ids), promised_doses(session, today, centre_ids)
    start = centre_load.monday_of(today)
    rows = []
    for n in range(weeks):
        monday = start + timedelta(7 * n)
        last = monday + timedelta(6)
        there = sum(there_by(shelf, last) for shelf in stock.values())
        promised = sum(
            doses for days in needs.values() for day, doses in days.items() if monday <= day <= last
        )
        rows.append((monday, there, promised))
    return rows


def _requests(session: Session, programme_id: int | None) -> dict[RequestStatus, int]:
    rows = session.execute(
        select(Request.status, func.count())
        .where(Request.programme_id == programme_id)
        .group_by(Request.status)
    )
    return dict.fromkeys(RequestStatus, 0) | {status: count for status, count in rows}


def _last_run(session: Session, programme_id: int | None) -> LastRun | None:
    run = session.scalar(
        select(PlanRun).where(PlanRun.programme_id == programme_id).order_by(PlanRun.id.desc()).limit(1)
    )
    if run is None:
        return None
    figures = run.summary
    return LastRun(
        run.id, run.status, run.asked_at, run.finished_at, figures.get("planned"), figures.get("gap")
    )


def _without_sessions(session: Session, today: date) -> tuple[tuple[int, str], ...]:
    """Open centres with no open session in the weeks ahead."""
    until = today + timedelta(7 * WEEKS_AHEAD)
    busy = select(ClinicSession.centre_id).where(
        ClinicSession.day.between(today, until), ClinicSession.is_open
    )
    rows = session.execute(
        select(Centre.id, Centre.name).where(Centre.is_open, Centre.id.not_in(busy)).order_by(Centre.name)
    )
    return tuple((row_id, name) for row_id, name in rows)


def _groups_without_phase(session: Session, programme_id: int | None) -> int:
    called = select(EligibilityPhase.priority_group_id)
    query = select(func.count()).where(
        PriorityGroup.programme_id == programme_id, PriorityGroup.id.not_in(called)
    )
    return session.scalar(query) or 0
