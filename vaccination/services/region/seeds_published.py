"""Drawing a plan's seed before anybody can know what it will do, and binding oneself to it in public."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from vaccination.domain.fair import Draw, fresh_draw
from vaccination.errors import NotFound
from vaccination.models.programmes import Programme


class NoProgrammeToDraw(NotFound):
    """There is no programme to draw for."""

    code = "no_programme_to_draw"


def promise_seed(session: Session, programme_id: int) -> Draw:
    """Draw the seed of the programme's next run and publish its digest.

    The draw that was promised before is given back: it belongs to the run that is asked for in this very
    transaction. Where none was promised, one is drawn now, and its digest is empty: it was not public.
    """
    programme = session.scalar(
        select(Programme)
        .where(Programme.id == programme_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)  # what another run has promised meanwhile
    )
    if programme is None:
        raise NoProgrammeToDraw
    promised = _promised(programme)
    _promise(programme)
    session.flush()
    return promised


def promise_missing_seeds(session: Session) -> int:
    """Draw for the programmes for which nobody has; how many there were."""
    rows = session.scalars(
        select(Programme).where(Programme.next_seed.is_(None)).with_for_update(key_share=True)
    ).all()
    for programme in rows:
        _promise(programme)
    session.flush()
    return len(rows)


def _promised(programme: Programme) -> Draw:
    if programme.next_seed is None:
        unseen = fresh_draw()
        return Draw(unseen.seed, unseen.salt, "")
    return Draw(programme.next_seed, programme.next_salt, programme.seed_digest)


def _promise(programme: Programme) -> None:
    draw = fresh_draw()
    programme.next_seed, programme.next_salt, programme.seed_digest = draw.seed, draw.salt, draw.digest
