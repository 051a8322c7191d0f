"""The desk's forms, as commands."""

from datetime import date

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from vaccination.domain.vaccination import InjectionSite, NotVaccinatedReason
from vaccination.security.secrets import new_session_token
from vaccination.services.desk.check_in import LONGEST_SCAN_UID, CheckIn
from vaccination.services.desk.day_list import FindPeople
from vaccination.services.desk.vaccination import RecordNotVaccinated, RecordVaccination, WithdrawVaccination
from web.forms import Fields

Form = MultiDict[str, str]

# Somebody types at most a reference with its hyphens; only a scanner brings more.
_LONGEST_TYPED = 20
_LINE_UID = 40
_SITES = {site.value: site for site in InjectionSite}
_REASONS = {reason.value: reason for reason in NotVaccinatedReason}


def parse_scan(form: Form, centre_id: int) -> CheckIn:
    """A scanned or typed text, or a line of the list that was clicked."""
    fields = Fields(form)
    uid = fields.raw("scan_uid")[:LONGEST_SCAN_UID] or new_session_token()
    appointment_id = fields.optional_whole("appointment_id", least=1, most=2**31 - 1)
    if appointment_id is not None and not fields.errors:
        # One number for the whole list: each line makes its own of it.
        line_uid = f"{uid[:_LINE_UID]}-{appointment_id}"
        return CheckIn(scan_uid=line_uid, centre_id=centre_id, entry="list", appointment_id=appointment_id)
    text = fields.text("text", gettext("Scan a code, or type a reference"), longest=4000)
    fields.check()
    return CheckIn(scan_uid=uid, centre_id=centre_id, entry=_entry(form, text), text=text)


def _entry(form: Form, text: str) -> str:
    if form.get("entry") == "camera":
        return "camera"
    return "typed" if len(text) <= _LONGEST_TYPED else "scanner"


def parse_vaccination(form: Form, centre_id: int, appointment_id: int) -> RecordVaccination:
    """The dose that was given. Whether the lot may be used is the service's to say."""
    fields = Fields(form)
    lot_id = fields.whole("lot_id", gettext("Choose the lot"), least=1, most=2**31 - 1)
    site = fields.choice("site", _SITES, gettext("Choose where the dose was given"))
    fields.check()
    return RecordVaccination(appointment_id, centre_id, lot_id, site)


def parse_not_vaccinated(form: Form, centre_id: int, appointment_id: int) -> RecordNotVaccinated:
    """Why no dose was given."""
    fields = Fields(form)
    reason = fields.choice("reason", _REASONS, gettext("Choose the reason"))
    fields.check()
    return RecordNotVaccinated(appointment_id, centre_id, reason)


def parse_withdrawal(form: Form, centre_id: int, appointment_id: int) -> WithdrawVaccination:
    """A record to take back; was the dose drawn?"""
    answers = {"yes": True, "no": False}
    fields = Fields(form)
    drawn = fields.choice("drawn", answers, gettext("Say whether the dose had been drawn"))
    fields.check()
    return WithdrawVaccination(appointment_id, centre_id, dose_returned=not drawn)


def parse_search(form: Form, centre_id: int, today: date) -> FindPeople:
    """Name and birth date of somebody without paper."""
    fields = Fields(form)
    family_name = fields.text("family_name", gettext("Enter the first letters of the family name"))
    birth_date = fields.birth_day("birth", today)
    fields.check()
    return FindPeople(centre_id, family_name, birth_date)


def day_in_address(typed: str | None, today: date) -> date:
    """The day asked for in the address; what is no day means today."""
    try:
        return date.fromisoformat(typed) if typed else today
    except ValueError:
        return today
