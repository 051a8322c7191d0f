"""Asking for doses: one question a page, the answers kept in the browser until they are sent."""

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from vaccination.clock import now
from web.access import public
from web.forms import Fields, FilledForm
from web.limits import limiter
from web.public.answers import Question
from web.public.blueprint import bp
from web.public.draft import Draft, load_draft, save_draft
from web.public.filled import Filled, address_of, after_sending, comes_from_check, offered_form, read_draft
from web.region_clock import local_today

ANSWERS_SENT = "300 per minute; 3000 per hour"


@bp.get("/request")
@public
def begin() -> ResponseReturnValue:
    """To the first question that is open, or to the answers."""
    filled = read_draft(load_draft(now()), offered_form(), local_today())
    return redirect(address_of(filled.open), 303)


@bp.get("/request/<name>")
@public
def question(name: str) -> ResponseReturnValue:
    """A question, with the answer given before, if any."""
    draft = load_draft(now())
    filled = read_draft(draft, offered_form(), local_today())
    asked = filled.named(name)
    if asked is None:
        return redirect(address_of(filled.open), 303)
    return question_page(asked, filled, FilledForm(_shown(draft, asked, filled)))


@bp.post("/request/<name>")
@public
@limiter.limit(ANSWERS_SENT)
def answer(name: str) -> ResponseReturnValue:
    """Keep an answer and go on; say beside the field what is wrong with it."""
    moment = now()
    form = offered_form()
    before = read_draft(load_draft(moment), form, local_today())
    asked = before.named(name)
    if asked is None:
        return redirect(address_of(before.open), 303)
    draft = load_draft(moment).with_page(name, request.form)
    filled = read_draft(draft, form, local_today())
    if filled.open is asked:
        return _wrong(asked, filled)
    return keep_and_go(draft, asked, filled, after_sending(asked, filled))


def keep_and_go(draft: Draft, asked: Question, filled: Filled, address: str) -> ResponseReturnValue:
    """Give the draft to the browser and lead on; a draft too long to be kept is said on the page."""
    response = make_response(redirect(address, 303))
    if not save_draft(response, draft):
        long = {"": gettext("Your answers are too long to be kept: shorten this one")}
        return question_page(asked, filled, FilledForm(request.form, long)), 400
    return response


def question_page(asked: Question, filled: Filled, form: FilledForm) -> str:
    """The page of a question."""
    before = filled.before(asked)
    earlier = address_of(before) if before else url_for("public.home")
    return render_template(
        f"public/ask/{asked.name.replace('-', '_')}.html",
        form=form,
        answers=filled.answers,
        offered=filled.answers.form,
        back=url_for("public.check") if comes_from_check() else earlier,
    )


def _shown(draft: Draft, asked: Question, filled: Filled) -> "MultiDict[str, str]":
    """What to show in the fields: what was typed, or for the address what we know already."""
    typed = draft.typed(asked.name)
    if asked.name == "address" and not draft.has("address"):
        place = filled.answers.place
        return MultiDict({"postcode": place.postcode, "address_town": place.town})
    return typed


def _wrong(asked: Question, filled: Filled) -> ResponseReturnValue:
    fields = Fields(request.form)
    asked.read(fields, filled.answers)
    choice = {"where": "town", "second-place": "second_town"}.get(asked.name, "")
    if set(fields.errors) == {choice} and choice not in request.form:
        # Several towns have this name: that is a question, not a fault.
        return question_page(asked, filled, FilledForm(request.form))
    return question_page(asked, filled, FilledForm(request.form, fields.errors)), 400
