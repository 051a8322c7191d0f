from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import vobject

from reports.appointment_card import Contact
from reports.calendar import render
from tests.reports.cards import LAYOUTS, make_card, make_dose, make_second_dose
from vaccination.domain.appointment import AppointmentStatus
from vaccination.readmodels.appointment_card import AppointmentCard, DoseCard

NOW = datetime(2027, 4, 1, 12, 30, tzinfo=UTC)
CONTACT = Contact(phone="0 800 00 00 00", web="https://vaccination.example.fr")


def entries(content: bytes) -> list[icalendar.Event]:
    return list(icalendar.Calendar.from_ical(content).walk("VEVENT"))


def changed(card: AppointmentCard, **named: object) -> AppointmentCard:
    return replace(card, doses=tuple(replace(dose, **named) for dose in card.doses))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", LAYOUTS)
def test_both_parsers_read_when_and_where(name: str) -> None:
    card = LAYOUTS[name]
    content = render(card, contact=CONTACT, now=NOW, organizer="rdv@example.org")
    assert [event["dtstart"].dt for event in entries(content)] == [dose.starts_at for dose in card.doses]
    other = vobject.readOne(content.decode())
    assert [event.dtstart.value for event in other.vevent_list] == [dose.starts_at for dose in card.doses]
    assert [event.dtend.value for event in other.vevent_list] == [dose.ends_at for dose in card.doses]
    for event, dose in zip(other.vevent_list, card.doses, strict=True):
        assert dose.centre_name in event.location.value


def test_lines_are_folded_and_end_as_the_standard_says() -> None:
    content = render(LAYOUTS["long"], contact=CONTACT, now=NOW)
    assert content.count(b"\r\n") == content.count(b"\n")
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))


def test_an_entry_tells_a_lock_screen_nothing() -> None:
    for event in entries(render(LAYOUTS["ordinary"], now=NOW)):
        assert str(event["summary"]) == "Rendez-vous"
        assert str(event["class"]) == "PRIVATE"
        assert "vaccin" not in str(event["description"]).lower()
        assert "Dupont" not in event.to_ical().decode()
        (alarm,) = event.walk("VALARM")
        assert alarm["trigger"].dt == timedelta(days=-1)


def test_created_moved_and_cancelled_share_a_uid_and_count_up() -> None:
    card = make_card(make_dose(), make_second_dose())
    moved = changed(card, issue=1, starts_at=card.doses[0].starts_at + timedelta(1))
    cancelled = changed(moved, status=AppointmentStatus.CANCELLED)
    seen = [entries(render(version, now=NOW)) for version in (card, moved, cancelled)]
    assert {tuple(str(event["uid"]) for event in events) for events in seen} == {
        ("0001020304050607@vaccination-appointment", "7365636f6e645f38@vaccination-appointment")
    }
    assert [[event["sequence"] for event in events] for events in seen] == [[0, 0], [1, 1], [2, 2]]
    assert [str(events[0]["status"]) for events in seen] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    methods = [
        str(icalendar.Calendar.from_ical(render(each, now=NOW))["method"]) for each in (card, cancelled)
    ]
    assert methods == ["PUBLISH", "CANCEL"]


def test_the_time_stamp_is_the_moment_given_and_the_bytes_are_the_same_again() -> None:
    content = render(LAYOUTS["ordinary"], now=NOW)
    assert b"DTSTAMP:20270401T123000Z\r\n" in content
    assert render(LAYOUTS["ordinary"], now=NOW) == content


def in_zone(name: str, *, month: int = 5) -> DoseCard:
    return make_dose(starts_at=datetime(2027, month, 4, 9, 40, tzinfo=ZoneInfo(name)), timezone=name)


@pytest.mark.parametrize(
    "name", ["Europe/Paris", "Indian/Reunion", "America/Martinique", "America/Miquelon", "Pacific/Noumea"]
)
@pytest.mark.parametrize("month", [1, 3, 7, 11])
def test_the_zone_in_the_file_alone_gives_the_right_instant(name: str, month: int) -> None:
    dose = in_zone(name, month=month)
    # A name that no reader knows forces it to work the time out from the file (and readers remember names).
    unknown = f"X-{name}-{month}".replace("/", "-")
    content = render(make_card(dose), now=NOW).replace(name.encode(), unknown.encode())
    (event,) = entries(content)
    start = event["dtstart"].dt
    assert start.replace(tzinfo=None) == dose.starts_at.replace(tzinfo=None)
    assert start.utcoffset() == dose.starts_at.utcoffset()


def test_the_zone_has_the_changes_of_the_clock() -> None:
    content = render(make_card(in_zone("Europe/Paris")), now=NOW).decode()
    assert (
        "BEGIN:DAYLIGHT\r\nDTSTART:20270328T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\n" in content
    )
    assert (
        "BEGIN:STANDARD\r\nDTSTART:20271031T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\n" in content
    )
    assert content.count("BEGIN:VTIMEZONE") == 1
    assert len(content) < 2500


def test_two_zones_are_both_described() -> None:
    reunion = ZoneInfo("Indian/Reunion")
    far = make_second_dose(timezone="Indian/Reunion", starts_at=datetime(2027, 6, 1, 9, tzinfo=reunion))
    content = render(make_card(make_dose(), far), now=NOW)
    assert content.count(b"BEGIN:VTIMEZONE") == 2
    offsets = [event["dtstart"].dt.utcoffset() for event in entries(content)]
    assert offsets == [timedelta(hours=2), timedelta(hours=4)]


def test_a_card_without_doses_has_no_calendar() -> None:
    with pytest.raises(ValueError, match="appointment"):
        render(replace(make_card(), doses=()), now=NOW)
