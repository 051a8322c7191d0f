"""How far somebody has come with the form, and where the next page is."""

from dataclasses import dataclass
from datetime import date

from flask import request, url_for

from vaccination.db import snapshot
from vaccination.errors import NotFound
from vaccination.readmodels import asking_form
from vaccination.readmodels.asking_form import AskingForm
from web.forms import Fields
from web.public.answers import Answers, Question
from web.public.draft import Draft
from web.public.questions import BY_NAME, QUESTIONS

CHECK = "check"


class NoProgramme(NotFound):
    """No programme takes requests at the moment."""

    code = "no_programme"


class NoSuchQuestion(NotFound):
    """The form has no such page, or does not ask this person."""

    code = "no_such_question"


@dataclass(frozen=True, slots=True)
class Filled:
    """How far a draft is: the answers read, the pages asked, and the first that is open or wrong."""

    answers: Answers
    asked: tuple[Question, ...]
    open: Question | None

    def before(self, question: Question) -> Question | None:
        place = self.asked.index(question)
        return self.asked[place - 1] if place else None

    def after(self, question: Question) -> Question | None:
        place = self.asked.index(question) + 1
        return self.asked[place] if place < len(self.asked) else None

    def named(self, name: str) -> Question | None:
        """The question of this name; None when an earlier one is still open."""
        asked = BY_NAME.get(name)
        if asked is None:
            raise NoSuchQuestion
        return asked if asked in self.asked else None


def read_draft(draft: Draft, form: AskingForm, today: date) -> Filled:
    """Read every page of the draft in order, up to the first that is open or wrong."""
    answers = Answers(form, today)
    asked: list[Question] = []
    for question in QUESTIONS:
        if not question.is_asked(answers):
            continue
        asked.append(question)
        fields = Fields(draft.typed(question.name))
        if not draft.has(question.name):
            return Filled(answers, tuple(asked), question)
        question.read(fields, answers)
        if fields.errors:
            return Filled(answers, tuple(asked), question)
    return Filled(answers, tuple(asked), None)


def offered_form() -> AskingForm:
    """The form of the programme that takes requests."""
    with snapshot() as session:
        form = asking_form.load(session)
    if form is None:
        raise NoProgramme
    return form


def address_of(question: Question | None) -> str:
    """The page of a question; none left: the answers."""
    return url_for("public.question", name=question.name) if question else url_for("public.check")


def after_sending(asked: Question, filled: Filled) -> str:
    """Where a sent page leads: on, or back to the answers when the person came from there."""
    return address_of(filled.open) if comes_from_check() else address_of(filled.after(asked))


def comes_from_check() -> bool:
    """Whether the page was opened to change an answer."""
    return request.args.get("back") == CHECK
