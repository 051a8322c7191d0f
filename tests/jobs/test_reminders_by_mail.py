"""Reminders by mail: one for a household, and a click to do without them."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from sqlalchemy import update

from tests.jobs.test_ways import asked, first_day, tell
from tests.web.region import Region, make_region, plan
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.messages import MessageKind
from vaccination.domain.requests import ContactBy
from vaccination.models.people import Household
from vaccination.models.requests import Request
from vaccination.settings import Settings
from web.jobs import messages


@pytest.fixture
def region(worker: Settings) -> Region:
    return make_region()


def test_a_household_is_reminded_once_of_all_its_appointments(
    worker: Settings, region: Region, clock: list[datetime]
) -> None:
    requests = [
        asked(region, name, by=ContactBy.EMAIL, email="home@example.org") for name in ("Aline", "Bruno")
    ]
    with transaction() as session:
        household = Household(created_at=now())
        session.add(household)
        session.flush()
        session.execute(update(Request).values(household_id=household.id))
    for request in requests:
        plan(region, request.request_id)
    day = first_day(requests[0])
    tell(requests[0].request_id, MessageKind.REMINDER_DAY, f"{requests[0].request_id}:{day}")
    clock[0] = datetime(day.year, day.month, day.day, 13, tzinfo=UTC) - timedelta(1)
    messages.deliver_batch()
    mail = the_mail(worker)
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "(Aline)" in text and "(Bruno)" in text
    names = [part.get_filename() for part in mail.iter_attachments()]
    assert {name for name in names if name and name.endswith(".pdf")} == {
        f"{r.reference}.pdf" for r in requests
    }


def test_only_what_can_be_missed_is_unsubscribed_from(
    worker: Settings, region: Region, clock: list[datetime]
) -> None:
    request = asked(region, by=ContactBy.EMAIL, email="lea@example.org")
    plan(region, request.request_id)
    day = first_day(request)
    tell(request.request_id, MessageKind.REMINDER_DAY, f"{request.request_id}:{day}")
    tell(request.request_id, MessageKind.CHANGED)
    clock[0] = datetime(day.year, day.month, day.day, 13, tzinfo=UTC) - timedelta(1)
    messages.deliver_batch()
    outbox = worker.files_dir / "outbox"
    mails = {}
    for path in outbox.glob("*.eml"):
        mail = message_from_bytes(path.read_bytes(), policy=default)
        mails[mail["Subject"].partition(":")[0].strip()] = mail
    reminder, change = mails["Rappel"], next(m for s, m in mails.items() if "changé" in s)
    address = reminder["List-Unsubscribe"].strip().strip("<>")
    assert address.startswith(f"http://localhost/fewer-messages/{request.request_id}/reminder_day/")
    assert reminder["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert address in reminder.get_body(("plain",)).get_content()
    assert change["List-Unsubscribe"] is None
    assert "vacc" not in (reminder["Subject"] + change["Subject"]).lower()
    # the first mail to this person holds all later ones together
    assert reminder["References"] is None
    assert change["References"] == change["In-Reply-To"] == reminder["Message-ID"]


def the_mail(worker: Settings) -> EmailMessage:
    (path,) = Path(worker.files_dir / "outbox").glob("*.eml")
    mail = message_from_bytes(path.read_bytes(), policy=default)
    assert isinstance(mail, EmailMessage)
    return mail
