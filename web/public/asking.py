"""Asking for doses: one question a page, the answers kept in the browser until they are sent."""

from dataclasses import dataclass, replace
from datetime import date

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.domain.actor import Role
from vaccination.domain.requests import Channel
from vaccination.errors import NotFound
from vaccination.readmodels import asking_form
from vaccination.readmodels.asking_form import AskingForm
from vaccination.services.asking import NotEligible
from vaccination.services.requests import AlreadyAsked, Asked, ask
from web import queue
from web.access import public, signed_in
from web.forms import Fields, FilledForm
from web.language import language
from web.limits import REQUESTS_SENT, limiter
from web.public.answers import QUESTIONS, Answers, Question
from web.public.blueprint import bp
from web.public.draft import Draft, drop_draft, load_draft, save_draft
from web.public.grant import grant, is_granted
from web.public.local_day import local_today
from web.public.summary import bar_sentences, summary_of
from web.queue import JobName

_BY_NAME = {question.name: question for question in QUESTIONS}
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


@bp.get("/request")
@public
def begin() -> ResponseReturnValue:
    """To the first question that is open, or to the answers."""
    filled = read_draft(load_draft(now()), _form(), local_today())
    return redirect(_address(filled.open), 303)


@bp.get("/request/<name>")
@public
def question(name: str) -> ResponseReturnValue:
    """A question, with the answer given before, if any."""
    draft = load_draft(now())
    filled = read_draft(draft, _form(), local_today())
    asked = _asked_question(name, filled)
    if asked is None:
        return redirect(_address(filled.open), 303)
    return _page(asked, filled, FilledForm(_shown(draft, asked, filled)))


@bp.post("/request/<name>")
@public
@limiter.limit("300 per minute; 3000 per hour")
def answer(name: str) -> ResponseReturnValue:
    """Keep an answer and go on; say beside the field what is wrong with it."""
    moment = now()
    form = _form()
    before = read_draft(load_draft(moment), form, local_today())
    if _asked_question(name, before) is None:
        return redirect(_address(before.open), 303)
    draft = load_draft(moment).with_page(name, request.form)
    filled = read_draft(draft, form, local_today())
    asked = _BY_NAME[name]
    if filled.open is asked:
        return _wrong(asked, filled)
    response = make_response(redirect(_next(asked, filled), 303))
    if not save_draft(response, draft):
        long = {"": gettext("Your answers are too long to be kept: shorten this one")}
        return _page(asked, filled, FilledForm(request.form, long)), 400
    return response


@bp.get("/request/check")
@public
def check() -> ResponseReturnValue:
    """All the answers, each with a way back to it."""
    filled = read_draft(load_draft(now()), _form(), local_today())
    if filled.open is not None:
        return redirect(url_for("public.done") if is_granted(now()) else _address(filled.open), 303)
    return _check_page(filled)


@bp.post("/request/check")
@public
@limiter.limit(REQUESTS_SENT, exempt_when=lambda: _phone_agent() is not None)
def send() -> ResponseReturnValue:
    """Make the request. The same draft sent twice is one request; a draft already sent leads to its page."""
    moment = now()
    draft = load_draft(moment)
    filled = read_draft(draft, _form(), local_today())
    if filled.open is not None:
        return redirect(url_for("public.done") if is_granted(moment) else _address(filled.open), 303)
    try:
        asked = _ask(filled, draft)
    except NotEligible as refusal:
        return _check_page(filled, bar_sentences(refusal.bars)), 403
    except AlreadyAsked:
        return render_template("public/already_asked.html"), 409
    queue.enqueue(JobName.DELIVER_BATCH)
    grant(asked.request_id, moment, shows_secret=True)
    response = make_response(redirect(url_for("public.done"), 303))
    drop_draft(response)
    return response


def _ask(filled: Filled, draft: Draft) -> Asked:
    command = filled.answers.command(draft.form_uid, language())
    agent_id = _phone_agent()
    if agent_id is not None:
        command = replace(command, channel=Channel.PHONE)
    with transaction() as session:
        return ask(session, command, now=now(), user_id=agent_id)


def _phone_agent() -> int | None:
    """Who fills the form in for somebody on the phone, if that is so."""
    person = signed_in()
    return person.actor.user_id if person and person.actor.has(Role.PHONE) else None


def _form() -> AskingForm:
    with snapshot() as session:
        form = asking_form.load(session)
    if form is None:
        raise NoProgramme
    return form


def _asked_question(name: str, filled: Filled) -> Question | None:
    """The question of this name; None when an earlier one is still open."""
    asked = _BY_NAME.get(name)
    if asked is None:
        raise NoSuchQuestion
    return asked if asked in filled.asked else None


def _shown(draft: Draft, asked: Question, filled: Filled) -> "MultiDict[str, str]":
    """What to show in the fields: what was typed, or for the address what we know already."""
    typed = draft.typed(asked.name)
    if asked.name == "address" and not draft.has("address"):
        place = filled.answers.place
        return MultiDict({"postcode": place.postcode, "town": place.town})
    return typed


def _wrong(asked: Question, filled: Filled) -> ResponseReturnValue:
    fields = Fields(request.form)
    asked.read(fields, filled.answers)
    if set(fields.errors) == {"town"} and asked.name == "where" and "town" not in request.form:
        # Several towns have this name: that is a question, not a fault.
        return _page(asked, filled, FilledForm(request.form))
    return _page(asked, filled, FilledForm(request.form, fields.errors)), 400


def _page(asked: Question, filled: Filled, form: FilledForm) -> str:
    before = filled.before(asked)
    from_check = request.args.get("back") == CHECK
    back = url_for("public.check") if from_check else _address(before) if before else url_for("public.home")
    return render_template(
        f"public/ask/{asked.name.replace('-', '_')}.html",
        form=form,
        answers=filled.answers,
        offered=filled.answers.form,
        back=back,
    )


def _check_page(filled: Filled, bars: tuple[str, ...] = ()) -> str:
    return render_template(
        "public/check.html",
        rows=summary_of(filled.answers, filled.asked),
        bars=bars,
        back=_address(filled.asked[-1]),
    )


def _next(asked: Question, filled: Filled) -> str:
    if request.args.get("back") == CHECK:
        return _address(filled.open)
    return _address(filled.after(asked))


def _address(question: Question | None) -> str:
    """The page of a question; none left: the answers."""
    return url_for("public.question", name=question.name) if question else url_for("public.check")
