"""One's own answers after they were sent: read, and changed one at a time while the request waits."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.domain.requests import ContactBy, RequestStatus
from vaccination.readmodels import own_answers
from vaccination.readmodels.own_answers import OwnAnswers
from vaccination.services.asking.command import NotEligible
from vaccination.services.asking.wishes import (
    NoLongerWaiting,
    NoRequestToChange,
    Reached,
    Wishes,
    change_needs,
    change_reached,
    change_wishes,
)
from web.access import public
from web.forms import Fields, FilledForm
from web.public.answers import Answers, Question
from web.public.ask_contact import read_address
from web.public.blueprint import bp
from web.public.filled import NoSuchQuestion, offered_form
from web.public.grant import granted
from web.public.questions import BY_NAME
from web.public.stored import answers_of, typed_of
from web.public.summary import bar_sentences, summary_of
from web.region_clock import local_today

_WHILE_WAITING = ("where", "distance", "times", "dates", "second-place", "vaccines", "needs", "contact")
_WHILE_PLANNED = ("contact",)
_CHOICE = {"where": "town", "second-place": "second_town"}


@bp.get("/appointments/mine/answers")
@public
def my_answers() -> ResponseReturnValue:
    """The answers that may be changed, each with its page."""
    own, answers = _stored()
    rows = summary_of(answers, _open_questions(own, answers), _address)
    return render_template("public/my_answers.html", rows=rows, own=own)


@bp.get("/appointments/mine/answers/<name>")
@public
def my_answer(name: str) -> ResponseReturnValue:
    """One question again, with the answer that is kept."""
    own, answers = _stored()
    question = _named(name, own, answers)
    return _page(question, answers, typed_of(name, answers))


@bp.post("/appointments/mine/answers/<name>")
@public
def send_my_answer(name: str) -> ResponseReturnValue:
    """Keep the new answer, at once and for the next plan."""
    own, answers = _stored()
    question = _named(name, own, answers)
    fields = Fields(request.form)
    _read(question, fields, answers)
    choice = _CHOICE.get(name, "")
    if set(fields.errors) == {choice} and choice not in request.form:
        return _page(question, answers, FilledForm(request.form))  # several towns: a question, not a fault
    if not fields.errors and (bars := _kept(name, own, answers)):
        fields.fault("refused" if name == "vaccines" else "", bars[0])
    if fields.errors:
        return _page(question, answers, FilledForm(request.form, fields.errors)), 400
    flash(gettext("Your answer is changed."), "ok")
    return redirect(url_for("public.my_answers"), 303)


def _read(question: Question, fields: Fields, answers: Answers) -> None:
    if question.name == "second-place":
        answers.second_place = None
    if question.name == "dates":
        answers.unavailable = ()
    question.read(fields, answers)
    if question.name == "contact":
        answers.street = answers.postcode = answers.town = ""
        answers.large_print = False
        if answers.contact_by is ContactBy.LETTER or fields.raw("street"):
            read_address(fields, answers)


def _kept(name: str, own: OwnAnswers, answers: Answers) -> tuple[str, ...]:
    """Write the answer; or why the programme could then not vaccinate this person."""
    moment = now()
    try:
        with transaction() as session:
            if name == "contact":
                change_reached(session, own.request_id, _reached(answers), now=moment)
                return ()
            if name == "needs":
                change_needs(session, own.request_id, answers.needs, now=moment)
            change_wishes(session, own.request_id, _wishes(answers), now=moment)
    except NotEligible as refusal:
        return bar_sentences(refusal.bars)
    return ()


def _wishes(answers: Answers) -> Wishes:
    return Wishes(
        place=answers.place,
        max_km=answers.max_km,
        second_place=answers.second_place,
        earliest=answers.earliest,
        availability=answers.availability,
        unavailable=answers.unavailable,
        products=answers.products,
        wheelchair=answers.wheelchair,
    )


def _reached(answers: Answers) -> Reached:
    told = answers.contact_by, answers.by_phone
    return Reached(*told, answers.email, answers.phone, answers.address, answers.large_print)


def _stored() -> tuple[OwnAnswers, Answers]:
    with snapshot() as session:
        own = own_answers.load(session, granted(now()))
    if own is None:
        raise NoRequestToChange
    offered = offered_form()
    if own.status not in (RequestStatus.WAITING, RequestStatus.PLANNED):
        raise NoLongerWaiting
    if offered.programme_id != own.programme_id:
        raise NoLongerWaiting
    return own, answers_of(own, offered, local_today())


def _open_questions(own: OwnAnswers, answers: Answers) -> list[Question]:
    names = _WHILE_WAITING if own.status is RequestStatus.WAITING else _WHILE_PLANNED
    return [BY_NAME[name] for name in names if BY_NAME[name].is_asked(answers)]


def _named(name: str, own: OwnAnswers, answers: Answers) -> Question:
    """The question, if it may be changed as the request stands."""
    if name not in _WHILE_WAITING:
        raise NoSuchQuestion
    question = BY_NAME[name]
    if question not in _open_questions(own, answers):
        raise NoLongerWaiting
    return question


def _page(question: Question, answers: Answers, form: FilledForm) -> str:
    own_page = "public/change_contact.html" if question.name == "contact" else ""
    return render_template(
        own_page or f"public/ask/{question.name.replace('-', '_')}.html",
        form=form,
        answers=answers,
        offered=answers.form,
        back=url_for("public.my_answers"),
        is_change=True,
    )


def _address(name: str) -> str:
    return url_for("public.my_answer", name=name)
