"""One caller on one screen: where they stand, offers to read out, confirm, print, change, cancel."""

from collections.abc import Sequence
from datetime import datetime

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from reports import appointment_card as paper
from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.domain.actor import Role
from vaccination.domain.requests import Channel, RequestStatus
from vaccination.domain.serving import ChangedDoses, HoldPurpose, Serving
from vaccination.errors import NotFound
from vaccination.readmodels import appointment_card, caller, change_page, household_page, request_page
from vaccination.readmodels.caller import Caller
from vaccination.readmodels.household_page import MemberRow
from vaccination.services.appointments.booking import cancel_request
from vaccination.services.appointments.choosing import Choice
from vaccination.services.appointments.elsewhere import one_dose_is_enough
from vaccination.services.appointments.hold_rows import token_of
from vaccination.services.appointments.hold_taking import How
from vaccination.services.appointments.holds import confirm, extend, hold, release
from vaccination.services.appointments.missed import seek_after_missed
from vaccination.services.appointments.offers import Offer, five
from vaccination.services.asking.requests import secret_of
from vaccination.services.asking.search import note_opened
from web import queue
from web.access import allow, current_actor
from web.cards import contact_of, signed_card
from web.forms import BLANK, Fields, FilledForm, shows_again
from web.language import language
from web.next_plan import next_plan_at
from web.phone.blueprint import bp
from web.phone.words import CHANNELS, STATES, band_names
from web.public.grant import grant, granted, is_granted, may_see_secret
from web.public.reasons import CANCEL_REASONS, cancel_reasons
from web.queue import JobName
from web.region_clock import local_today

_CHANGES = {one.value: one for one in ChangedDoses}
_MOST_SEEN = 60
_GONE = ("slot_full", "no_dose_left", "unfit_slots", "not_waiting", "taken_just_now")


class NothingToPrint(NotFound):
    """The caller has no appointment."""

    code = "nothing_to_print"


@bp.get("/callers/<int:request_id>")
@allow(Role.PHONE)
def caller_page(request_id: int, form: FilledForm = BLANK) -> ResponseReturnValue:
    """All about one caller; each look is noted."""
    moment = now()
    with transaction() as session:
        who = caller.load(session, request_id, now=moment)
        note_opened(session, request_id, now=moment, user_id=current_actor().user_id)
        page = request_page.load(session, request_id, today=local_today())
        changes = change_page.load(session, request_id, now=moment)
        household = household_page.load(session, request_id)
    offers = _offers(who)
    settings = current_app.config["SETTINGS"]
    members = household.members if household else ()
    return render_template(
        "phone/caller.html", form=form, who=who, page=page, offers=offers, seen=",".join(_seen(offers)),
        held_token=token_of(who.held.hold_id) if who.held else "", states=STATES, channels=CHANNELS,
        reasons=cancel_reasons(), bands=band_names(),
        change=request.args.get("change", ""),
        timezone=settings.timezone,
        changes=changes, members=members,
        secrets=_secrets(request_id, who.line.reference, members, moment),
        next_plan_at=next_plan_at(settings, moment) if who.serving is Serving.PLANNED else None,
    )  # fmt: skip


@bp.post("/callers/<int:request_id>/hold")
@allow(Role.PHONE)
@shows_again(caller_page, **dict.fromkeys(_GONE, "offer"))
def send_hold(request_id: int) -> ResponseReturnValue:
    """Keep the chosen offer while it is talked over."""
    fields = Fields(request.form)
    choice = _choice(fields)
    fields.check()
    how = How(Channel.PHONE, user_id=current_actor().user_id)
    with transaction() as session:
        hold(session, request_id, choice, now=now(), how=how)
    return redirect(url_for("phone.caller_page", request_id=request_id), 303)


@bp.post("/callers/<int:request_id>/confirm")
@allow(Role.PHONE)
@shows_again(caller_page, hold_expired="offer", hold_released="offer", no_such_hold="offer")
def send_confirm(request_id: int) -> ResponseReturnValue:
    """They said yes: the held places are theirs. Pressed twice, it is done once."""
    with transaction() as session:
        confirm(session, request.form.get("hold", ""), now=now(), user_id=current_actor().user_id)
    queue.enqueue(JobName.DELIVER_BATCH)
    flash(gettext("The appointments are confirmed. Read them out once more."), "ok")
    return redirect(url_for("phone.caller_page", request_id=request_id), 303)


@bp.post("/callers/<int:request_id>/longer")
@allow(Role.PHONE)
@shows_again(
    caller_page, hold_expired="offer", hold_released="offer", no_such_hold="offer", held_long_enough="offer"
)
def send_longer(request_id: int) -> ResponseReturnValue:
    """They are looking for their diary."""
    with transaction() as session:
        extend(session, request.form.get("hold", ""), now=now())
    return redirect(url_for("phone.caller_page", request_id=request_id), 303)


@bp.post("/callers/<int:request_id>/release")
@allow(Role.PHONE)
@shows_again(caller_page, no_such_hold="offer")
def send_release(request_id: int) -> ResponseReturnValue:
    """They said no: others may have the places."""
    with transaction() as session:
        release(session, request.form.get("hold", ""), now=now())
    return redirect(url_for("phone.caller_page", request_id=request_id), 303)


