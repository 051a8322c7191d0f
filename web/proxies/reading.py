"""A list of people, each line read as the request form would read it: the same rules, the same sentences."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from vaccination.domain.contacts import Consent, Relation
from vaccination.domain.people_lists import MOST_LINES, ListLine, day_parts, read_list
from vaccination.domain.requests import Channel
from vaccination.readmodels.asking_form import AskingForm
from vaccination.services.access.organisations import Workplace
from vaccination.services.asking.consent import HelperDetails
from vaccination.services.asking.lists import ListedPerson
from web.language import language
from web.public.answers import DISTANCES_KM
from web.public.questions import read_all
from web.public.towns import find as find_towns

DISTANCES = {str(km): km for km in DISTANCES_KM}


@dataclass(frozen=True, slots=True)
class WrongLine:
    """A line that could not be taken, with what was written there: it is never lost."""

    number: int
    text: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadList:
    """A list as it was understood."""

    lines: Sequence[ListLine]
    people: tuple[ListedPerson, ...]
    wrong: tuple[WrongLine, ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What holds for every line of the list."""

    distance: str
    consent: Consent
    form_uid: str


def read(text: str, organisation: Workplace, offered: AskingForm, today: date, chosen: Chosen) -> ReadList:
    """Read every line, whatever is wrong with the others."""
    lines = read_list(text)
    helper = HelperDetails(
        Relation.ORGANISATION, organisation.name, chosen.consent, phone=organisation.phone or None
    )
    people: list[ListedPerson] = []
    wrong: list[WrongLine] = []
    for line in lines[:MOST_LINES]:
        answers, fields = read_all(_as_form(line, organisation, chosen), offered, today)
        if fields.errors:
            wrong.append(WrongLine(line.number, line.text, tuple(fields.errors.values())))
            continue
        command = replace(
            answers.command(f"{chosen.form_uid[:50]}:{line.number}", language()),
            channel=Channel.TOWN_HALL,
            organisation_id=organisation.organisation_id,
            helper=helper,
        )
        people.append(ListedPerson(line.number, command))
    too_many = gettext(
        "A list has at most %(count)s lines: hand in the rest as another list", count=MOST_LINES
    )
    wrong += [WrongLine(line.number, line.text, (too_many,)) for line in lines[MOST_LINES:]]
    return ReadList(lines, tuple(people), tuple(wrong))


def _as_form(line: ListLine, organisation: Workplace, chosen: Chosen) -> "MultiDict[str, str]":
    """The line as the form's fields; who has no address is written to at the organisation."""
    cells = line.cells
    day, month, year = day_parts(cells.get("birth", ""))
    where = cells.get("where", "")
    towns = find_towns(where)
    email, street = cells.get("email", ""), cells.get("street", "")
    postcode, town = "", ""
    if street and towns:
        place = towns[0].place(where)
        postcode, town = place.postcode, place.town
    elif not email and organisation.postcode:
        street = gettext("c/o %(name)s", name=organisation.name)
        postcode, town = organisation.postcode, organisation.town
    form: MultiDict[str, str] = MultiDict(
        {
            "for_whom": "self", "family_name": cells.get("family_name", ""),
            "given_name": cells.get("given_name", ""), "birth_day": day, "birth_month": month,
            "birth_year": year, "where": where or organisation.postcode, "distance": chosen.distance,
            "had_first": "no", "second": "same", "interpreter": "", "phone": cells.get("phone", ""),
            "email": email, "contact_by": "email" if email else "letter", "street": street,
            "postcode": postcode, "address_town": town,
        }
    )  # fmt: skip
    form.setlist("times", [str(band) for band in range(21)])
    if len(towns) > 1:
        form["town"] = towns[0].key  # the largest: a list cannot be asked which
    return form
