"""What the desk reads: a title and a sentence for each verdict, names of states, reasons and sites."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext, ngettext

from vaccination.domain.appointment import Action, AppointmentStatus
from vaccination.domain.check_in import Arrival, Level, VerdictCode
from vaccination.domain.vaccination import InjectionSite, NotVaccinatedReason
from vaccination.queries.stock import LotOnHand
from vaccination.readmodels.desk_board import Show
from vaccination.readmodels.desk_person import DeskPerson, DeskVerdict, Happening
from web.desk.needs import need_names as need_names
from web.presenters import hour, moment, plain_day

V, S = VerdictCode, AppointmentStatus

# The `kind` of the parts "verdict" and "tag".
KIND_OF_LEVEL: Mapping[Level, str] = {Level.GREEN: "ok", Level.AMBER: "warn", Level.RED: "bad"}
STATUS_KIND: Mapping[AppointmentStatus, str] = {
    S.BOOKED: "plain",
    S.CHECKED_IN: "info",
    S.VACCINATED: "ok",
    S.NOT_VACCINATED: "warn",
    S.DID_NOT_ATTEND: "warn",
    S.CANCELLED: "bad",
}
# A person's page is a verdict too: on how things stand.
VERDICT_KIND: Mapping[AppointmentStatus, str] = {
    S.BOOKED: "info",
    S.CHECKED_IN: "info",
    S.VACCINATED: "ok",
    S.NOT_VACCINATED: "warn",
    S.DID_NOT_ATTEND: "warn",
    S.CANCELLED: "bad",
}
STATUS_NAMES: Mapping[AppointmentStatus, str] = {
    S.BOOKED: lazy_gettext("Expected"),
    S.CHECKED_IN: lazy_gettext("Waiting"),
    S.VACCINATED: lazy_gettext("Vaccinated"),
    S.NOT_VACCINATED: lazy_gettext("Not vaccinated"),
    S.DID_NOT_ATTEND: lazy_gettext("Did not attend"),
    S.CANCELLED: lazy_gettext("Cancelled"),
}
SHOW_NAMES: Mapping[Show, str] = {
    Show.TO_COME: lazy_gettext("Expected"),
    Show.WAITING: lazy_gettext("Waiting"),
    Show.DONE: lazy_gettext("Done"),
    Show.ALL: lazy_gettext("All"),
}
SITE_NAMES: Mapping[InjectionSite, str] = {
    InjectionSite.LEFT_ARM: lazy_gettext("Left arm"),
    InjectionSite.RIGHT_ARM: lazy_gettext("Right arm"),
    InjectionSite.OTHER: lazy_gettext("Elsewhere"),
}
REASON_NAMES: Mapping[NotVaccinatedReason, str] = {
    NotVaccinatedReason.UNWELL: lazy_gettext("Unwell today"),
    NotVaccinatedReason.CONTRAINDICATED: lazy_gettext("Medical reason"),
    NotVaccinatedReason.DECLINED: lazy_gettext("The person declined"),
    NotVaccinatedReason.ALREADY_HAD_IT: lazy_gettext("Already had this dose elsewhere"),
    NotVaccinatedReason.NO_DOSE: lazy_gettext("No dose left"),
    NotVaccinatedReason.OTHER: lazy_gettext("For another reason"),
}
ACTION_NAMES: Mapping[Action, str] = {
    Action.BOOK: lazy_gettext("Appointment booked"),
    Action.MOVE: lazy_gettext("Appointment moved"),
    Action.CHECK_IN: lazy_gettext("Checked in"),
    Action.UNDO_CHECK_IN: lazy_gettext("Check-in undone"),
    Action.VACCINATE: lazy_gettext("Dose recorded"),
    Action.UNDO_VACCINATION: lazy_gettext("Record withdrawn"),
    Action.REFUSE: lazy_gettext("No dose given"),
    Action.MARK_ABSENT: lazy_gettext("Marked as absent"),
    Action.UNDO_ABSENCE: lazy_gettext("Absence undone"),
    Action.CANCEL: lazy_gettext("Appointment cancelled"),
}
LINE_COLUMNS = (
    ("time", lazy_gettext("Time")),
    ("name", lazy_gettext("Name")),
    ("dose", lazy_gettext("Dose")),
    ("state", lazy_gettext("State")),
)
TITLES: Mapping[VerdictCode, str] = {
    V.RIGHT: lazy_gettext("Checked in"),
    V.TOO_EARLY: lazy_gettext("Checked in, but early"),
    V.TOO_LATE: lazy_gettext("Checked in, but late"),
    V.FIRST_DOSE_MISSING: lazy_gettext("Checked in, but the first dose is missing"),
    V.ALREADY_CHECKED_IN: lazy_gettext("Already checked in"),
    V.ALREADY_VACCINATED: lazy_gettext("Already vaccinated"),
    V.ALREADY_SEEN: lazy_gettext("Already seen, no dose given"),
    V.WRONG_CENTRE: lazy_gettext("Wrong centre"),
    V.WRONG_DAY: lazy_gettext("Wrong day"),
    V.CANCELLED: lazy_gettext("Appointment cancelled"),
    V.OLD_PAPER: lazy_gettext("Old confirmation"),
    V.NO_APPOINTMENT: lazy_gettext("No appointment yet"),
    V.UNKNOWN: lazy_gettext("Unknown appointment"),
    V.FORGED: lazy_gettext("Not a confirmation of ours"),
    V.UNREADABLE: lazy_gettext("Code incomplete"),
    V.NOT_OURS: lazy_gettext("Another kind of code"),
}
# Verdicts whose sentence needs no fact.
_PLAIN: Mapping[VerdictCode, str] = {
    V.FIRST_DOSE_MISSING: lazy_gettext(
        "We have no record of the first dose. The vaccinator must ask before giving the second."
    ),
    V.CANCELLED: lazy_gettext("It no longer stands. The person may have another: search by name."),
    V.NO_APPOINTMENT: lazy_gettext("The request is with us, but still waits for its appointments."),
    V.UNKNOWN: lazy_gettext("We have no such appointment. Search by name and date of birth."),
    V.FORGED: lazy_gettext("It looks like ours, but we did not sign it. Search by name and date of birth."),
    V.UNREADABLE: lazy_gettext("The reading broke off. Scan again, or type the reference below the code."),
    V.NOT_OURS: lazy_gettext("Ask for the appointment confirmation, and scan its square code."),
}
_TYPED_WRONG = lazy_gettext("This is no reference of ours. Check each character, or search by name.")


@dataclass(frozen=True, slots=True)
class Said:
    """A verdict in words."""

    kind: str
    title: str
    sentence: str


def said(verdict: DeskVerdict) -> Said:
    """What the screen says about a scan."""
    return Said(KIND_OF_LEVEL[verdict.level], str(TITLES[verdict.code]), _sentence(verdict))


def standing(person: DeskPerson) -> str:
    """Below the state's name: since when, and from which lot."""
    if person.given is not None:
        at = hour(person.given.given_at, person.timezone)
        return str(_GIVEN % {"lot": person.given.lot, "hour": at})
    if person.status is S.BOOKED or person.since is None:
        return str(_BOOKED % {"when": moment(person.starts_at, person.timezone)})
    return _noted(person.status, person.since, person.starts_at, person.timezone)


