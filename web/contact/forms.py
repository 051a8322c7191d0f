"""Forms for turning to the centre."""

from collections.abc import Iterable

from flask_babel import gettext, lazy_gettext
from werkzeug.datastructures import MultiDict

from vaccination.domain.contacts import CallBackReason, ThreadSubject
from vaccination.queries.own_centres import OwnCentre
from vaccination.services.telling.call_backs import AskCall
from vaccination.services.telling.threads import LONGEST_LINE, WriteToCentre
from web.forms import Fields
from web.language import language

SUBJECTS = {
    ThreadSubject.APPOINTMENT.value: lazy_gettext("My appointment"),
    ThreadSubject.PAPERS.value: lazy_gettext("Which papers to bring"),
    ThreadSubject.ACCESS.value: lazy_gettext("Getting there and getting in"),
    ThreadSubject.OTHER.value: lazy_gettext("Something else"),
}
PARTS_OF_DAY = {
    "0": lazy_gettext("In the morning, 9 to 12"),
    "1": lazy_gettext("In the afternoon, 1 to 5"),
    "2": lazy_gettext("Early in the evening, 5 to 7"),
}

Typed = MultiDict[str, str]


def parse_letter(form: Typed, request_id: int, centres: Iterable[OwnCentre]) -> WriteToCentre:
    """What somebody writes. Where there is only one centre, nobody is asked which."""
    fields = Fields(form)
    ids = {str(centre.id): centre.id for centre in centres}
    if len(ids) == 1:
        centre_id = next(iter(ids.values()))
    else:
        centre_id = fields.choice("centre_id", ids or {"": 0}, gettext("Choose the centre"))
    subjects = {subject.value: subject for subject in ThreadSubject}
    missing = gettext("Say what it is about")
    subject = fields.choice("subject", subjects, missing)
    text = fields.text("text", gettext("Write your message"), longest=LONGEST_LINE)
    fields.check()
    return WriteToCentre(request_id, centre_id, subject, text)


def parse_call(form: Typed, request_id: int, centre_id: int | None, *, has_phone: bool) -> AskCall:
    """When somebody wants to be called, and at which number: empty is the one that they gave."""
    fields = Fields(form)
    missing = gettext("Enter the number at which we can call you")
    phone = fields.optional_phone("phone") if has_phone else fields.phone("phone", missing)
    bands = {band: int(band) for band in PARTS_OF_DAY}
    band = fields.choice("band", bands, gettext("Choose a part of the day"))
    fields.check()
    return AskCall(
        CallBackReason.OTHER, request_id=request_id, phone=phone, centre_id=centre_id, band=band,
        locale=language(),
    )  # fmt: skip
