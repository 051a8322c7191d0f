"""Appointments for somebody's own calendar (iCalendar, RFC 5545).

Calendars show themselves on lock screens and to colleagues: the title is neutral and the entry private.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from icalendar import Alarm, Calendar, Event, vCalAddress, vText

from reports.appointment_card import Contact
from reports.time_zones import time_zone_component
from reports.words import known
from vaccination.domain.references import grouped
from vaccination.readmodels.appointment_card import AppointmentCard, DoseCard

_DAY_BEFORE = timedelta(days=-1)
_SUMMARY = {"fr": "Rendez-vous", "en": "Appointment"}
_DESCRIPTION = {
    "fr": ("Référence : {reference}", "Apportez votre confirmation et une pièce d’identité.", "Tél. {phone}"),
    "en": ("Reference: {reference}", "Bring your confirmation and proof of identity.", "Phone {phone}"),
}


def render(
    card: AppointmentCard,
    locale: str = "",
    contact: Contact = Contact(),  # noqa: B008
    *,
    now: datetime,
    organizer: str = "",
) -> bytes:
    """An .ics file with one entry a dose; a card whose doses are all cancelled gives their cancellation.

    The same dose keeps its UID for life and counts SEQUENCE up, so calendars update rather than add.
    """
    if not card.doses:
        raise ValueError("a calendar file needs an appointment")
    locale = known(locale or card.locale)
    calendar = Calendar()
    calendar.add("prodid", "-//Vaccination scheduling//Appointments//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if all(dose.is_cancelled for dose in card.doses) else "PUBLISH")
    for name in dict.fromkeys(dose.timezone for dose in card.doses):
        moments = [moment for dose in card.doses for moment in (dose.starts_at, dose.ends_at)]
        calendar.add_component(time_zone_component(name, moments))
    for dose in card.doses:
        event = _event(dose, now, _SUMMARY[locale])
        event.add("description", "\n".join(_description(card, dose, locale, contact)))
        if organizer:
            event.add("organizer", _organizer(organizer, _SUMMARY[locale]))
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def _event(dose: DoseCard, now: datetime, summary: str) -> Event:
    event = Event()
    event.add("summary", summary)
    event.add("uid", f"{dose.token_ref.hex()}@vaccination-appointment")
    event.add("sequence", dose.issue + int(dose.is_cancelled))
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", dose.starts_at)
    event.add("dtend", dose.ends_at)
    event.add("status", "CANCELLED" if dose.is_cancelled else "CONFIRMED")
    event.add("class", "PRIVATE")
    event.add("transp", "OPAQUE")
    event.add("location", ", ".join((dose.centre_name, *dose.address)))
    if not dose.is_cancelled:
        event.add_component(_alarm(summary))
    return event


def _alarm(description: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", description)
    alarm.add("trigger", _DAY_BEFORE)
    return alarm


def _description(card: AppointmentCard, dose: DoseCard, locale: str, contact: Contact) -> Iterable[str]:
    reference, bring, phone = _DESCRIPTION[locale]
    yield reference.format(reference=grouped(card.reference))
    if not dose.is_cancelled:
        yield bring
    number = contact.phone or dose.phone
    if number:
        yield phone.format(phone=number)
    if contact.web:
        yield contact.web


def _organizer(address: str, name: str) -> vCalAddress:
    organizer = vCalAddress(f"mailto:{address}")
    organizer.params["CN"] = vText(name)
    return organizer
