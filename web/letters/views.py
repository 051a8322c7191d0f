"""Letters: the batches of the coming days, to print, to hand to the post, to print again."""

from pathlib import Path

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from reports import letter as paper_letter
from reports import posting_list
from reports.posting_list import PostedLine
from reports.tables import to_csv
from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.domain.actor import Role
from vaccination.domain.letters import LetterBatchStatus, Paper
from vaccination.domain.references import grouped
from vaccination.errors import Conflict
from vaccination.readmodels import letter_batches
from vaccination.readmodels.outgoing import Outgoing
from vaccination.services.telling.letter_batches import (
    ask_to_make,
    gather_letters,
    lay_out,
    mark_posted,
    note_printed,
    withdraw_batch,
)
from vaccination.settings import Settings
from web import queue
from web.access import allow, current_actor
from web.bells.letters import MAKE_LETTER_BATCH
from web.cards import contact_of
from web.forms import Fields
from web.language import language
from web.layout import MenuEntry
from web.letter_of import letter_of
from web.region_clock import local_today

bp = Blueprint("letters", __name__, url_prefix="/agency/letters", template_folder="templates")
MENU = (MenuEntry(lazy_gettext("Letters"), "letters.home", (Role.AGENCY,), order=45),)
REFUSALS = {
    "no_such_batch": lazy_gettext("There is no such batch of letters."),
    "batch_moved": lazy_gettext("This batch was printed, posted or withdrawn in the meantime: look again."),
    "same_batch": lazy_gettext("Another batch of that day has this envelope and size of type already."),
    "not_printed": lazy_gettext("This batch is not printed yet, or its file was deleted: print it first."),
}
PAPERS = {Paper.DL: lazy_gettext("DL, 110 × 220 mm"), Paper.C5: lazy_gettext("C5, 162 × 229 mm")}
STATES = {
    LetterBatchStatus.OPEN: (lazy_gettext("gathering"), "plain"),
    LetterBatchStatus.MADE: (lazy_gettext("printed"), "ok"),
    LetterBatchStatus.POSTED: (lazy_gettext("posted"), "ok"),
    LetterBatchStatus.WITHDRAWN: (lazy_gettext("withdrawn"), "bad"),
}


class NotPrinted(Conflict):
    """There is no file of this batch."""

    code = "not_printed"


@bp.get("")
@allow(Role.AGENCY)
def home() -> ResponseReturnValue:
    """The batches, newest day first."""
    with snapshot() as session:
        desk = letter_batches.load(session, today=local_today())
    return render_template(
        "letters/home.html", desk=desk, papers=PAPERS, states=STATES, timezone=_settings().timezone
    )


@bp.post("/gather")
@allow(Role.AGENCY)
def send_gather() -> ResponseReturnValue:
    """Give new letters their day now, without waiting for the clock."""
    with transaction() as session:
        desk = letter_batches.load(session, today=local_today())
        gathered = gather_letters(session, desk.programme_id, today=local_today(), now=now()) if desk else 0
    flash(gettext("Letters with a posting day now: %(count)s", count=gathered), "ok")
    return redirect(url_for("letters.home"), 303)


@bp.get("/<int:batch_id>")
@allow(Role.AGENCY)
def show(batch_id: int) -> ResponseReturnValue:
    """One batch with its letters; names only on the printed list."""
    with snapshot() as session:
        batch = letter_batches.one(session, batch_id)
        letters = letter_batches.letters(session, batch_id)
    return render_template(
        "letters/show.html", batch=batch, letters=letters, papers=PAPERS, states=STATES,
        timezone=_settings().timezone, is_there=bool(batch.file) and _file(batch.file).exists(),
    )  # fmt: skip


@bp.post("/<int:batch_id>/layout")
@allow(Role.AGENCY)
def send_layout(batch_id: int) -> ResponseReturnValue:
    """Envelope and size of type."""
    fields = Fields(request.form)
    paper = fields.choice("paper", {p.value: p for p in Paper}, gettext("Choose the envelope"))
    large = fields.ticked("large")
    fields.check()
    with transaction() as session:
        lay_out(session, batch_id, paper, large=large, now=now(), user_id=current_actor().user_id)
    flash(gettext("The letters will be laid out like this."), "ok")
    return redirect(url_for("letters.show", batch_id=batch_id), 303)


