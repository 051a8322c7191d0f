"""How the programme stands, for everybody: how many wait, how many are planned, when the last plan was."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from vaccination.domain.languages import name_in
from vaccination.domain.planning import LIVE_RUN, RunStatus
from vaccination.domain.requests import RequestStatus
from vaccination.domain.serving import Serving
from vaccination.models.centres import Centre
from vaccination.models.planning import PlanRun
from vaccination.models.programmes import Programme
from vaccination.queries.crowd import CountCrowd, count_crowd


@dataclass(frozen=True, slots=True)
class ProgrammeState:
    """The public figures of the active programme."""

    name_fr: str
    name_en: str
    names: Mapping[str, str]  # in further languages
    waiting: int
    planned: int
    completed: int
    centres: int
    last_plan_at: datetime | None
    is_planning: bool
    is_direct: bool

    def name(self, locale: str) -> str:
        return name_in(locale, fr=self.name_fr, en=self.name_en, **self.names)


def load(session: Session, count: CountCrowd = count_crowd) -> ProgrammeState | None:
    """The figures, or None when no programme is active."""
    programme = session.scalar(select(Programme).where(Programme.is_active))
    if programme is None:
        return None
    crowd = count(session, programme.id)
    return ProgrammeState(
        name_fr=programme.name_fr,
        name_en=programme.name_en,
        names=programme.names,
        waiting=crowd.of(RequestStatus.WAITING),
        planned=crowd.of(RequestStatus.PLANNED),
        completed=crowd.of(RequestStatus.COMPLETED),
        centres=session.scalar(select(func.count(Centre.id)).where(Centre.is_open)) or 0,
        last_plan_at=session.scalar(
            select(func.max(PlanRun.finished_at)).where(
                PlanRun.programme_id == programme.id, PlanRun.status == RunStatus.APPLIED
            )
        ),
        is_planning=session.scalar(
            select(PlanRun.id)
            .where(PlanRun.programme_id == programme.id, PlanRun.status.in_(LIVE_RUN))
            .limit(1)
        )
        is not None,
        is_direct=programme.serving is Serving.DIRECT,
    )


def serves_directly(session: Session) -> bool:
    """Whether people choose among what is left in the active programme; False where there is none."""
    serving = session.scalar(select(Programme.serving).where(Programme.is_active))
    return serving is Serving.DIRECT
