"""Papers made in the background: letters to post, and the confirmations of a whole plan."""

import os
from pathlib import Path

from reports import appointment_card as paper
from reports import letter
from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.queries.requests import planned_by_run
from vaccination.readmodels import appointment_card
from vaccination.readmodels.outgoing import Outgoing
from vaccination.services.planning.runs import note_papers_made
from vaccination.settings import Settings
from web.cards import contact_of, signed_card
from web.jobs.settings import settings
from web.letter_of import letter_of

AT_ONCE = 200


def confirmations_folder(chosen: Settings, run_id: int) -> Path:
    """Where the confirmations of a plan lie, a file a request, named by its reference."""
    return chosen.files_dir / "confirmations" / f"plan-{run_id}"


def make_confirmations(run_id: int) -> None:
    """One PDF for each request that the plan booked. Run again, it makes what is missing."""
    chosen = settings()
    folder = confirmations_folder(chosen, run_id)
    folder.mkdir(parents=True, exist_ok=True)
    with snapshot() as session:
        request_ids = planned_by_run(session, run_id)
    for start in range(0, len(request_ids), AT_ONCE):
        with snapshot() as session:
            cards = appointment_card.load_many(session, request_ids[start : start + AT_ONCE])
        for card in cards:
            path = folder / f"{card.reference}.pdf"
            if card.doses and not path.exists():
                sheet = paper.render(signed_card(card, chosen, now=now()), contact=contact_of(chosen))
                write_whole(path, sheet)
    with transaction() as session:
        note_papers_made(session, run_id)


def write_letter(out: Outgoing, chosen: Settings) -> None:
    """Make the letter, alone: in files_dir/letters, a folder a day. Batches print it with the others."""
    moment = now()
    enclosed = letter_of(out, chosen, now=moment)
    folder = chosen.files_dir / "letters" / moment.date().isoformat()
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{out.message_id:07d}-{letter.name_of_file(out.card.reference, out.kind.value)}"
    sheet = letter.render(enclosed.letter, enclosed.card, contact_of(chosen), slip=enclosed.slip)
    write_whole(folder / name, sheet)


def write_whole(path: Path, content: bytes) -> None:
    """Whole or not at all: a paper half written when the worker died must not be posted."""
    partial = path.with_suffix(f".{os.getpid()}.partial")
    partial.write_bytes(content)
    partial.replace(path)
