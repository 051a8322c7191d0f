"""Ending an open wish to change: done by a plan or a move, taken back, or overtaken by its day."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from vaccination.domain.serving import ChangeStatus
from vaccination.models.serving import ChangeWish


def end_open_wish(
    session: Session, request_id: int, status: ChangeStatus = ChangeStatus.WITHDRAWN, *, now: datetime
) -> bool:
    """End the request's open wish; False where there was none."""
    ended = session.execute(
        update(ChangeWish)
        .where(ChangeWish.request_id == request_id, ChangeWish.status == ChangeStatus.OPEN)
        .values(status=status, ended_at=now)
        .returning(ChangeWish.id)
    )
    return ended.one_or_none() is not None
