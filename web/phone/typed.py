"""What an agent typed into the form on one page, and how it is read: for one caller or a household."""

from collections.abc import Callable
from datetime import date

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from vaccination.readmodels.asking_form import AskingForm
from vaccination.services.asking.household import MOST_MEMBERS
from web.forms import Fields
from web.language import LANGUAGES, language
from web.public.answers import HOUSEHOLD, SELF, Answers, Member
from web.public.ask_person import LONGEST_NAME
from web.public.questions import read_all
from web.public.towns import find as find_towns

Typed = MultiDict[str, str]
MOST_PEOPLE = MOST_MEMBERS
# what the form proposes: most people change none of it
ORDINARY: dict[str, object] = {
    "distance": "20", "times": [*range(21)], "contact_by": "letter", "had_first": "no", "second": "same",
    "for_whom": SELF,
}  # fmt: skip
_PARTS = ("given", "family", "born_day", "born_month", "born_year", "declared")
_TYPED_PARTS = _PARTS[:-1]


def people_in(typed: Typed) -> int:
    """For how many people the form has room: one, or a household."""
    said = typed.get("people", "").strip()
    return min(max(int(said), 1), MOST_PEOPLE) if said.isdecimal() and len(said) < 3 else 1


def language_in(typed: Typed) -> str:
    """In which language they are written to; the agent's own where none is chosen."""
    chosen = typed.get("language", "")
    return chosen if chosen in LANGUAGES else language()


def completed(form: Typed) -> Typed:
    """What was typed; a letter goes to the town from where they start, unless another is written.

    The people of a household stand without gaps, as their situations are counted.
    """
    typed = _without_gaps(MultiDict(form))
    if people_in(typed) > 1:
        typed["for_whom"] = HOUSEHOLD
    typed.setdefault("for_whom", SELF)
    towns = find_towns(typed.get("where", ""))
    if len(towns) == 1 or typed.get("town"):
        chosen = next((t for t in towns if t.pair[0] == typed.get("town")), towns[0] if towns else None)
        if chosen is not None:
            place = chosen.place(typed.get("where", ""))
            for name, value in (("postcode", place.postcode), ("address_town", place.town)):
                if not typed.get(name, "").strip():
                    typed[name] = value
    return typed


def read_typed(typed: Typed, offered: AskingForm, today: date) -> tuple[Answers, Fields]:
    """The answers of the whole form, and what is wrong with them."""
    answers, fields = read_all(typed, offered, today, _read_others)
    answers.one_dose_enough = answers.for_whom != HOUSEHOLD and fields.ticked("enough")
    if answers.one_dose_enough and answers.first_dose is not None:
        fields.fault("enough", gettext("The dose was given already: nothing more is owed"))
    return answers, fields


def group_names(offered: AskingForm) -> dict[str, str]:
    """Every category that anybody may declare: the age is not known yet when the form is shown."""
    return {
        named.group.code: named.name(language()) for named in offered.groups if named.group.needs_declaration
    }


def _read_others(fields: Fields, answers: Answers) -> None:
    """The others of a household; whose last name is empty bears the first person's."""
    people = [answers.people[0]]
    for row in range(2, MOST_PEOPLE + 1):
        if not _is_filled(row, fields.raw):
            continue
        given = fields.text(f"given_{row}", gettext("Enter the first name"), longest=LONGEST_NAME)
        family = fields.text(f"family_{row}", longest=LONGEST_NAME) or answers.family_name
        people.append(Member(given, family, fields.birth_day(f"born_{row}", answers.today)))
        if not fields.errors and len({one.identity for one in people}) < len(people):
            fields.fault(f"given_{row}", gettext("This person is in the list already"))
    answers.others = tuple(people[1:])
    if not answers.others:
        fields.fault("given_2", gettext("Write down at least one more person, or take the request for one"))
    answers.agreed = fields.consent("agreed", gettext("Ask whether the others agree, then tick this box"))


def _without_gaps(typed: Typed) -> Typed:
    filled = [row for row in range(2, MOST_PEOPLE + 1) if _is_filled(row, lambda name: typed.get(name, ""))]
    rows = [{part: typed.getlist(_name(part, row)) for part in _PARTS} for row in filled]
    for place in range(2, MOST_PEOPLE + 1):
        row = rows[place - 2] if place - 2 < len(rows) else {}
        for part in _PARTS:
            typed.setlist(_name(part, place), row.get(part, []))
    return typed


def _is_filled(row: int, typed: Callable[[str], str]) -> bool:
    return any(typed(_name(part, row)).strip() for part in _TYPED_PARTS)


def _name(part: str, row: int) -> str:
    """`born_day` of the second person is `born_2_day`: as the three fields of a day are named."""
    head, _line, tail = part.partition("_")
    return f"{head}_{row}_{tail}" if tail else f"{head}_{row}"
