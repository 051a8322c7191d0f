"""From refusals of the domain to HTTP, in one table."""

from collections.abc import Callable

import pytest
from flask import Flask, render_template_string, request
from flask.testing import FlaskClient

from tests.web.staff import token_of
from vaccination.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from web.access import public
from web.forms import BLANK, Fields, FilledForm, shows_again

PAGE = "{{ ui.csrf() }}{{ ui.error_summary(form) if form.errors }}{{ ui.field(form, 'seat', 'Seat') }}"


def _raiser(error: DomainError) -> Callable[[], str]:
    @public
    def view() -> str:
        raise error

    return view


class _Unheard(Conflict):
    code = "conflict_of_a_test"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound(), 404),
        (NotAllowed(), 403),
        (Conflict(), 409),
        (Invalid(), 400),
        (DomainError(), 400),
        (_Unheard("Camille Lefevre"), 409),
    ],
)
def test_each_family_has_its_status_and_a_sentence(own_app: Flask, error: DomainError, status: int) -> None:
    own_app.add_url_rule("/refused", "refused", _raiser(error))
    client = own_app.test_client()
    page = client.get("/refused")
    assert page.status_code == status
    assert "<h1>" in page.text and "Lefevre" not in page.text
    told = client.get("/refused", headers={"Accept": "application/json"})
    assert told.status_code == status
    assert told.json is not None and told.json["code"] == error.code and told.json["sentence"]


@pytest.fixture
def form_client(own_app: Flask) -> FlaskClient:
    """A form with one field, which refuses what is missing and, in the domain, what is taken."""

    @public
    def page(form: FilledForm = BLANK) -> str:
        return render_template_string(PAGE, form=form)

    @public
    @shows_again(page, conflict="seat")
    def send() -> str:
        fields = Fields(request.form)
        seat = fields.text("seat", "Choose a seat")
        fields.check()
        raise Conflict() if seat == "1" else NotFound()

    own_app.add_url_rule("/seat", "seat", page)
    own_app.add_url_rule("/seat", "send_seat", send, methods=["POST"])
    return own_app.test_client()


@pytest.mark.parametrize(
    ("seat", "status", "beside"), [("", 400, True), ("1", 409, True), ("<2>", 404, False)]
)
def test_a_form_is_shown_again_with_what_was_typed(
    form_client: FlaskClient, seat: str, status: int, beside: bool
) -> None:
    form = {"csrf_token": token_of(form_client, "/seat"), "seat": seat}
    answer = form_client.post("/seat", data=form)
    assert answer.status_code == status
    assert ('id="seat-fault"' in answer.text) is beside
    assert ('href="#seat"' in answer.text) is beside
    assert f'value="{seat}"' in answer.text or not beside