def lot_names(lots: Iterable[LotOnHand]) -> dict[int, str]:
    """Lots to choose from: number, last day, how much is left."""
    return {
        lot.lot_id: _LOT
        % {
            "number": lot.number,
            "day": plain_day(lot.usable_to),
            "left": ngettext("%(num)s dose left", "%(num)s doses left", lot.doses),
        }
        for lot in lots
    }


def sites() -> dict[str, str]:
    """Where a dose may be given, to choose from."""
    return {site.value: str(name) for site, name in SITE_NAMES.items()}


def reasons() -> dict[str, str]:
    """Why no dose was given, to choose from."""
    return {reason.value: str(name) for reason, name in REASON_NAMES.items()}


def reason_name(line: Happening) -> str:
    """The reason of a line of the history in words, where it has one."""
    if line.action is Action.REFUSE and line.reason in set(NotVaccinatedReason):
        return str(REASON_NAMES[NotVaccinatedReason(line.reason)])
    if line.action is Action.CHECK_IN and line.reason in set(VerdictCode) - {V.RIGHT}:
        return str(TITLES[VerdictCode(line.reason)])
    return ""


def _sentence(verdict: DeskVerdict) -> str:
    if verdict.code is V.NOT_OURS and verdict.entry == "typed":
        return str(_TYPED_WRONG)
    if verdict.code in _PLAIN or verdict.arrival is None:
        return str(_PLAIN.get(verdict.code, ""))
    return _of_an_arrival(verdict, verdict.arrival)