@bp.post("/<int:batch_id>/make")
@allow(Role.AGENCY)
def send_make(batch_id: int) -> ResponseReturnValue:
    """Ask for the file."""
    with transaction() as session:
        ask_to_make(session, batch_id, now=now(), user_id=current_actor().user_id)
    queue.enqueue(MAKE_LETTER_BATCH, batch_id)
    flash(gettext("The file is being made. Load this page again in a moment."), "ok")
    return redirect(url_for("letters.show", batch_id=batch_id), 303)


@bp.post("/<int:batch_id>/posted")
@allow(Role.AGENCY)
def send_posted(batch_id: int) -> ResponseReturnValue:
    """They are out of the house."""
    with transaction() as session:
        mark_posted(session, batch_id, now=now(), user_id=current_actor().user_id)
    flash(gettext("The batch is marked as posted."), "ok")
    return redirect(url_for("letters.show", batch_id=batch_id), 303)


@bp.post("/<int:batch_id>/withdraw")
@allow(Role.AGENCY)
def send_withdraw(batch_id: int) -> ResponseReturnValue:
    """Its letters wait for another day."""
    with transaction() as session:
        withdraw_batch(session, batch_id, now=now(), user_id=current_actor().user_id)
    flash(gettext("The batch is withdrawn; its letters go out with another one."), "ok")
    return redirect(url_for("letters.home"), 303)


@bp.post("/<int:batch_id>/letters.pdf")
@allow(Role.AGENCY)
def letters_pdf(batch_id: int) -> ResponseReturnValue:
    """The file to print, as often as need be: a POST, for each time is noted."""
    with snapshot() as session:
        batch = letter_batches.one(session, batch_id)
    path = _file(batch.file)
    if not batch.file or not path.exists():
        raise NotPrinted
    _note(batch_id, "file")
    return _pdf(path.read_bytes(), f"{batch.post_on.isoformat()}-{batch_id}.pdf")


@bp.post("/<int:batch_id>/letters/<int:message_id>.pdf")
@allow(Role.AGENCY)
def letter_pdf(batch_id: int, message_id: int) -> ResponseReturnValue:
    """One letter again, as things stand now: lost in the post, spoilt by the printer."""
    with snapshot() as session:
        batch = letter_batches.one(session, batch_id)
        out = letter_batches.letter(session, batch_id, message_id)
    _note(batch_id, "letter")
    of = letter_of(out, _settings(), now=now(), large=batch.large_print)
    content = paper_letter.render(
        of.letter, of.card, contact_of(_settings()), paper=batch.paper, large=of.large, slip=of.slip
    )
    return _pdf(content, f"{out.card.reference}.pdf")


@bp.post("/<int:batch_id>/list.pdf")
@allow(Role.AGENCY)
def list_pdf(batch_id: int) -> ResponseReturnValue:
    """The posting list on paper."""
    with snapshot() as session:
        batch = letter_batches.one(session, batch_id)
        lines = _lines(letter_batches.letters(session, batch_id))
    _note(batch_id, "list")
    content = posting_list.render(batch.post_on, lines, language())
    return _pdf(content, f"{batch.post_on.isoformat()}-{batch_id}-list.pdf")


@bp.post("/<int:batch_id>/list.csv")
@allow(Role.AGENCY)
def list_csv(batch_id: int) -> ResponseReturnValue:
    """The posting list for a spreadsheet, or for the firm that posts."""
    with snapshot() as session:
        batch = letter_batches.one(session, batch_id)
        lines = _lines(letter_batches.letters(session, batch_id))
    _note(batch_id, "list")
    header = (gettext("Number"), gettext("Name"), gettext("Address"), gettext("Reference"))
    rows = [(line.number, line.name, line.address, grouped(line.reference)) for line in lines]
    return _download(to_csv(header, rows), "text/csv", f"{batch.post_on.isoformat()}-{batch_id}.csv")


def _lines(letters: list[Outgoing]) -> list[PostedLine]:
    return [
        PostedLine(number, out.card.person_name, ", ".join(out.address.splitlines()), out.card.reference)
        for number, out in enumerate(letters, start=1)
    ]


def _note(batch_id: int, what: str) -> None:
    with transaction() as session:
        note_printed(session, batch_id, what, now=now(), user_id=current_actor().user_id)


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def _file(name: str) -> Path:
    return _settings().files_dir / name


def _pdf(content: bytes, name: str) -> Response:
    return _download(content, "application/pdf", name)


def _download(content: bytes, media_type: str, name: str) -> Response:
    answer = Response(content, mimetype=media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