@bp.post("/callers/<int:request_id>/cancel")
@allow(Role.PHONE)
@shows_again(caller_page, cannot_cancel="reason")
def send_cancel(request_id: int) -> ResponseReturnValue:
    """Cancel for the caller. Sent twice, it is cancelled once."""
    reason = request.form.get("reason", "")
    with transaction() as session:
        if request_page.load(session, request_id, today=local_today()).status is not RequestStatus.CANCELLED:
            cancel_request(
                session, request_id, now=now(), reason=reason if reason in CANCEL_REASONS else "",
                user_id=current_actor().user_id,
            )  # fmt: skip
    queue.enqueue(JobName.DELIVER_BATCH)
    flash(gettext("The request is cancelled."), "ok")
    return redirect(url_for("phone.caller_page", request_id=request_id), 303)


@bp.post("/callers/<int:request_id>/one-dose")
@allow(Role.PHONE)
@shows_again(caller_page, too_late_to_change="enough", no_single_dose="enough")
def send_enough(request_id: int) -> ResponseReturnValue:
    """One dose is enough for them; a second that is booked goes back. Why is not asked."""
    with transaction() as session:
        one_dose_is_enough(session, request_id, now=now(), user_id=current_actor().user_id)
    queue.enqueue(JobName.DELIVER_BATCH)
    flash(gettext("They need one dose only."), "ok")
    return redirect(url_for("phone.caller_page", request_id=request_id), 303)


@bp.post("/callers/<int:request_id>/missed")
@allow(Role.PHONE)
@shows_again(caller_page, nothing_missed="missed")
def send_missed(request_id: int) -> ResponseReturnValue:
    """Another date for who did not come: offers are then read out, or they take part in the next plan."""
    with transaction() as session:
        seek_after_missed(session, request_id, now=now(), user_id=current_actor().user_id)
    queue.enqueue(JobName.DELIVER_BATCH)
    flash(gettext("The missed appointment is given up. They wait for another date."), "ok")
    return redirect(url_for("phone.caller_page", request_id=request_id), 303)


@bp.post("/callers/<int:request_id>/own-page")
@allow(Role.PHONE)
def send_own_page(request_id: int) -> ResponseReturnValue:
    """To the caller's own page, for all that they could do there themselves."""
    with transaction() as session:
        note_opened(session, request_id, now=now(), user_id=current_actor().user_id)
    grant(request_id, now(), shows_secret=False)
    return redirect(url_for("public.own"), 303)


@bp.post("/callers/<int:request_id>/confirmation.pdf")
@allow(Role.PHONE)
def confirmation_pdf(request_id: int) -> ResponseReturnValue:
    """The confirmation, to print for somebody who stands at the counter."""
    moment = now()
    with transaction() as session:
        card = appointment_card.load(session, request_id)
        note_opened(session, request_id, now=moment, user_id=current_actor().user_id)
    if not card.doses:
        raise NothingToPrint
    settings = current_app.config["SETTINGS"]
    content = paper.render(signed_card(card, settings, now=moment), language(), contact_of(settings))
    answer = Response(content, mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{card.reference}.pdf")
    return answer


def _secrets(
    request_id: int, reference: str, members: Sequence[MemberRow], moment: datetime
) -> dict[int, str]:
    """The secret codes to read out, by request: of what this agent has just taken, of nothing else."""
    own = {request_id: reference, **{member.request_id: member.reference for member in members}}
    if not (may_see_secret() and is_granted(moment) and granted(moment) in own):
        return {}
    return {number: secret_of(of) for number, of in own.items()}


def _offers(who: Caller) -> tuple[Offer, ...]:
    """What may be read out: what is owed to who may choose, or another date for an appointment."""
    changed = _CHANGES.get(request.args.get("change", ""))
    is_changing = who.line.status is RequestStatus.PLANNED and changed is not None
    if who.held or not (who.may_choose or is_changing):
        return ()
    seen = [int(part) for part in request.args.get("after", "").split(",")[:_MOST_SEEN] if part.isdecimal()]
    with snapshot() as session:
        return five(
            session, who.line.request_id, now=now(), channel=Channel.PHONE, after=seen,
            changed=changed if is_changing else None,
        )  # fmt: skip


def _seen(offers: tuple[Offer, ...]) -> list[str]:
    before = [part for part in request.args.get("after", "").split(",") if part.isdecimal()]
    return [*before, *(str(offer.doses[0].slot_id) for offer in offers)][-_MOST_SEEN:]


def _choice(fields: Fields) -> Choice:
    """`purpose:schedule:slot-slot`, as the page offers it."""
    parts = fields.raw("offer").split(":")
    purposes = {purpose.value: purpose for purpose in HoldPurpose}
    if len(parts) == 3 and parts[0] in purposes and parts[1].isdecimal():
        slots = [int(part) for part in parts[2].split("-") if part.isdecimal()]
        if slots and max((*slots, int(parts[1]))) < 2**31:
            return Choice(purposes[parts[0]], int(parts[1]), tuple(slots))
    fields.fault("offer", gettext("Choose one of the offers"))
    return Choice(HoldPurpose.COURSE, 0, ())