def _of_an_arrival(verdict: DeskVerdict, arrival: Arrival) -> str:
    facts = {
        "centre": arrival.centre_name,
        "when": moment(arrival.starts_at, arrival.timezone),
        "hour": hour(arrival.starts_at, arrival.timezone),
        "off": _minutes(abs(verdict.minutes_off)),
    }
    if verdict.code in _OF_AN_ARRIVAL:
        return str(_OF_AN_ARRIVAL[verdict.code] % facts)
    return _noted(arrival.status, arrival.since, verdict.at, arrival.timezone)


def _noted(status: AppointmentStatus, since: datetime | None, seen_from: datetime, timezone: str) -> str:
    """At what time, or since when, with the day when it was another one."""
    if since is None:
        return ""
    zone = ZoneInfo(timezone)
    if since.astimezone(zone).date() == seen_from.astimezone(zone).date():
        words = _SINCE if status is S.CHECKED_IN else _AT
        return str(words % {"hour": hour(since, timezone)})
    return str(_ON % {"when": moment(since, timezone)})


def _minutes(count: int) -> str:
    if count < _AN_HOUR:
        return str(ngettext("%(num)s minute", "%(num)s minutes", count))
    return str(_HOURS % {"hours": count // _AN_HOUR, "minutes": f"{count % _AN_HOUR:02d}"})


_AN_HOUR = 60
_HOURS = lazy_gettext("%(hours)s h %(minutes)s min")


_LOT = lazy_gettext("%(number)s, %(left)s, until %(day)s")
_GIVEN = lazy_gettext("Lot %(lot)s, at %(hour)s.")
_BOOKED = lazy_gettext("Appointment on %(when)s.")
_AT = lazy_gettext("At %(hour)s.")
_SINCE = lazy_gettext("Since %(hour)s.")
_ON = lazy_gettext("On %(when)s.")
_OF_AN_ARRIVAL: Mapping[VerdictCode, str] = {
    V.RIGHT: lazy_gettext("Appointment at %(hour)s."),
    V.TOO_EARLY: lazy_gettext("%(off)s early: the appointment is at %(hour)s."),
    V.TOO_LATE: lazy_gettext("%(off)s late: the appointment was at %(hour)s."),
    V.WRONG_CENTRE: lazy_gettext("The appointment is at %(centre)s, %(when)s."),
    V.WRONG_DAY: lazy_gettext("The appointment is on %(when)s."),
    V.OLD_PAPER: lazy_gettext("It was moved: now %(when)s, at %(centre)s."),
}


REFUSALS: Mapping[str, str] = {
    "wrong_status": lazy_gettext("Somebody else was quicker: look at how it stands now."),
    "no_such_appointment": lazy_gettext("We cannot find this appointment at your centre."),
    "nobody_there": lazy_gettext("We cannot find this appointment at your centre."),
    "no_such_desk": lazy_gettext("We cannot find this centre among yours."),
    "unknown_centre": lazy_gettext("We cannot find this centre among yours."),
    "no_day_sheet": lazy_gettext("We cannot find this centre among yours."),
    "scan_uid_taken": lazy_gettext("Something went wrong with this scan: scan again."),
    "bad_scan": lazy_gettext("Scan a code, or type a reference."),
    "not_yet_absent": lazy_gettext("The slot has not begun: they may still come."),
    "second_given_back": lazy_gettext(
        "Not withdrawn: the second appointment was given back after this dose. The person first needs "
        "another one: chosen online or by phone, or found by the next plan. Then withdraw it here."
    ),
    "wrong_product": lazy_gettext("This lot is of another vaccine than the appointment."),
}
