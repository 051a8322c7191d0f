"""The answers in words, for checking them before they are sent."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta

from flask import url_for
from flask_babel import gettext, lazy_gettext, ngettext

from vaccination.domain.eligibility import WhyNot
from vaccination.domain.requests import ContactBy
from vaccination.services.asking.command import Place
from web.language import language
from web.phone_numbers import spoken_number
from web.presenters import DAY_PARTS, WEEKDAYS, day_and_year, number, plain_day
from web.public.answers import HOUSEHOLD, OTHER, SELF, Answers, Question
from web.public.interpreters import language_name
from web.public.relations import CONSENTS, RELATIONS

Row = tuple[str, str, str]
_PARTS = len(DAY_PARTS)

BARS = {
    WhyNot.PRODUCT_REFUSED: lazy_gettext("You refuse the vaccines that we could give you at your age."),
    WhyNot.NO_SINGLE_DOSE: lazy_gettext("The programme has no vaccine of which one dose is enough for you."),
    WhyNot.INTERVAL_PASSED: lazy_gettext(
        "The longest time allowed between your two doses has passed. Call us: a doctor will advise you."
    ),
    WhyNot.NOT_FOR_THAT_DATE: lazy_gettext("We have no rule for a first dose on the day you gave."),
    WhyNot.OTHER_FIRST_PRODUCT: lazy_gettext("This programme cannot complete a first dose of that vaccine."),
    WhyNot.TOO_YOUNG: lazy_gettext("The programme has no vaccine for this age yet."),
    WhyNot.TOO_OLD: lazy_gettext("The programme has no vaccine for this age."),
    WhyNot.NO_GROUP: lazy_gettext("The programme is not for your age or situation yet."),
    WhyNot.NO_RULE: lazy_gettext("The programme is not ready to take requests yet."),
}

FOR_WHOM = {
    SELF: lazy_gettext("Yourself"),
    OTHER: lazy_gettext("Somebody else"),
    HOUSEHOLD: lazy_gettext("Your household, together"),
}
TOLD = {
    ContactBy.EMAIL: lazy_gettext("E-mail"),
    ContactBy.SMS: lazy_gettext("Text message"),
    ContactBy.LETTER: lazy_gettext("Letter"),
}


def bar_sentences(bars: Iterable[WhyNot]) -> tuple[str, ...]:
    """Why there is no way, the first reason only: the others would only confuse."""
    return tuple(str(BARS[bar]) for bar in list(bars)[:1])


def summary_of(
    answers: Answers, asked: Iterable[Question], address: Callable[[str], str] | None = None
) -> list[Row]:
    """A row an answer: what was asked, what was said, where to change it."""
    to_change = address or (lambda name: url_for("public.question", name=name, back="check"))
    return [
        (label, said, to_change(question.name))
        for question in asked
        for label, said in _SAID[question.name](answers)
    ]


def times_in_words(availability: str) -> str:
    """At any time, perhaps with exceptions; or a list of weekdays with their parts of the day."""
    if "0" not in availability:
        return str(gettext("At any time"))
    if availability.count("1") > len(availability) // 2:
        return str(gettext("At any time except %(times)s", times=_bands_in_words(availability, "0")))
    return _bands_in_words(availability, "1")


def _bands_in_words(availability: str, marked: str) -> str:
    said = []
    for weekday, name in enumerate(WEEKDAYS):
        bands = availability[weekday * _PARTS : (weekday + 1) * _PARTS]
        parts = [str(part) for part, band in zip(DAY_PARTS, bands, strict=True) if band == marked]
        if parts:
            shown = gettext("all day") if len(parts) == _PARTS else gettext(" and ").join(parts)
            said.append(f"{str(name).lower() if language() == 'fr' else name} {shown}")
    return ", ".join(said)


def days_in_words(days: Iterable[date]) -> str:
    """Single days and runs of days."""
    runs: list[list[date]] = []
    for day in days:
        if runs and day - runs[-1][-1] == timedelta(1):
            runs[-1].append(day)
        else:
            runs.append([day])
    return "; ".join(_run_in_words(run) for run in runs)


def _run_in_words(run: list[date]) -> str:
    if len(run) == 1:
        return plain_day(run[0])
    return str(gettext("from %(first)s to %(last)s", first=plain_day(run[0]), last=plain_day(run[-1])))


def _for_whom(answers: Answers) -> list[tuple[str, str]]:
    return [(gettext("You ask for"), str(FOR_WHOM[answers.for_whom]))]


def _helper(answers: Answers) -> list[tuple[str, str]]:
    helper = answers.helper
    if helper is None:
        return []
    phone = spoken_number(helper.phone) if helper.phone else ""
    reached = ", ".join(way for way in (phone, helper.email) if way)
    said = f"{helper.name}, {str(RELATIONS[helper.relation.value]).lower()}, {reached}"
    agreed = str(CONSENTS[helper.consent.value])
    return [(gettext("Who asks"), said), (gettext("How the person has agreed"), agreed)]


def _family(answers: Answers) -> list[tuple[str, str]]:
    label = gettext("Comes with you")
    return [(label, f"{one.name}, {plain_day(one.birth_date)}") for one in answers.others]


def _name(answers: Answers) -> list[tuple[str, str]]:
    return [(gettext("Name"), f"{answers.given_name} {answers.family_name}")]


def _birth(answers: Answers) -> list[tuple[str, str]]:
    return [(gettext("Date of birth"), plain_day(answers.birth_date))]


def _where(answers: Answers) -> list[tuple[str, str]]:
    return [(gettext("You start from"), _town(answers.place))]


def _town(place: Place) -> str:
    return f"{place.town} ({place.postcode})" if place.postcode else place.town


def _distance(answers: Answers) -> list[tuple[str, str]]:
    return [(gettext("How far you can travel"), gettext("%(km)s km", km=number(answers.max_km)))]


def _second_place(answers: Answers) -> list[tuple[str, str]]:
    second = answers.second_place
    said = _town(second) if second else gettext("From the same place")
    return [(gettext("For the second dose you start from"), said)]


def _times(answers: Answers) -> list[tuple[str, str]]:
    return [(gettext("When you can come"), times_in_words(answers.availability))]


def _dates(answers: Answers) -> list[tuple[str, str]]:
    away = days_in_words(answers.unavailable) or gettext("None")
    rows = [(gettext("Days on which you cannot come"), away)]
    if answers.earliest and answers.earliest > answers.today:
        rows.append((gettext("Not before"), day_and_year(answers.earliest)))
    return rows


def _first_dose(answers: Answers) -> list[tuple[str, str]]:
    label = gettext("First dose already given")
    given = answers.first_dose
    if given is None:
        return [(label, gettext("No"))]
    names = {product.id: product.name for product in answers.form.products}
    said = gettext("%(product)s, on %(day)s", product=names[given.product_id], day=plain_day(given.given_on))
    rows = [(label, said)]
    if given.given_at:
        rows.append((gettext("Where the first dose was given"), given.given_at))
    return rows


def _vaccines(answers: Answers) -> list[tuple[str, str]]:
    refused = [p.name for p in answers.form.products if answers.products and p.id not in answers.products]
    return [(gettext("Vaccines you do not want"), ", ".join(refused) or gettext("None"))]


def _situation(answers: Answers) -> list[tuple[str, str]]:
    names = {named.group.code: named.name(language()) for named in answers.form.groups}
    rows = []
    for member, declared in zip(answers.people, answers.declared_by, strict=True):
        said = ", ".join(name for code, name in names.items() if code in declared)
        whose = gettext("Your situation")
        if answers.others:
            whose = gettext("Situation of %(name)s", name=member.name)
        rows.append((whose, said or gettext("Nothing to declare")))
    return rows


def _needs(answers: Answers) -> list[tuple[str, str]]:
    said = gettext("A centre without steps") if answers.wheelchair else gettext("None")
    rows = [(gettext("What you need"), said)] if answers.wheelchair or not answers.needs else []
    return rows + needs_in_words(answers.needs)


def needs_in_words(needs: Mapping[str, str | bool]) -> list[tuple[str, str]]:
    """What is wanted at the centre beside a way without steps."""
    said = []
    if needs.get("sign_language"):
        said.append((gettext("Sign language"), gettext("Yes")))
    if spoken := needs.get("interpreter"):
        said.append((gettext("Interpreter"), language_name(str(spoken), language())))
    return said


def _contact(answers: Answers) -> list[tuple[str, str]]:
    rows = [(gettext("We tell you by"), told_by(answers.contact_by, answers.by_phone))]
    if answers.email:
        rows.append((gettext("E-mail address"), answers.email))
    rows.append((gettext("Phone number"), spoken_number(answers.phone) if answers.phone else gettext("None")))
    return rows


def told_by(contact_by: ContactBy, by_phone: bool) -> str:
    """The way in which somebody is told."""
    return str(gettext("Phone call") if by_phone else TOLD[contact_by])


def _address(answers: Answers) -> list[tuple[str, str]]:
    rows = [(gettext("Address for letters"), f"{answers.street}, {answers.postcode} {answers.town}")]
    return [*rows, (gettext("Letters in large print"), gettext("Yes"))] if answers.large_print else rows


_SAID: dict[str, Callable[[Answers], list[tuple[str, str]]]] = {
    "for-whom": _for_whom,
    "helper": _helper,
    "family": _family,
    "second-place": _second_place,
    "name": _name,
    "birth-date": _birth,
    "where": _where,
    "distance": _distance,
    "times": _times,
    "dates": _dates,
    "first-dose": _first_dose,
    "vaccines": _vaccines,
    "situation": _situation,
    "needs": _needs,
    "contact": _contact,
    "address": _address,
}


def people_in_words(count: int) -> str:
    """12 people."""
    return str(ngettext("%(shown)s person", "%(shown)s people", count, shown=number(count)))
