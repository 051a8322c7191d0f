"""The one table from refusals to HTTP, and the pages which say them."""

from collections.abc import Mapping
from http import HTTPStatus

from flask import Flask, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError

from vaccination.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound

FAMILIES: tuple[tuple[type[DomainError], HTTPStatus], ...] = (
    (NotFound, HTTPStatus.NOT_FOUND),
    (NotAllowed, HTTPStatus.FORBIDDEN),
    (Conflict, HTTPStatus.CONFLICT),
    (Invalid, HTTPStatus.BAD_REQUEST),
)

REFUSALS: Mapping[str, str] = {
    "refused": lazy_gettext("Something in this request is wrong."),
    "not_found": lazy_gettext("We cannot find this page."),
    "not_allowed": lazy_gettext("You may not open this page."),
    "conflict": lazy_gettext("This is no longer possible: somebody else changed it in the meantime."),
    "invalid": lazy_gettext("Something in this request is wrong."),
    "invalid_form": lazy_gettext("Some answers are missing or wrong."),
    "no_such_centre": lazy_gettext("We cannot find this centre among yours."),
    "wrong_role": lazy_gettext("Your account does not open this page."),
    "cross_site_request": lazy_gettext("This form came from another site, so we did not take it."),
}

TITLES: Mapping[int, str] = {
    400: lazy_gettext("We could not read this request"),
    401: lazy_gettext("Please sign in"),
    403: lazy_gettext("This page is closed to you"),
    404: lazy_gettext("Page not found"),
    405: lazy_gettext("Page not found"),
    409: lazy_gettext("Something changed in the meantime"),
    413: lazy_gettext("This file is too large"),
    429: lazy_gettext("Too many tries"),
    500: lazy_gettext("Something went wrong here"),
    503: lazy_gettext("The service is resting"),
}

ADVICE: Mapping[int, str] = {
    400: lazy_gettext("Go back, load the page again, and send the form once more."),
    401: lazy_gettext("You were signed out, or never signed in. Sign in and try again."),
    403: lazy_gettext("If you need it for your work, ask the person who manages the accounts."),
    404: lazy_gettext("Check the address, or start again from the first page."),
    405: lazy_gettext("Check the address, or start again from the first page."),
    409: lazy_gettext("Go back and load the page again to see how things stand now."),
    413: lazy_gettext("Send a smaller file."),
    429: lazy_gettext("Wait a few minutes, then try again. Nothing was lost."),
    500: lazy_gettext(
        "It is not your fault. Try again in a few minutes; what was confirmed stays confirmed."
    ),
    503: lazy_gettext("Try again in a few minutes."),
}


def status_of(error: DomainError) -> HTTPStatus:
    """The HTTP status of a refusal's family."""
    for family, status in FAMILIES:
        if isinstance(error, family):
            return status
    return HTTPStatus.BAD_REQUEST


def sentence_of(error: DomainError) -> str:
    """The sentence of a refusal's code, else of its family; features add theirs as `REFUSALS`."""
    sentences: Mapping[str, str] = current_app.extensions["refusals"]
    codes = [kind.code for kind in type(error).__mro__ if issubclass(kind, DomainError)]
    return str(next(sentences[code] for code in codes if code in sentences))


def wants_json() -> bool:
    """Whether the caller is a program rather than a person."""
    best = request.accept_mimetypes.best_match(("text/html", "application/json"))
    return best == "application/json"


def install(app: Flask, refusals: Mapping[str, str]) -> None:
    """Hang the table and the pages into the app."""
    app.extensions["refusals"] = {**REFUSALS, **refusals}
    app.register_error_handler(DomainError, _refused)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unforeseen)


def _refused(error: DomainError) -> ResponseReturnValue:
    return _answer(status_of(error), error.code, sentence_of(error))


def _stale_form(_error: CSRFError) -> ResponseReturnValue:
    sentence = gettext("This form had been open for too long, or came from another page.")
    return _answer(HTTPStatus.BAD_REQUEST, "stale_form", sentence)


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error.get_response()
    if isinstance(error, SecurityError):  # a strange host: there is no address of ours to link to
        return "Bad Request", HTTPStatus.BAD_REQUEST, {"Content-Type": "text/plain; charset=utf-8"}
    status = HTTPStatus(error.code)
    return _answer(status, status.name.lower(), "")


def _unforeseen(error: Exception) -> ResponseReturnValue:
    """The rim: say nothing of the inside, log the kind and place of the fault but not its words.

    A database error repeats the row in its message, and a row may hold somebody's name.
    """
    if current_app.testing or current_app.debug:
        raise error
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
    current_app.logger.error("unforeseen %s at %s in %s", type(error).__qualname__, place, request.endpoint)
    return _answer(HTTPStatus.INTERNAL_SERVER_ERROR, "internal_server_error", "")


def _answer(status: HTTPStatus, code: str, sentence: str) -> ResponseReturnValue:
    if wants_json():
        return jsonify(code=code, sentence=sentence or str(TITLES.get(status, status.phrase))), status
    page = render_template(
        "error.html",
        title=TITLES.get(status, status.phrase),
        sentence=sentence,
        advice=ADVICE.get(status, ""),
        status=int(status),
    )
    return page, status
