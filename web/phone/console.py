"""The agent's screen: find who is on the line, or take their request, all of it on one page."""

from dataclasses import replace

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.domain.actor import Role
from vaccination.domain.references import BadReference, Reference, parse_reference
from vaccination.domain.requests import Channel
from vaccination.readmodels import asking_form, call_list, caller
from vaccination.readmodels.asking_form import AskingForm
from vaccination.readmodels.caller import CallerLine
from vaccination.security.secrets import new_session_token
from vaccination.services.asking.command import NotEligible
from vaccination.services.asking.requests import AlreadyAsked, Asked, NoSuchRequest, SimilarRequest, ask
from vaccination.services.asking.search import FindCallers, find_callers, find_reference
from web import queue
from web.access import allow, current_actor
from web.forms import BLANK, Fields, FilledForm, filled, shows_again
from web.language import language
from web.phone.blueprint import bp
from web.phone.words import CHANNELS, STATES
from web.public.answers import Answers
from web.public.choices import OFFERS
from web.public.grant import grant
from web.public.local_day import local_today
from web.public.questions import read_all
from web.public.relations import CONSENTS, RELATIONS
from web.public.summary import bar_sentences
from web.public.towns import find as find_towns
from web.queue import JobName

# what the form proposes: most people change none of it
_ORDINARY: dict[str, object] = {
    "distance": "20", "times": [*range(21)], "contact_by": "letter", "had_first": "no", "second": "same",
    "for_whom": "self",
}  # fmt: skip
_CARRIED = ("family_name", "given_name", "birth_day", "birth_month", "birth_year")


@bp.get("")
@allow(Role.PHONE)
def home(form: FilledForm = BLANK) -> ResponseReturnValue:
    """Find somebody, or take a request; and who is to be called."""
    return _screen(form=form)


@bp.post("/find")
@allow(Role.PHONE)
@shows_again(home)
def send_find() -> ResponseReturnValue:
    """By reference straight to the caller; by name and birth date the list, and below it the form."""
    fields = Fields(request.form)
    if fields.raw("reference"):
        return _by_reference(fields)
    family = fields.text("family_name", gettext("Enter the last name, or the reference"), longest=100)
    given = fields.text("given_name", longest=100)
    born = fields.birth_day("birth", local_today())
    fields.check()
    user_id = current_actor().user_id
    with transaction() as session:
        ids = find_callers(session, FindCallers(family, born, given), now=now(), user_id=user_id)
        found = caller.lines(session, ids)
    if len(found) == 1 and given and found[0].birth_date == born:
        return redirect(url_for("phone.caller_page", request_id=found[0].request_id), 303)
    carried = {name: request.form.get(name, "") for name in _CARRIED}
    return _screen(new=filled(**_ORDINARY, **carried), found=found, opens_new=not found)


@bp.get("/new")
@allow(Role.PHONE)
def new() -> ResponseReturnValue:
    """The form on one page, blank."""
    return _screen(new=filled(**_ORDINARY), opens_new=True)


@bp.post("/new")
@allow(Role.PHONE)
def send_new() -> ResponseReturnValue:
    """Take the request. Sent twice, it is one; what is wrong stands beside its field."""
    with snapshot() as session:
        offered = asking_form.load(session)
    if offered is None:
        return redirect(url_for("phone.home"), 303)
    typed = with_address(request.form)
    answers, fields = read_all(typed, offered, local_today())
    if fields.errors:
        shown = {k: v for k, v in fields.errors.items() if k != "town" or "town" in request.form}
        return _screen(new=FilledForm(typed, shown), answers=answers, opens_new=True), 400
    try:
        asked = _ask(answers)
    except NotEligible as refusal:
        return _again(typed, {"": bar_sentences(refusal.bars)[0]}, answers), 403
    except (AlreadyAsked, SimilarRequest) as refusal:
        is_same = isinstance(refusal, AlreadyAsked)
        return _again(typed, {}, answers, same=_like(answers), is_same=is_same), 409
    queue.enqueue(JobName.DELIVER_BATCH)
    grant(asked.request_id, now(), shows_secret=True)
    return redirect(url_for("phone.caller_page", request_id=asked.request_id), 303)


