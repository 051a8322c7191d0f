"""Disruptions: what took appointments away, looked at before anybody is told, then sent to all at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from vaccination.domain.disruptions import (
    OPEN_REPLACEMENT,
    DisruptionKind,
    DisruptionStatus,
)
from vaccination.errors import Conflict, NotFound
from vaccination.models.centres import Centre
from vaccination.models.disruptions import Disruption, Replacement
from vaccination.models.programmes import Programme
from vaccination.queries.touched import Touched, rule_subject, shelf_subject, touched
from vaccination.services import audit


class NoSuchDisruption(NotFound):
    """There is no such disruption."""

    code = "no_such_disruption"


class NobodyTouched(Conflict):
    """No appointment to come is touched by this, or everybody has their proposal."""

    code = "nobody_touched"


class AlreadySent(Conflict):
    """The people were told before."""

    code = "disruption_sent"


class CentreStillOpen(Conflict):
    """A centre that takes part in plans would be proposed again: it must be closed first."""

    code = "centre_still_open"


@dataclass(frozen=True, slots=True)
class Prepare:
    """What happened. A closed session needs centre and day, a closed centre the first day without it, missing
    doses centre and product, a withdrawn lot the lot, a changed rule the schedule.
    """

    kind: DisruptionKind
    centre_id: int | None = None
    day: date | None = None
    product_id: int | None = None
    lot_id: int | None = None
    schedule_id: int | None = None


def prepare(session: Session, command: Prepare, *, now: datetime, user_id: int | None = None) -> int:
    """A draft with everybody who is touched; the same thing again is the same draft. Nobody is told."""
    programme_id = session.scalar(select(Programme.id).where(Programme.is_active))
    if programme_id is None:
        raise NobodyTouched
    if command.kind is DisruptionKind.CENTRE_CLOSED:
        centre = session.get(Centre, command.centre_id)
        if centre is None or centre.is_open:
            raise CentreStillOpen
    draft = _draft(session, command) or Disruption(
        programme_id=programme_id, kind=command.kind, centre_id=command.centre_id, day=command.day,
        lot_id=command.lot_id, subject=_subject(command), made_by=user_id, made_at=now,
    )  # fmt: skip
    session.add(draft)
    session.flush()
    draft.people = len(touched(session, draft, now=now))
    if not draft.people:
        raise NobodyTouched
    session.flush()
    _note(session, "disruption_prepared", draft.id, now, user_id, people=draft.people)
    return draft.id


def discard(session: Session, disruption_id: int, *, now: datetime, user_id: int | None = None) -> None:
    """Throw a draft away; what was sent stays."""
    gone = session.scalar(
        delete(Disruption)
        .where(Disruption.id == disruption_id, Disruption.status == DisruptionStatus.DRAFT)
        .returning(Disruption.id)
    )
    if gone is None:
        _refuse(session, disruption_id)
    _note(session, "disruption_discarded", disruption_id, now, user_id)


def send(session: Session, disruption_id: int, *, now: datetime, user_id: int | None = None) -> None:
    """Let the job propose something to everybody who is touched. Sent twice, it is sent once."""
    sent = session.scalar(
        update(Disruption)
        .where(Disruption.id == disruption_id, Disruption.status == DisruptionStatus.DRAFT)
        .values(status=DisruptionStatus.SENT, sent_at=now)
        .returning(Disruption.id)
    )
    if sent is None:
        _refuse(session, disruption_id)
    _note(session, "disruption_sent", disruption_id, now, user_id)


def to_propose(session: Session, disruption_id: int, *, now: datetime) -> list[Touched]:
    """People touched by a disruption that was sent, to whom nothing was proposed yet."""
    disruption = session.get(Disruption, disruption_id)
    if disruption is None or disruption.status is not DisruptionStatus.SENT:
        return []
    return touched(session, disruption, now=now)


def sent_disruptions(session: Session) -> list[int]:
    """Those whose people are being told or have not all answered."""
    return list(
        session.scalars(
            select(Disruption.id).where(Disruption.status == DisruptionStatus.SENT).order_by(Disruption.id)
        )
    )


def note_done(session: Session, disruption_ids: Iterable[int], *, now: datetime) -> int:
    """Those of them with nobody left who is to be told or to answer; returns how many."""
    waiting = exists().where(
        Replacement.disruption_id == Disruption.id, Replacement.status.in_(OPEN_REPLACEMENT)
    )
    quiet = [i for i in disruption_ids if not to_propose(session, i, now=now)]
    done = session.scalars(
        update(Disruption)
        .where(Disruption.id.in_(quiet), Disruption.status == DisruptionStatus.SENT, ~waiting)
        .values(status=DisruptionStatus.DONE)
        .returning(Disruption.id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(done)


def _draft(session: Session, command: Prepare) -> Disruption | None:
    return session.scalar(
        select(Disruption)
        .where(Disruption.status == DisruptionStatus.DRAFT, Disruption.kind == command.kind)
        .where(Disruption.centre_id.is_not_distinct_from(command.centre_id))
        .where(Disruption.day.is_not_distinct_from(command.day))
        .where(Disruption.lot_id.is_not_distinct_from(command.lot_id))
        .where(Disruption.subject == _subject(command))
        .limit(1)
    )


def _subject(command: Prepare) -> str:
    if command.schedule_id is not None:
        return rule_subject(command.schedule_id)
    if command.product_id is not None:
        return shelf_subject(command.product_id)
    if command.lot_id is not None:
        return f"lot:{command.lot_id}"
    return f"centre:{command.centre_id}"


def _refuse(session: Session, disruption_id: int) -> None:
    if session.get(Disruption, disruption_id) is None:
        raise NoSuchDisruption
    raise AlreadySent


def _note(
    session: Session, action: str, disruption_id: int, now: datetime, user_id: int | None, **facts: int
) -> None:
    audit.record(session, action, f"disruption:{disruption_id}", now=now, user_id=user_id, facts=facts)
