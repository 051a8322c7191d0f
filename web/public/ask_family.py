"""The people of a household: added one by one, taken away again, and then on to the shared wishes."""

from dataclasses import replace

from flask import make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from vaccination.clock import now
from web.access import public
from web.forms import Fields, FilledForm
from web.limits import limiter
from web.public.ask_person import read_new_member, with_member, without_member
from web.public.asking import ANSWERS_SENT, keep_and_go, question_page
from web.public.blueprint import bp
from web.public.draft import Draft, load_draft, save_draft
from web.public.filled import CHECK, Filled, after_sending, comes_from_check, offered_form, read_draft
from web.public.questions import BY_NAME
from web.region_clock import local_today

_FAMILY = BY_NAME["family"]
_NEW = ("new_given", "new_family", "new_born_day", "new_born_month", "new_born_year")


@bp.post("/request/family")
@public
@limiter.limit(ANSWERS_SENT)
def send_family() -> ResponseReturnValue:
    """Add a person, take one away, or go on: a person typed in but not yet added is added first."""
    moment, form, today = now(), offered_form(), local_today()
    draft = load_draft(moment)
    before = read_draft(draft, form, today)
    if before.named("family") is None:
        return redirect(url_for("public.begin"), 303)
    kept = draft.typed("family")
    place = request.args.get("remove", "")
    if place.isdecimal():
        return _keep(draft, without_member(kept, int(place)), before)
    adds = "add" in request.form
    typed = {key: kept.getlist(key) for key in kept} | {"agreed": request.form.getlist("agreed")}
    if adds or any(request.form.get(name, "").strip() for name in _NEW):
        fields = Fields(request.form)
        member = read_new_member(fields, before.answers)
        if fields.errors:
            return question_page(_FAMILY, before, FilledForm(request.form, fields.errors)), 400
        typed = with_member(kept, member) | {"agreed": request.form.getlist("agreed")}
    if adds:
        return _keep(draft, typed, before)
    return _go_on(_with_family(draft, typed))


def _go_on(draft: Draft) -> ResponseReturnValue:
    filled = read_draft(draft, offered_form(), local_today())
    if filled.open is _FAMILY:
        fields = Fields(draft.typed("family"))
        _FAMILY.read(fields, filled.answers)
        response = make_response(question_page(_FAMILY, filled, FilledForm(errors=fields.errors)), 400)
        save_draft(response, draft)  # who was typed in stays in the list
        return response
    return keep_and_go(draft, _FAMILY, filled, after_sending(_FAMILY, filled))


def _keep(draft: Draft, typed: dict[str, list[str]], filled: Filled) -> ResponseReturnValue:
    back = CHECK if comes_from_check() else None
    address = url_for("public.question", name="family", back=back)
    return keep_and_go(_with_family(draft, typed), _FAMILY, filled, address)


def _with_family(draft: Draft, typed: dict[str, list[str]]) -> Draft:
    return replace(draft, pages={**draft.pages, "family": typed})