def with_address(form: "MultiDict[str, str]") -> "MultiDict[str, str]":
    """What was typed; a letter goes to the town from where they start, unless another is written."""
    typed = MultiDict(form)
    typed.setdefault("for_whom", "self")
    towns = find_towns(typed.get("where", ""))
    if len(towns) == 1 or typed.get("town"):
        chosen = next((t for t in towns if t.pair[0] == typed.get("town")), towns[0] if towns else None)
        if chosen is not None:
            place = chosen.place(typed.get("where", ""))
            for name, value in (("postcode", place.postcode), ("address_town", place.town)):
                if not typed.get(name, "").strip():
                    typed[name] = value
    return typed


def _ask(answers: Answers) -> Asked:
    command = answers.command(request.form.get("form_uid", "")[:64] or new_session_token(), language())
    is_another = bool(request.form.get("is_another"))
    with transaction() as session:
        return ask(
            session,
            replace(command, channel=Channel.PHONE, is_another=is_another),
            now=now(),
            user_id=current_actor().user_id,
        )


def _like(answers: Answers) -> list[CallerLine]:
    """The requests of persons with this name or one that is like it."""
    search = FindCallers(answers.family_name, answers.birth_date, answers.given_name)
    with transaction() as session:
        ids = find_callers(session, search, now=now(), user_id=current_actor().user_id)
        return caller.lines(session, ids)


def _by_reference(fields: Fields) -> ResponseReturnValue:
    reference = Reference("")
    try:
        reference = parse_reference(fields.raw("reference"))
    except BadReference:
        fields.fault(
            "reference", gettext("Check the reference: it has 10 letters and digits, like 7QK4 M2XW 8D")
        )
    fields.check()
    try:
        with transaction() as session:
            found = find_reference(session, reference, now=now(), user_id=current_actor().user_id)
    except NoSuchRequest:
        fields.fault("reference", gettext("We find no request with this reference."))
    fields.check()
    return redirect(url_for("phone.caller_page", request_id=found), 303)


def _again(
    typed: "MultiDict[str, str]",
    errors: dict[str, str],
    answers: Answers,
    same: list[CallerLine] | None = None,
    is_same: bool = False,
) -> str:
    return _screen(
        new=FilledForm(typed, errors), answers=answers, opens_new=True, found=same, is_same=is_same,
        is_similar=same is not None and not is_same,
    )  # fmt: skip


def _screen(
    form: FilledForm = BLANK,
    new: FilledForm = BLANK,
    answers: Answers | None = None,
    found: list[CallerLine] | None = None,
    *,
    opens_new: bool = False,
    is_same: bool = False,
    is_similar: bool = False,
) -> str:
    with snapshot() as session:
        calls = call_list.count_due(session, now=now())
        offered = asking_form.load(session)
    shown_errors = form if form.errors else new
    if answers is None and offered is not None:
        answers = Answers(offered, local_today())
    return render_template(
        "phone/home.html", form=shown_errors, search=form, new=new, found=found, calls=calls, offered=offered,
        answers=answers, opens_new=opens_new and offered is not None, is_same=is_same,
        is_similar=is_similar, form_uid=request.form.get("form_uid") or new_session_token(), states=STATES,
        channels=CHANNELS, group_names=group_names, **_offered_words(),
    )  # fmt: skip


def _offered_words() -> dict[str, object]:
    """What the form offers; a part of a page takes a lazy word for a pair."""
    return {
        **OFFERS,
        "relations": {key: str(text) for key, text in RELATIONS.items()},
        "consents": {key: str(text) for key, text in CONSENTS.items()},
    }


def group_names(offered: AskingForm) -> dict[str, str]:
    """Every category that anybody may declare: the age is not known yet when the form is shown."""
    return {
        named.group.code: named.name(language()) for named in offered.groups if named.group.needs_declaration
    }
