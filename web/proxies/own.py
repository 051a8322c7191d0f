"""An organisation's own pages: hand in a list, see its people and nobody else's, print convocations."""

from collections.abc import Sequence

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from reports import appointment_card as paper
from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.domain.actor import Role
from vaccination.domain.contacts import Consent
from vaccination.domain.csv_table import MOST_BYTES
from vaccination.domain.people_lists import text_of_file
from vaccination.domain.requests import RequestStatus
from vaccination.errors import Conflict
from vaccination.readmodels import appointment_card, asking_form, caller, organisations, request_page
from vaccination.security.secrets import new_session_token
from vaccination.services.access.organisations import Workplace, check_theirs, workplace_of
from vaccination.services.appointments.booking import cancel_request
from vaccination.services.asking.lists import HandedIn, HandIn, hand_in, note_people_printed
from vaccination.services.asking.search import note_opened
from web import queue
from web.access import allow, current_actor
from web.cards import contact_of, signed_card
from web.errors import sentence_of
from web.forms import BLANK, Fields, FilledForm, filled, shows_again
from web.phone.words import STATES
from web.proxies.blueprint import bp
from web.proxies.reading import DISTANCES, Chosen, ReadList, WrongLine, read
from web.public.relations import CONSENTS
from web.queue import JobName
from web.region_clock import local_today

_NO_LEGAL = {key: text for key, text in CONSENTS.items() if key != Consent.LEGAL.value}


class NobodyToPrint(Conflict):
    """Nobody of the organisation, or of the list, has an appointment."""

    code = "nobody_to_print"


@bp.get("/organisation")
@allow(Role.PROXY)
def home() -> ResponseReturnValue:
    """Lists and people of one's own organisation."""
    list_id = request.args.get("list", type=int)
    with snapshot() as session:
        own = workplace_of(session, current_actor().user_id)
        page = organisations.load(session, own.organisation_id, list_id=list_id)
    return render_template(
        "proxies/home.html", own=own, page=page, list_id=list_id, states=STATES,
        timezone=current_app.config["SETTINGS"].timezone,
    )  # fmt: skip


@bp.get("/organisation/list")
@allow(Role.PROXY)
def new_list(
    form: FilledForm = BLANK, wrong: Sequence[WrongLine] = (), done: HandedIn | None = None
) -> ResponseReturnValue:
    """The box for a list, or a file."""
    with snapshot() as session:
        own = workplace_of(session, current_actor().user_id)
    shown = form if form.values else filled(distance="20", form_uid=new_session_token())
    return render_template(
        "proxies/list.html", form=shown, own=own, wrong=wrong, done=done,
        consents={key: str(text) for key, text in _NO_LEGAL.items()},
        distances={km: gettext("%(km)s km", km=km) for km in DISTANCES},
    )  # fmt: skip


@bp.post("/organisation/list")
@allow(Role.PROXY)
@shows_again(new_list)
def send_list() -> ResponseReturnValue:
    """Keep every line that is right; the others come back in the box, each with what is wrong."""
    fields = Fields(request.form)
    text = _text(fields)
    chosen = Chosen(
        distance=str(fields.choice("distance", DISTANCES, gettext("Choose how far they can travel"))),
        consent=fields.choice(
            "consent", {key: Consent(key) for key in _NO_LEGAL}, gettext("Say how they have agreed")
        ),
        form_uid=fields.raw("form_uid") or new_session_token(),
    )
    fields.check()
    with snapshot() as session:
        own = workplace_of(session, current_actor().user_id)
        offered = asking_form.load(session)
    if offered is None:
        fields.fault("people", gettext("No vaccination programme takes requests at the moment."))
    fields.check()
    found = read(text, own, offered, local_today(), chosen)  # type: ignore[arg-type]
    done = _keep(own, fields.text("title", longest=100), found)
    queue.enqueue(JobName.DELIVER_BATCH)
    wrong = _all_wrong(found, done)
    if not wrong:
        flash(gettext("People asked for: %(count)s", count=len(done.request_ids)), "ok")
        return redirect(url_for("proxies.home"), 303)
    again = filled(
        people="\n".join(line.text for line in wrong), distance=chosen.distance, consent=chosen.consent.value,
        title=fields.raw("title"), form_uid=new_session_token(),
    )  # fmt: skip
    return new_list(form=again, wrong=wrong, done=done)


