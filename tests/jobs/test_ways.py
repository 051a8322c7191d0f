"""The ways out: text messages through a gateway, quiet hours, another way when one is closed, calls."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from tests.builders import make_user
from tests.sms.gateway import TOKEN, Gateway, gateway_server
from tests.web.region import Region, make_region, plan
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.actor import Role
from vaccination.domain.contacts import CallBackReason
from vaccination.domain.messages import NO_LONGER_TRUE, MessageChannel, MessageKind, MessageStatus
from vaccination.domain.references import grouped
from vaccination.domain.requests import ContactBy
from vaccination.domain.sms import size
from vaccination.models.appointments import Appointment
from vaccination.models.contacts import CallBack
from vaccination.models.messages import Message
from vaccination.models.texts import EditedText
from vaccination.services.asking.command import AskForDoses, Place
from vaccination.services.asking.people import PersonDetails
from vaccination.services.asking.requests import Asked, ask
from vaccination.services.telling.messages import write_message
from vaccination.settings import Settings
from web.jobs import messages
from web.jobs import settings as job_settings

MOBILE = "+33612345678"


@pytest.fixture
def gateway(worker: Settings) -> Iterator[Gateway]:
    with gateway_server() as gateway:
        job_settings.use(replace(worker, sms_url=gateway.url, sms_token=TOKEN, sms_from="RDV"))
        yield gateway


@pytest.fixture
def region(worker: Settings) -> Region:
    return make_region()


def asked(region: Region, name: str = "Léa", *, by: ContactBy = ContactBy.SMS, told: bool = False,
          locale: str = "fr", **contact: str | None) -> Asked:  # fmt: skip
    """Somebody's request; without `told` nothing is to be sent about it yet."""
    contact = {"phone": MOBILE, **contact}
    person = PersonDetails("Martin", name, now().date() - timedelta(80 * 365), locale=locale, **contact)
    place = Place("Orléans", "45000", 47.9, 1.9)
    with transaction() as session:
        made = ask(session, AskForDoses(region.programme_id, person, place, 30.0, contact_by=by), now=now())
        if not told:
            received = Message.kind == MessageKind.RECEIVED
            session.execute(update(Message).where(received).values(status=MessageStatus.SENT))
        return made


def tell(request_id: int, kind: MessageKind, about: str = "1") -> None:
    with transaction() as session:
        write_message(session, request_id, kind, about=about, now=now() - timedelta(400))


def news() -> list[tuple[str, str, str, str]]:
    with transaction() as session:
        rows = session.scalars(
            select(Message).where(Message.kind != MessageKind.RECEIVED).order_by(Message.id)
        )
        return [(m.kind.value, m.channel.value, m.status.value, m.failure) for m in rows]


def test_a_text_message_goes_out_with_what_it_cost(
    gateway: Gateway, region: Region, clock: list[datetime]
) -> None:
    request = asked(region, told=True)
    clock[0] = daytime()
    messages.deliver_batch()
    (text,) = gateway.texts
    assert text["recipients"] == [{"msisdn": 33612345678}]
    assert request.reference[:4] in text["message"]
    assert request.secret not in text["message"].replace(" ", "")
    assert "Martin" not in text["message"] and "vacc" not in text["message"].lower()
    with transaction() as session:
        message = session.scalars(select(Message)).one()
        assert (message.status, message.segments, message.provider_ref) == (MessageStatus.SENT, 1, "4000001")


FIRST_WORD = {"fr": "RDV", "en": "Appointment", "de": "Termin", "es": "Cita", "ar": "موعدكم"}


@pytest.mark.parametrize("locale", FIRST_WORD)
def test_a_confirmation_names_both_appointments(
    gateway: Gateway, region: Region, clock: list[datetime], locale: str
) -> None:
    request = asked(region, locale=locale)
    plan(region, request.request_id)
    tell(request.request_id, MessageKind.CONFIRMED)
    clock[0] = daytime()
    messages.deliver_batch()
    text = gateway.texts[0]
    assert text["message"].count("Centre") == 2
    assert text["message"].startswith(FIRST_WORD[locale])
    assert text["encoding"] == ("UCS2" if locale == "ar" else "UTF8")
    with transaction() as session:
        counted = session.scalars(select(Message.segments).where(Message.kind == MessageKind.CONFIRMED)).one()
    assert counted == size(text["message"]).segments <= 3


def test_nobody_is_woken(gateway: Gateway, region: Region, clock: list[datetime]) -> None:
    request = asked(region)
    tell(request.request_id, MessageKind.ANSWERED)
    clock[0] = daytime(hour=21)
    messages.deliver_batch()
    assert gateway.texts == []
    with transaction() as session:
        message = session.scalars(select(Message).where(Message.kind == MessageKind.ANSWERED)).one()
        assert message.next_try_at == daytime(hour=8) + timedelta(1)
        assert (message.status, message.tries) == (MessageStatus.CREATED, 0)
    clock[0] = daytime(hour=8) + timedelta(1)
    messages.deliver_batch()
    assert len(gateway.texts) == 1


def test_a_change_of_what_is_near_does_not_wait_for_the_morning(
    gateway: Gateway, region: Region, clock: list[datetime]
) -> None:
    near, far = asked(region, "Near"), asked(region, "Far")
    for request in (near, far):
        plan(region, request.request_id)
    clock[0] = daytime(hour=21)
    with transaction() as session:
        session.execute(
            update(Appointment)
            .where(Appointment.request_id == near.request_id, Appointment.dose_number == 1)
            .values(starts_at=clock[0] + timedelta(hours=11))
        )
    for request in (near, far):
        tell(request.request_id, MessageKind.CHANGED, str(request.request_id))
    messages.deliver_batch()
    assert [text["message"].count(near.reference[:4]) for text in gateway.texts] == [1]


