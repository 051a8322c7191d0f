"""Set-up by file: download what there is as CSV, send it back changed, or see every fault of it."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from reports.tables import to_csv
from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.domain.actor import Role
from vaccination.domain.csv_table import MOST_BYTES, CsvFault, FileRefused
from vaccination.domain.file_kinds import NEEDED, OPTIONAL, FileKind
from vaccination.readmodels import exports
from vaccination.services.imports.files import import_file
from web.access import allow, current_actor
from web.agency.sentences import sentence
from web.files.words import COLUMNS, HOMES, TITLES

bp = Blueprint("files", __name__, url_prefix="/agency/files", template_folder="templates")
REFUSALS = {"rule_unknown": lazy_gettext("This does not exist (any more). Is there a programme yet?")}


@bp.get("/<kind>")
@allow(Role.AGENCY)
def show(kind: str, faults: tuple[CsvFault, ...] = ()) -> ResponseReturnValue:
    """What the file looks like, and where to send it."""
    of = _kind(kind)
    return render_template(
        "files/show.html", kind=of, title=TITLES[of], home=url_for(HOMES[of]), needed=NEEDED[of],
        optional=OPTIONAL[of], column_words=COLUMNS, faults=faults, sentence=sentence,
    )  # fmt: skip


@bp.get("/<kind>.csv")
@allow(Role.AGENCY)
def download(kind: str) -> ResponseReturnValue:
    """What is stored, as a file."""
    of = _kind(kind)
    with snapshot() as session:
        header, rows = exports.load(session, of)
    answer = Response(to_csv(header, rows), mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{of.value}.csv")
    return answer


@bp.post("/<kind>")
@allow(Role.AGENCY)
def send(kind: str) -> ResponseReturnValue:
    """Take a file whole, or show every fault of it."""
    of = _kind(kind)
    sent = request.files.get("file")
    # one byte more than may be: then it is known to be too large, and is not read to its end
    content = sent.stream.read(MOST_BYTES + 1) if sent else b""
    try:
        with transaction() as session:
            done = import_file(session, of, content, now=now(), user_id=current_actor().user_id)
    except FileRefused as refusal:
        return show(kind, refusal.faults), 400  # type: ignore[return-value]
    words = gettext(
        "The file was taken: %(created)s new, %(changed)s changed, %(unchanged)s as before.",
        created=done.created, changed=done.changed, unchanged=done.unchanged,
    )  # fmt: skip
    flash(words, "ok")
    return redirect(url_for(HOMES[of]), 303)


def _kind(text: str) -> FileKind:
    try:
        return FileKind(text)
    except ValueError:
        abort(404)
