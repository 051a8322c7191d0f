"""Printing a batch of letters into one file, as things stand at that moment."""

from datetime import datetime
from zoneinfo import ZoneInfo

from reports.letter import Enclosed, render_batch
from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.domain.letters import LetterBatchStatus
from vaccination.ports import Undeliverable
from vaccination.readmodels import letter_batches
from vaccination.readmodels.outgoing import Outgoing
from vaccination.services.telling.letter_batches import batches_to_make, gather_letters, note_made
from vaccination.settings import Settings
from web.cards import contact_of
from web.jobs.papers import write_whole
from web.jobs.settings import settings
from web.letter_of import letter_of

FOLDER = "batches"


def make_letter_batch(batch_id: int = 0) -> None:
    """Print the batch, or (0) all that were asked for and are not printed. Twice makes one file."""
    if batch_id:
        ids = [batch_id]
    else:
        with snapshot() as session:
            ids = batches_to_make(session)
    for one in ids:
        _make(one, settings(), now())


def gather(_row_id: int = 0) -> None:
    """Give new letters their posting day; print what was asked for and was lost."""
    moment = now()
    today = moment.astimezone(ZoneInfo(settings().timezone)).date()
    with transaction() as session:
        desk = letter_batches.load(session, today=today)
        if desk is not None and desk.without_day:
            gather_letters(session, desk.programme_id, today=today, now=moment)
    make_letter_batch()


def _make(batch_id: int, chosen: Settings, moment: datetime) -> None:
    with snapshot() as session:
        batch = letter_batches.one(session, batch_id)
        found = letter_batches.letters(session, batch_id)
    if batch.status is not LetterBatchStatus.OPEN:
        return
    printed: list[int] = []
    left_out: list[int] = []
    sheets: list[Enclosed] = []
    for out in found:
        enclosed = _letter(out, chosen, moment, batch.large_print)
        (left_out if enclosed is None else printed).append(out.message_id)
        if enclosed is not None:
            sheets.append(enclosed)
    content, _pages = render_batch(batch.post_on.isoformat(), sheets, contact_of(chosen), batch.paper)
    file = f"{FOLDER}/{batch.post_on.isoformat()}-{batch_id}.pdf"
    path = chosen.files_dir / file
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, content)
    with transaction() as session:
        note_made(session, batch_id, printed, left_out, file=file, now=moment)


def _letter(out: Outgoing, chosen: Settings, moment: datetime, large: bool) -> Enclosed | None:
    """None for what is no longer true, or cannot be addressed."""
    if not out.is_still_true:
        return None
    try:
        return letter_of(out, chosen, now=moment, large=large)
    except Undeliverable:
        return None