@bp.get("/organisation/people/<int:request_id>")
@allow(Role.PROXY)
def person(request_id: int) -> ResponseReturnValue:
    """One of one's own; another organisation's is as if there were none."""
    moment = now()
    with transaction() as session:
        own = workplace_of(session, current_actor().user_id)
        check_theirs(session, own.organisation_id, request_id)
        who = caller.load(session, request_id, now=moment)
        page = request_page.load(session, request_id, today=local_today())
        note_opened(session, request_id, now=moment, user_id=current_actor().user_id)
    return render_template("proxies/person.html", who=who, page=page, states=STATES)


@bp.post("/organisation/people/<int:request_id>/cancel")
@allow(Role.PROXY)
def send_cancel(request_id: int) -> ResponseReturnValue:
    """Cancel for one of one's own; once, however often it is sent."""
    with transaction() as session:
        own = workplace_of(session, current_actor().user_id)
        check_theirs(session, own.organisation_id, request_id)
        if request_page.load(session, request_id, today=local_today()).status is not RequestStatus.CANCELLED:
            cancel_request(session, request_id, now=now(), user_id=current_actor().user_id)
    queue.enqueue(JobName.DELIVER_BATCH)
    flash(gettext("The request is cancelled."), "ok")
    return redirect(url_for("proxies.person", request_id=request_id), 303)


@bp.post("/organisation/convocations.pdf")
@allow(Role.PROXY)
def convocations() -> ResponseReturnValue:
    """A page for everybody who has appointments, or for those of one list, or for one person."""
    moment = now()
    list_id = request.form.get("list", type=int)
    request_id = request.form.get("person", type=int)
    with transaction() as session:
        own = workplace_of(session, current_actor().user_id)
        people = organisations.load(session, own.organisation_id, list_id=list_id).people
        wanted = [line.request_id for line in people if request_id in (None, line.request_id)]
        cards = [card for card in appointment_card.load_many(session, wanted) if card.doses]
        if not cards:
            raise NobodyToPrint
        note_people_printed(
            session, own.organisation_id, people=len(cards), now=moment, user_id=current_actor().user_id
        )
    settings = current_app.config["SETTINGS"]
    signed = [signed_card(card, settings, now=moment) for card in cards]
    answer = Response(paper.render_many(signed, contact_of(settings)), mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "attachment", filename="convocations.pdf")
    return answer


def _text(fields: Fields) -> str:
    """What was pasted, else what is in the file."""
    typed = request.form.get("people", "")
    sent = request.files.get("file")
    if not typed.strip() and sent is not None:
        content = sent.stream.read(MOST_BYTES + 1)
        typed = text_of_file(content) if len(content) <= MOST_BYTES else ""
    if not typed.strip():
        fields.fault("people", gettext("Paste the list, or choose a file"))
    return typed


def _keep(own: Workplace, title: str, found: ReadList) -> HandedIn:
    command = HandIn(own.organisation_id, title, found.people, unreadable=len(found.wrong))
    with transaction() as session:
        return hand_in(session, command, now=now(), user_id=current_actor().user_id)


def _all_wrong(found: ReadList, done: HandedIn) -> list[WrongLine]:
    """Lines that could not be read and lines that were refused, in the order of the list."""
    texts = {line.number: line.text for line in found.lines}
    refused = [WrongLine(r.line, texts[r.line], (sentence_of(r.refusal),)) for r in done.refused]
    return sorted([*found.wrong, *refused], key=lambda line: line.number)
