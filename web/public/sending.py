"""The answers shown once more, and the request made of them: once, however often it is sent."""

from collections.abc import Sequence
from dataclasses import replace

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.actor import Role
from vaccination.domain.requests import Channel
from vaccination.errors import DomainError
from vaccination.services.asking.command import NotEligible
from vaccination.services.asking.household import MemberRefused, ask_household
from vaccination.services.asking.requests import AlreadyAsked, Asked, SimilarRequest, ask
from web import queue
from web.access import public, signed_in
from web.language import language
from web.limits import REQUESTS_SENT, limiter
from web.public.blueprint import bp
from web.public.draft import Draft, drop_draft, load_draft
from web.public.filled import Filled, address_of, offered_form, read_draft
from web.public.grant import done_page, grant, is_granted
from web.public.summary import bar_sentences, summary_of
from web.queue import JobName
from web.region_clock import local_today


@bp.get("/request/check")
@public
def check() -> ResponseReturnValue:
    """All the answers, each with a way back to it."""
    filled = read_draft(load_draft(now()), offered_form(), local_today())
    if filled.open is not None:
        return redirect(_when_not_filled(filled), 303)
    return _check_page(filled)


@bp.post("/request/check")
@public
@limiter.limit(REQUESTS_SENT, exempt_when=lambda: phone_agent() is not None)
def send() -> ResponseReturnValue:
    """Make the request. The same draft sent twice is one request; a draft already sent leads to its page."""
    moment = now()
    draft = load_draft(moment)
    filled = read_draft(draft, offered_form(), local_today())
    if filled.open is not None:
        return redirect(_when_not_filled(filled), 303)
    try:
        asked = _ask(filled, draft)
    except MemberRefused as refused:
        return _refused(filled, refused.refusal, filled.answers.people[refused.member].name)
    except (NotEligible, AlreadyAsked, SimilarRequest) as refusal:
        return _refused(filled, refusal)
    queue.enqueue(JobName.DELIVER_BATCH)
    grant(asked[0].request_id, moment, shows_secret=True, is_family=len(asked) > 1)
    response = make_response(redirect(url_for(done_page()), 303))
    drop_draft(response)
    return response


def _ask(filled: Filled, draft: Draft) -> Sequence[Asked]:
    commands = filled.answers.commands(draft.form_uid, language())
    agent_id = phone_agent()
    if agent_id is not None:
        is_another = bool(request.form.get("is_another"))
        commands = tuple(replace(one, channel=Channel.PHONE, is_another=is_another) for one in commands)
    with transaction() as session:
        if len(commands) == 1:
            return [ask(session, commands[0], now=now(), user_id=agent_id)]
        return ask_household(session, commands, now=now(), user_id=agent_id)


def phone_agent() -> int | None:
    """Who fills the form in for somebody on the phone, if that is so."""
    person = signed_in()
    return person.actor.user_id if person and person.actor.has(Role.PHONE) else None


def _refused(filled: Filled, refusal: DomainError, who: str = "") -> ResponseReturnValue:
    """Why nothing was kept; `who` names the one person of a household whom it is about."""
    if isinstance(refusal, NotEligible):
        return _check_page(filled, bar_sentences(refusal.bars), who), 403
    if isinstance(refusal, SimilarRequest):
        return render_template("public/similar.html", who=who, is_agent=phone_agent() is not None), 409
    return render_template("public/already_asked.html", who=who), 409


def _check_page(filled: Filled, bars: tuple[str, ...] = (), who: str = "") -> str:
    return render_template(
        "public/check.html",
        rows=summary_of(filled.answers, filled.asked),
        bars=bars,
        who=who,
        people=filled.answers.people,
        is_direct=filled.answers.form.is_direct,
        back=address_of(filled.asked[-1]),
    )


def _when_not_filled(filled: Filled) -> str:
    """A draft that was sent leads to what came of it, an unfinished one to its open question."""
    return url_for(done_page()) if is_granted(now()) else address_of(filled.open)
