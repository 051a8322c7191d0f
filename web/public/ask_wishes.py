"""Reading where, when and what: the wishes that a plan looks at."""

from datetime import date

from flask_babel import gettext

from vaccination.services.asking.command import FirstDose, Place
from web.forms import Fields
from web.public.answers import DISTANCES_KM, NO_PLACE, Answers
from web.public.calendar_text import MOST_DAYS, TooManyDays, UnreadableDay, read_days
from web.public.interpreters import LANGUAGES
from web.public.towns import Town, by_key, find

_LONGEST_LIST = 1200
_LONGEST_PLACE = 80


def read_where(fields: Fields, answers: Answers) -> None:
    answers.towns, place = _town(fields, "where", "town")
    answers.place = place or NO_PLACE


def read_second_place(fields: Fields, answers: Answers) -> None:
    options = {"same": False, "other": True}
    elsewhere = fields.choice("second", options, gettext("Say where you will be for the second dose"))
    if elsewhere:
        answers.second_towns, answers.second_place = _town(fields, "second_where", "second_town")


def _town(fields: Fields, where: str, choice: str) -> tuple[tuple[Town, ...], Place | None]:
    """The towns that fit what was typed, and the one that is meant."""
    typed = fields.text(where, gettext("Enter your postcode or the name of your town"), longest=80)
    if not typed:
        return (), None
    towns = find(typed)
    if not towns:
        fields.fault(where, gettext("We do not know this town. Check the spelling, or write the postcode"))
    chosen = by_key(fields.raw(choice), towns)
    if len(towns) > 1 and chosen is None:
        fields.fault(choice, gettext("Choose the town from the list"))
    town = chosen or next(iter(towns), None)
    return towns, town.place(typed) if town else None


def read_distance(fields: Fields, answers: Answers) -> None:
    options = {str(km): float(km) for km in DISTANCES_KM}
    answers.max_km = fields.choice("distance", options, gettext("Choose how far you can travel"))


def read_times(fields: Fields, answers: Answers) -> None:
    answers.availability = fields.bands("times", gettext("Tick at least one time at which you could come"))


def read_dates(fields: Fields, answers: Answers) -> None:
    answers.earliest = fields.optional_day("earliest")
    if answers.earliest and answers.earliest > date(answers.today.year + 2, 1, 1):
        fields.fault("earliest", gettext("Check the year: this day is too far away"))
    typed = fields.text("away", longest=_LONGEST_LIST)
    try:
        answers.unavailable = tuple(day for day in read_days(typed) if day >= answers.today)
    except UnreadableDay as unreadable:
        sentence = gettext("We cannot read “%(line)s”: write one day on a line, for example 14 7 2027",
                           line=unreadable.line[:40])  # fmt: skip
        fields.fault("away", sentence)
    except TooManyDays:
        fields.fault("away", gettext("Write at most %(count)s days", count=MOST_DAYS))


def read_first_dose(fields: Fields, answers: Answers) -> None:
    had_one = fields.choice(
        "had_first", {"no": False, "yes": True}, gettext("Say whether you have already had a first dose")
    )
    if not had_one:
        return
    starting = {str(product.id): product.id for product in answers.form.products if product.starts_pair}
    product_id = fields.choice("first_product", starting, gettext("Choose the vaccine of your first dose"))
    given_on = fields.day("first_given", gettext("Enter the day of your first dose"))
    if given_on > answers.today:
        fields.fault("first_given", gettext("The day of your first dose must be in the past"))
    elif (
        given_on < max(member.birth_date for member in answers.people) and "first_given" not in fields.errors
    ):
        fields.fault("first_given", gettext("Check the year: this day is before your birth"))
    given_at = fields.text("first_place", longest=_LONGEST_PLACE)
    answers.first_dose = FirstDose(product_id, given_on, given_at)


def read_products(fields: Fields, answers: Answers) -> None:
    offered = {str(product.id): product.id for product in answers.form.products}
    refused = set(fields.choices("refused", offered))
    if refused and refused >= set(offered.values()):
        fields.fault("refused", gettext("You refuse every vaccine of the programme: leave at least one"))
    answers.products = tuple(p for p in offered.values() if p not in refused) if refused else ()


def read_situation(fields: Fields, answers: Answers) -> None:
    """What each person declares: `declared` for the first, `declared_2` and so on for the others."""
    said = []
    for place, member in enumerate(answers.people, start=1):
        codes = {named.group.code: named.group.code for named in answers.categories_of(member.birth_date)}
        said.append(frozenset(fields.choices("declared" if place == 1 else f"declared_{place}", codes)))
    answers.declared, answers.declared_by_others = said[0], tuple(said[1:])


def read_needs(fields: Fields, answers: Answers) -> None:
    answers.wheelchair = fields.ticked("step_free")
    answers.sign_language = fields.ticked("sign_language")
    languages = {code: code for code in ("", *LANGUAGES)}
    answers.interpreter = fields.choice(
        "interpreter", languages, gettext("Choose the language from the list")
    )
