"""The agency's own words for messages: kept only when they are sound, and by one person at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from vaccination.domain.messages import MessageChannel, MessageKind
from vaccination.domain.texts import EDITED_CHANNELS, Fault, Words, faults
from vaccination.errors import Conflict, Invalid, NotFound
from vaccination.models.programmes import Programme
from vaccination.models.texts import EditedText
from vaccination.services import audit


class BrokenText(Invalid):
    """A text that would leave its readers helpless, or tell others what is nobody's business."""

    code = "broken_text"

    def __init__(self, found: tuple[Fault, ...]) -> None:
        super().__init__(", ".join(fault.code for fault in found))
        self.faults = found


class TextChanged(Conflict):
    """Somebody else has changed this text meanwhile."""

    code = "text_changed"


class NoProgramme(NotFound):
    """There is no active programme whose messages could have words."""

    code = "no_active_programme"


@dataclass(frozen=True, slots=True)
class Place:
    """Which text: of a kind, for a channel, in a language."""

    kind: MessageKind
    channel: MessageChannel
    locale: str

    def __post_init__(self) -> None:
        if self.channel not in EDITED_CHANNELS:
            raise ValueError("nobody writes words for this channel")


@dataclass(frozen=True, slots=True)
class KeepText:
    """Words for a place. `version` is the one they were made from, 0 for the text of the files.

    `longest`: the longest that each placeholder may stand for, to reckon what a text message costs.
    """

    place: Place
    words: Words
    version: int
    longest: Mapping[str, str]


def keep_text(session: Session, command: KeepText, *, now: datetime, user_id: int) -> int:
    """Keep the words; returns their new version. BrokenText names all that is wrong."""
    found = faults(command.words, command.place.kind, command.place.channel, command.longest)
    if found:
        raise BrokenText(found)
    row = _locked(session, command.place)
    if (row.version if row else 0) != command.version:
        raise TextChanged
    if row is None:
        row = EditedText(
            programme_id=_programme(session).id,
            kind=command.place.kind,
            channel=command.place.channel,
            locale=command.place.locale,
            version=0,
        )
        session.add(row)
    row.subject, row.body = command.words.subject.strip(), command.words.body.replace("\r\n", "\n").strip()
    row.version, row.changed_by, row.changed_at = row.version + 1, user_id, now
    session.flush()
    audit.record(session, "text_kept", _subject(command.place), now=now, user_id=user_id,
                 facts={"version": row.version})  # fmt: skip
    return row.version


def drop_text(session: Session, place: Place, *, now: datetime, user_id: int) -> None:
    """Back to the text of the files."""
    row = _locked(session, place)
    if row is None:
        return
    session.execute(delete(EditedText).where(EditedText.id == row.id))
    audit.record(session, "text_dropped", _subject(place), now=now, user_id=user_id)


def _locked(session: Session, place: Place) -> EditedText | None:
    """The text, locked through its programme: two who write the first one wait for each other."""
    programme = _programme(session)
    return session.scalar(
        select(EditedText)
        .where(EditedText.programme_id == programme.id, EditedText.kind == place.kind)
        .where(EditedText.channel == place.channel, EditedText.locale == place.locale)
        .execution_options(populate_existing=True)
    )


def _programme(session: Session) -> Programme:
    programme = session.scalar(
        select(Programme).where(Programme.is_active).with_for_update(key_share=True).limit(1)
    )
    if programme is None:
        raise NoProgramme
    return programme


def _subject(place: Place) -> str:
    return f"text:{place.kind.value}.{place.channel.value}.{place.locale}"
