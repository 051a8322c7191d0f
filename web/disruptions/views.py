"""Disruptions: what touches people, who they are, what they would be proposed; then one message to each."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.domain.actor import Role
from vaccination.domain.disruptions import DisruptionStatus
from vaccination.readmodels import disruption_list
from vaccination.services.replacing import disruptions
from vaccination.services.replacing.parties import Proposed, preview
from web import queue
from web.access import allow, current_actor
from web.bells.disruptions import PROPOSE
from web.disruptions import words
from web.disruptions.forms import parse_prepare
from web.layout import MenuEntry
from web.paging import asked_page
from web.region_clock import local_today

PREVIEWED = 30

bp = Blueprint("disruptions", __name__, url_prefix="/agency/disruptions", template_folder="templates")
MENU = (MenuEntry(lazy_gettext("Incidents"), "disruptions.home", (Role.AGENCY,), order=35),)
REFUSALS = {
    "no_such_disruption": lazy_gettext("There is no such incident."),
    "unknown_disruption": lazy_gettext("There is no such incident."),
    "nobody_touched": lazy_gettext("No appointment to come is touched, or everybody has a proposal already."),
    "disruption_sent": lazy_gettext("The people were told before."),
    "centre_still_open": lazy_gettext("Close the centre first: else people would be proposed places there."),
}
bp.context_processor(lambda: {"disruption_words": words})


@bp.get("")
@allow(Role.AGENCY)
def home() -> ResponseReturnValue:
    """What touches people now, and what was done about it before."""
    with snapshot() as session:
        causes = disruption_list.causes(session, now())
        done, part = disruption_list.disruptions(session, asked_page())
    return render_template("disruptions/home.html", causes=causes, disruptions=done, part=part)


@bp.post("")
@allow(Role.AGENCY)
def send_prepare() -> ResponseReturnValue:
    """Look who is touched; nobody is told."""
    command = parse_prepare(request.form, local_today())
    with transaction() as session:
        disruption_id = disruptions.prepare(session, command, now=now(), user_id=current_actor().user_id)
    return redirect(url_for(".show", disruption_id=disruption_id), 303)


@bp.get("/<int:disruption_id>")
@allow(Role.AGENCY)
def show(disruption_id: int) -> ResponseReturnValue:
    """A draft with what people would be proposed; later, who has answered what."""
    with snapshot() as session:
        one = disruption_list.one(session, disruption_id)
        is_draft = one.status is DisruptionStatus.DRAFT
        people = preview(session, disruption_id, now=now(), most=PREVIEWED) if is_draft else []
        names = disruption_list.references(session, [told.touched.request_id for told in people])
        unsettled, part = disruption_list.unsettled(session, disruption_id, asked_page())
    return render_template(
        "disruptions/show.html", one=one, people=people, names=names,
        unsettled=() if is_draft else unsettled, part=part,
        without=sum(told.offer is None for told in people), parted=_parted(people),
    )  # fmt: skip


def _parted(people: Sequence[Proposed]) -> int:
    """Households for which there is no place together."""
    return len({one.touched.household_id for one in people if not one.is_together})


@bp.post("/<int:disruption_id>/send")
@allow(Role.AGENCY)
def send(disruption_id: int) -> ResponseReturnValue:
    """Tell everybody: a job finds a place for each, keeps it and writes one message."""
    with transaction() as session:
        disruptions.send(session, disruption_id, now=now(), user_id=current_actor().user_id)
    queue.enqueue(PROPOSE, disruption_id)
    flash(gettext("The messages are being written."), "ok")
    return redirect(url_for(".show", disruption_id=disruption_id), 303)


@bp.post("/<int:disruption_id>/discard")
@allow(Role.AGENCY)
def discard(disruption_id: int) -> ResponseReturnValue:
    """Tell nobody after all."""
    with transaction() as session:
        disruptions.discard(session, disruption_id, now=now(), user_id=current_actor().user_id)
    flash(gettext("Nobody was told."), "ok")
    return redirect(url_for(".home"), 303)
