"""Doing without a kind of message. News of a change is none of them: the database refuses it too."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from vaccination.domain.messages import OPTIONAL_KINDS, MessageKind
from vaccination.errors import Invalid
from vaccination.models.requests import Request
from vaccination.models.texts import OptOut
from vaccination.services import audit


class NotOptional(Invalid):
    """Nobody can do without this kind of message."""

    code = "not_optional"


def unwanted(session: Session, request_id: int) -> frozenset[MessageKind]:
    """The kinds that a request's person does without."""
    return frozenset(session.scalars(select(OptOut.kind).where(OptOut.request_id == request_id)))


def wanted(session: Session, kind: MessageKind, request_ids: Sequence[int]) -> list[int]:
    """Those of the requests whose person wants this kind of message, in the order given."""
    without: set[int] = set()
    if kind in OPTIONAL_KINDS:
        for start in range(0, len(request_ids), 1000):
            some = request_ids[start : start + 1000]
            without |= set(
                session.scalars(
                    select(OptOut.request_id).where(OptOut.kind == kind, OptOut.request_id.in_(some))
                )
            )
    return [request_id for request_id in request_ids if request_id not in without]


def choose(session: Session, request_id: int, without: Collection[MessageKind], *, now: datetime) -> None:
    """From now on the person does without exactly these kinds."""
    if not set(without) <= set(OPTIONAL_KINDS):
        raise NotOptional
    # Two browsers at once wait for each other here, so neither writes what the other has written.
    session.execute(select(Request.id).where(Request.id == request_id).with_for_update(key_share=True))
    kept = unwanted(session, request_id)
    if kept == set(without):
        return
    session.execute(delete(OptOut).where(OptOut.request_id == request_id))
    session.add_all(OptOut(request_id=request_id, kind=kind) for kind in sorted(set(without)))
    session.flush()
    audit.record(
        session, "messages_chosen", f"request:{request_id}", now=now, facts={"without": len(set(without))}
    )


def do_without(session: Session, request_id: int, kinds: Collection[MessageKind], *, now: datetime) -> None:
    """No more of these, by one click in a mail; what was chosen before stays."""
    choose(session, request_id, unwanted(session, request_id) | set(kinds), now=now)
