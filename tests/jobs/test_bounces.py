"""Delivery reports: what counts as a mail of ours that came back, and what becomes of it."""

from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from mailbox import Maildir
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.builders import make_person, make_programme, make_request
from tests.builders_journey import make_message
from tests.jobs.rung import rung
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.messages import MessageChannel, MessageKind, MessageStatus
from vaccination.models.messages import Message
from vaccination.security.link_tokens import link_token
from vaccination.settings import Settings
from web.bounce_mail import Bounce, read_bounce
from web.jobs import settings as job_settings
from web.jobs.bounces import read_bounces


def our_id(number: int = 12) -> str:
    return f"<message-{number}.{link_token('mail', number)}@example.org>"


def report(
    original: str, *, action: str = "failed", status: str = "5.1.1", whole: bool = True,
    kind: str = "multipart/report",
) -> bytes:  # fmt: skip
    """A report such as Postfix writes it (RFC 3464)."""
    text = (
        "Reporting-MTA: dns; mx.example.net\n\n"
        f"Final-Recipient: rfc822; lea@example.org\nAction: {action}\nStatus: {status}\n"
        "Diagnostic-Code: smtp; 550 5.1.1 <lea@example.org>: Recipient address rejected\n"
    )
    returned = f"From: rdv@example.org\nTo: lea@example.org\nSubject: RDV\nMessage-ID: {original}\n"
    parts = [
        "Content-Type: text/plain\n\nI'm sorry to have to inform you.\n",
        f"Content-Type: message/delivery-status\n\n{text}",
        f"Content-Type: message/rfc822\n\n{returned}\nBonjour Léa\n" if whole
        else f"Content-Type: text/rfc822-headers\n\n{returned}",
    ]  # fmt: skip
    head = (
        "From: MAILER-DAEMON@mx.example.net\nSubject: Undelivered Mail Returned to Sender\n"
        "Message-ID: <20270503.ABC@mx.example.net>\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\n"
        f'Content-Type: {kind}; report-type=delivery-status; boundary="b"\n\n'
    )
    return (head + "".join(f"--b\n{part}\n" for part in parts) + "--b--\n").encode()


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("status", ["5.1.1", "4.4.7", "5.2.2"])
def test_a_failure_is_read(whole: bool, status: str) -> None:
    assert read_bounce(report(our_id(), whole=whole, status=status)) == Bounce(12, status)


def test_a_failure_without_a_code() -> None:
    assert read_bounce(report(our_id(), status="unknown")) == Bounce(12, "5.0.0")


def test_a_report_about_a_mail_that_is_not_ours_is_no_failure() -> None:
    for original in (
        "<message-12.aaaaaaaaaaaaaaaaaaaaaaaaaa@example.org>",  # anybody could write this
        f"<message-13.{link_token('mail', 12)}@example.org>",
        "<message-12@example.org>",
        "<other@example.org>",
    ):
        assert read_bounce(report(original)) is None


def test_what_is_delivered_or_still_tried_is_no_failure() -> None:
    assert read_bounce(report(our_id(), action="delayed", status="4.4.1")) is None
    assert read_bounce(report(our_id(), action="delivered", status="2.0.0")) is None
    assert read_bounce(report(our_id(), kind="multipart/mixed")) is None


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00 nonsense",
        b"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n\xff\n",
    ],
)
def test_nonsense_is_no_failure(raw: bytes) -> None:
    assert read_bounce(raw) is None


def test_an_out_of_office_answer_is_no_failure() -> None:
    mail = EmailMessage()
    mail["From"] = "lea@example.org"
    mail["Subject"] = "Absence"
    mail["Auto-Submitted"] = "auto-replied"
    mail["In-Reply-To"] = mail["References"] = our_id()
    mail.set_content("Je suis absente.")
    assert read_bounce(mail.as_bytes()) is None


def test_the_mailbox_is_looked_through(worker: Settings, tmp_path: Path) -> None:
    box = Maildir(tmp_path / "bounces", create=True)
    job_settings.use(replace(worker, bounces=str(tmp_path / "bounces")))
    with transaction() as session:
        person = make_person(session, email="lea@example.org")
        request = make_request(session, make_programme(session), person)
        message_id = make_message(
            session, request, kind=MessageKind.CHANGED, channel=MessageChannel.EMAIL,
            status=MessageStatus.SENT, sent_at=now(),
        ).id  # fmt: skip
    for raw in (report(our_id(message_id)), report(our_id(message_id)), b"Subject: Bonjour\n\nSalut\n"):
        box.add(raw)
    read_bounces()
    read_bounces()
    with transaction() as session:
        messages = session.execute(select(Message.channel, Message.status, Message.bounce)).all()
    assert [tuple(row) for row in messages] == [
        (MessageChannel.EMAIL, MessageStatus.SENT, "5.1.1"),
        (MessageChannel.LETTER, MessageStatus.CREATED, ""),
    ]
    # what names somebody is gone, what a person should read is there
    assert [message["Subject"] for message in Maildir(tmp_path / "bounces")] == ["Bonjour"]
    assert rung(worker)[0] == ("web.jobs.messages.deliver_batch", 0)


def test_what_nobody_took_out_of_the_mailbox_is_forgotten(worker: Settings, tmp_path: Path) -> None:
    box = Maildir(tmp_path / "bounces", create=True)
    job_settings.use(replace(worker, bounces=str(tmp_path / "bounces")))
    for subject, days in (("old", 91), ("young", 89)):
        key = box.add(f"Subject: {subject}\n\nBonjour\n".encode())
        message = box[key]
        message.set_subdir("cur")
        message.set_date((now() - timedelta(days)).timestamp())
        box[key] = message
    read_bounces()
    assert [message["Subject"] for message in Maildir(tmp_path / "bounces")] == ["young"]


def test_without_a_mailbox_nothing_is_looked_through(worker: Settings) -> None:
    read_bounces()
    assert rung(worker) == []
