"""The agent's screen: find who is on the line, or take their request, all of it on one page."""

from collections.abc import Sequence
from dataclasses import replace

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.domain.actor import Role
from vaccination.domain.references import BadReference, Reference, parse_reference
from vaccination.domain.requests import Channel
from vaccination.errors import DomainError
from vaccination.readmodels import asking_form, call_list, caller
from vaccination.readmodels.caller import CallerLine
from vaccination.security.secrets import new_session_token
from vaccination.services.asking.command import NotEligible
from vaccination.services.asking.household import MemberRefused, ask_household
from vaccination.services.asking.requests import AlreadyAsked, Asked, NoSuchRequest, SimilarRequest, ask
from vaccination.services.asking.search import MOST_FOUND, FindCallers, find_callers, find_reference
from web import queue
from web.access import allow, current_actor
from web.forms import BLANK, Fields, FilledForm, filled, shows_again
from web.language import LANGUAGES, language
from web.phone.blueprint import bp
from web.phone.typed import (
    MOST_PEOPLE,
    ORDINARY,
    Typed,
    completed,
    group_names,
    language_in,
    people_in,
    read_typed,
)
from web.phone.words import CHANNELS, STATES
from web.public.answers import Answers, Member
from web.public.choices import OFFERS
from web.public.grant import grant
from web.public.relations import CONSENTS, RELATIONS
from web.public.summary import bar_sentences
from web.queue import JobName
from web.region_clock import local_today

_CARRIED = ("family_name", "given_name", "birth_day", "birth_month", "birth_year", "people")
_LONGEST_UID = 62  # the others of a household get a number behind it


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
    fields.optional_whole("people", least=1, most=MOST_PEOPLE)
    fields.check()
    user_id = current_actor().user_id
    with transaction() as session:
        ids = find_callers(session, FindCallers(family, born, given), now=now(), user_id=user_id)
        found = caller.lines(session, ids)
    if len(found) == 1 and given and found[0].birth_date == born:
        return redirect(url_for("phone.caller_page", request_id=found[0].request_id), 303)
    carried = {name: request.form.get(name, "") for name in _CARRIED}
    return _screen(new=filled(**ORDINARY, **carried, language=language()), found=found, opens_new=not found)


@bp.get("/new")
@allow(Role.PHONE)
def new() -> ResponseReturnValue:
    """The form on one page, blank; `people` are the persons of a household."""
    return _screen(
        new=filled(**ORDINARY, language=language(), people=people_in(request.args)), opens_new=True
    )


@bp.post("/new")
@allow(Role.PHONE)
def send_new() -> ResponseReturnValue:
    """Take the request. Sent twice, it is one; what is wrong stands beside its field."""
    with snapshot() as session:
        offered = asking_form.load(session)
    if offered is None:
        return redirect(url_for("phone.home"), 303)
    typed = completed(request.form)
    if request.form.get("more"):
        typed["people"] = str(min(people_in(typed) + 1, MOST_PEOPLE))
        return _screen(new=FilledForm(typed), opens_new=True)
    answers, fields = read_typed(typed, offered, local_today())
    if fields.errors:
        shown = {k: v for k, v in fields.errors.items() if k != "town" or "town" in request.form}
        return _screen(new=FilledForm(typed, shown), answers=answers, opens_new=True), 400
    try:
        asked = _ask(answers)
    except MemberRefused as refused:
        return _refused(typed, answers, refused.refusal, answers.people[refused.member])
    except (NotEligible, AlreadyAsked, SimilarRequest) as refusal:
        return _refused(typed, answers, refusal, answers.people[0])
    queue.enqueue(JobName.DELIVER_BATCH)
    grant(asked[0].request_id, now(), shows_secret=True, is_family=len(asked) > 1)
    return redirect(url_for("phone.caller_page", request_id=asked[0].request_id), 303)


def _ask(answers: Answers) -> Sequence[Asked]:
    """A request for each person, all or none."""
    agent, is_another = current_actor().user_id, bool(request.form.get("is_another"))
    form_uid = request.form.get("form_uid", "")[:_LONGEST_UID] or new_session_token()
    commands = [
        replace(one, channel=Channel.PHONE, is_another=is_another)
        for one in answers.commands(form_uid, language_in(request.form))
    ]
    with transaction() as session:
        if len(commands) == 1:
            return [ask(session, commands[0], now=now(), user_id=agent)]
        return ask_household(session, commands, now=now(), user_id=agent)


def _refused(typed: Typed, answers: Answers, refusal: DomainError, member: Member) -> ResponseReturnValue:
    """Nothing was kept: why, and where the person stands already. `member` is whom it is about."""
    if isinstance(refusal, NotEligible):
        whose = f"{member.name}: " if answers.others else ""
        return _again(typed, {"": whose + bar_sentences(refusal.bars)[0]}, answers), 403
    is_same = isinstance(refusal, AlreadyAsked)
    return _again(typed, {}, answers, same=_like(member), is_same=is_same), 409


def _like(member: Member) -> list[CallerLine]:
    """The requests of persons with this name or one that is like it."""
    search = FindCallers(member.family_name, member.birth_date, member.given_name)
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
    typed: Typed,
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
    people = people_in(new.values)
    return render_template(
        "phone/home.html", form=shown_errors, search=form, new=new, found=found, calls=calls, offered=offered,
        answers=answers, persons=people, next_row=_next_row(new, people), most_people=MOST_PEOPLE,
        most_found=MOST_FOUND, opens_new=opens_new and offered is not None, is_same=is_same,
        is_similar=is_similar, form_uid=request.form.get("form_uid") or new_session_token(), states=STATES,
        channels=CHANNELS, languages=LANGUAGES, group_names=group_names, **_offered_words(),
    )  # fmt: skip


def _next_row(new: FilledForm, people: int) -> int:
    """The first person of a household who is not yet written down; 0 when all are."""
    return next((row for row in range(2, people + 1) if not new.value(f"given_{row}")), 0)


def _offered_words() -> dict[str, object]:
    """What the form offers; a part of a page takes a lazy word for a pair."""
    return {
        **OFFERS,
        "relations": {key: str(text) for key, text in RELATIONS.items()},
        "consents": {key: str(text) for key, text in CONSENTS.items()},
    }