def test_a_place_free_today_is_told_at_once(gateway: Gateway, region: Region, clock: list[datetime]) -> None:
    request = asked(region)
    tell(request.request_id, MessageKind.SAME_DAY)
    clock[0] = daytime(hour=21)
    messages.deliver_batch()
    assert len(gateway.texts) == 1


def test_a_number_that_is_refused_is_written_to(
    worker: Settings, gateway: Gateway, region: Region, clock: list[datetime]
) -> None:
    gateway.refuses[33612345678] = 422
    request = asked(region, email="lea@example.org")
    tell(request.request_id, MessageKind.ANSWERED)
    clock[0] = daytime()
    messages.deliver_batch()
    assert news() == [("answered", "email", "sent", "")]
    assert len(list((worker.files_dir / "outbox").glob("*.eml"))) == 1


def test_a_number_that_takes_no_texts_is_called_when_nothing_else_is_left(
    gateway: Gateway, region: Region, clock: list[datetime]
) -> None:
    request = asked(region, phone="+33238000000")
    tell(request.request_id, MessageKind.ANSWERED)
    clock[0] = daytime()
    messages.deliver_batch()
    assert news() == [("answered", "phone", "sent", "")]
    with transaction() as session:
        call = session.scalars(select(CallBack)).one()
        assert (call.request_id, call.phone) == (request.request_id, "+33238000000")
        assert call.reason is CallBackReason.MESSAGE_BOUNCED


def test_a_reminder_that_cannot_be_sent_is_no_letter(
    gateway: Gateway, region: Region, clock: list[datetime]
) -> None:
    gateway.refuses[33612345678] = 422
    request = asked(region, address="1 rue\n45000 Orléans")
    plan(region, request.request_id)
    day = first_day(request)
    tell(request.request_id, MessageKind.REMINDER_DAY, f"{request.request_id}:{day}")
    clock[0] = datetime(day.year, day.month, day.day, 13, tzinfo=UTC) - timedelta(1)
    messages.deliver_batch()
    assert news() == [("reminder_day", "sms", "failed", "refused by the gateway (422)")]


def test_a_gateway_that_is_away_is_asked_a_few_times_and_mails_still_go(
    worker: Settings, gateway: Gateway, region: Region, clock: list[datetime]
) -> None:
    gateway.status = 503
    for number in range(6):
        tell(asked(region, f"Léa{number}").request_id, MessageKind.ANSWERED, str(number))
    by_mail = asked(region, "Mail", by=ContactBy.EMAIL, email="mail@example.org")
    tell(by_mail.request_id, MessageKind.ANSWERED, "mail")
    clock[0] = daytime()
    messages.deliver_batch()
    assert len(gateway.logins) == 3
    assert {(channel, status) for _, channel, status, _ in news()} == {("sms", "created"), ("email", "sent")}
    gateway.status = 200
    clock[0] += timedelta(hours=1)
    messages.deliver_batch()
    assert len(gateway.texts) == 6


def test_who_has_nothing_at_all_stops_nobody(gateway: Gateway, region: Region, clock: list[datetime]) -> None:
    nobody = asked(region, "Nobody", by=ContactBy.LETTER, phone=None)
    somebody = asked(region, "Somebody")
    for request in (nobody, somebody):
        tell(request.request_id, MessageKind.ANSWERED, str(request.request_id))
    clock[0] = daytime()
    messages.deliver_batch()
    assert news() == [
        ("answered", "letter", "failed", "no address"),
        ("answered", "sms", "sent", ""),
    ]


def test_yesterdays_tomorrow_is_not_sent(gateway: Gateway, region: Region, clock: list[datetime]) -> None:
    request = asked(region)
    plan(region, request.request_id)
    day = first_day(request)
    tell(request.request_id, MessageKind.REMINDER_DAY, f"{request.request_id}:{day}")
    clock[0] = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    messages.deliver_batch()
    assert gateway.texts == []
    assert news() == [("reminder_day", "sms", "failed", NO_LONGER_TRUE)]


def test_the_agencys_words_are_sent(gateway: Gateway, region: Region, clock: list[datetime]) -> None:
    request = asked(region)
    with transaction() as session:
        session.add(
            EditedText(
                programme_id=region.programme_id, kind=MessageKind.ANSWERED, channel=MessageChannel.SMS,
                locale="fr", body="Passez nous voir, {reference}. {phone}", changed_at=now(),
                changed_by=make_user(session, Role.AGENCY).id,
            )
        )  # fmt: skip
    tell(request.request_id, MessageKind.ANSWERED)
    clock[0] = daytime()
    messages.deliver_batch()
    # no help line is set: nothing stands in its place, and nothing else is lost
    assert gateway.texts[0]["message"] == f"Passez nous voir, {grouped(request.reference)}."


def daytime(hour: int = 10) -> datetime:
    """An hour of tomorrow by the clock of Paris."""
    tomorrow = now().date() + timedelta(1)
    local = datetime(tomorrow.year, tomorrow.month, tomorrow.day, hour, tzinfo=ZoneInfo("Europe/Paris"))
    return local.astimezone(UTC)


def first_day(request: Asked) -> date:
    with transaction() as session:
        days = select(Appointment.day).where(Appointment.request_id == request.request_id)
        return min(session.scalars(days))
