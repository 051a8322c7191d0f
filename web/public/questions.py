"""The pages of the request form in their order, and the same questions read from one form."""

from collections.abc import Callable
from datetime import date

from werkzeug.datastructures import MultiDict

from vaccination.domain.requests import ContactBy
from vaccination.readmodels.asking_form import AskingForm
from web.forms import Fields
from web.public.answers import HOUSEHOLD, OTHER, Answers, Question
from web.public.ask_contact import read_address, read_contact
from web.public.ask_person import read_birth, read_family, read_for_whom, read_helper, read_name
from web.public.ask_wishes import (
    read_dates,
    read_distance,
    read_first_dose,
    read_needs,
    read_products,
    read_second_place,
    read_situation,
    read_times,
    read_where,
)

QUESTIONS: tuple[Question, ...] = (
    Question("for-whom", read_for_whom),
    Question("helper", read_helper, lambda answers: answers.for_whom == OTHER),
    Question("name", read_name),
    Question("birth-date", read_birth),
    Question("family", read_family, lambda answers: answers.for_whom == HOUSEHOLD),
    Question("where", read_where),
    Question("distance", read_distance),
    Question("times", read_times),
    Question("dates", read_dates),
    Question("first-dose", read_first_dose),
    Question("second-place", read_second_place, lambda answers: answers.first_dose is None),
    Question("vaccines", read_products, lambda answers: len(answers.form.products) > 1),
    Question(
        "situation",
        read_situation,
        lambda answers: any(answers.categories_of(member.birth_date) for member in answers.people),
    ),
    Question("needs", read_needs),
    Question("contact", read_contact),
    Question("address", read_address, lambda answers: answers.contact_by is ContactBy.LETTER),
)
BY_NAME = {question.name: question for question in QUESTIONS}


def read_all(
    form: "MultiDict[str, str]",
    offered: AskingForm,
    today: date,
    read_others: Callable[[Fields, Answers], None] = read_family,
) -> tuple[Answers, Fields]:
    """Every question read from one form: its fields bear the names that they have on the pages.

    `read_others` reads the others of a household, whose page keeps them in a list. All that is wrong stands
    in the fields' `errors`, not the first page's faults only.
    """
    answers, fields = Answers(offered, today), Fields(form)
    for question in QUESTIONS:
        if question.is_asked(answers):
            read = read_others if question.name == "family" else question.read
            read(fields, answers)
    return answers, fields
