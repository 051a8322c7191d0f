"""The words of the agency: sound ones are kept, broken ones refused, and nothing unread is overwritten."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders import NOW, make_programme, make_user
from vaccination.domain.actor import Role
from vaccination.domain.messages import MessageChannel, MessageKind
from vaccination.domain.texts import Words
from vaccination.models.audit import AuditEntry
from vaccination.models.texts import EditedText
from vaccination.readmodels import message_texts
from vaccination.services.telling.texts import (
    BrokenText,
    KeepText,
    NoProgramme,
    Place,
    TextChanged,
    drop_text,
    keep_text,
)

PLACE = Place(MessageKind.REMINDER_TWO_DAYS, MessageChannel.SMS, "fr")


def keep(session: Session, user_id: int, body: str, version: int = 0) -> int:
    command = KeepText(PLACE, Words("", body), version, {"appointments": "x" * 80})
    return keep_text(session, command, now=NOW, user_id=user_id)


@pytest.fixture
def user_id(session: Session) -> int:
    return make_user(session, Role.AGENCY).id


def test_words_are_kept_with_who_wrote_them(session: Session, user_id: int) -> None:
    make_programme(session, sms_segment_cents=6.5)
    assert keep(session, user_id, "RDV {appointments}\r\n") == 1
    assert keep(session, user_id, "Rappel {appointments}", 1) == 2
    texts = message_texts.load(session)
    own = texts.own[MessageKind.REMINDER_TWO_DAYS, MessageChannel.SMS, "fr"]
    assert (own.words.body, own.version, texts.cents_a_segment) == ("Rappel {appointments}", 2, 6.5)
    assert set(session.scalars(select(AuditEntry.action))) == {"text_kept"}


def test_who_read_an_older_version_overwrites_nothing(session: Session, user_id: int) -> None:
    make_programme(session)
    keep(session, user_id, "RDV {appointments}")
    with pytest.raises(TextChanged):
        keep(session, user_id, "Autre {appointments}")
    assert session.scalars(select(EditedText.body)).all() == ["RDV {appointments}"]


def test_a_broken_text_is_refused_whole(session: Session, user_id: int) -> None:
    make_programme(session)
    with pytest.raises(BrokenText) as refused:
        keep(session, user_id, "Votre vaccin {nom}")
    assert {fault.code.value for fault in refused.value.faults} == {"unknown", "missing", "telling"}
    assert session.scalars(select(EditedText)).all() == []


def test_back_to_the_standard_words(session: Session, user_id: int) -> None:
    make_programme(session)
    keep(session, user_id, "RDV {appointments}")
    for _ in range(2):
        drop_text(session, PLACE, now=NOW, user_id=user_id)
    assert message_texts.load(session).own == {}


def test_without_a_programme_there_is_nothing_to_write(session: Session, user_id: int) -> None:
    with pytest.raises(NoProgramme):
        keep(session, user_id, "RDV {appointments}")


def test_nobody_writes_words_for_a_call() -> None:
    with pytest.raises(ValueError, match="channel"):
        Place(MessageKind.CHANGED, MessageChannel.PHONE, "fr")
