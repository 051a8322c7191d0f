"""The sign-in cookie: an opaque token; everything else about a sign-in is a row in the database."""

from flask import Response, current_app, request

from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.services.access.sign_in import SEEN_EVERY, SignedIn, find_sign_in, keep_alive


def current_sign_in() -> SignedIn | None:
    """Read the cookie and look the sign-in up; None when there is none, or it has ended."""
    token = sign_in_token()
    if token is None:
        return None
    moment = now()
    with snapshot() as session:
        found = find_sign_in(session, token, now=moment)
    if found is not None and found.unseen_for > SEEN_EVERY:
        with transaction() as session:
            keep_alive(session, token, now=moment)
    return found


def cookie_name() -> str:
    """`__Host-` binds the cookie to this very host and to https; plain http on localhost cannot have it."""
    return "__Host-sign-in" if current_app.config["SESSION_COOKIE_SECURE"] else "sign-in"


def sign_in_token() -> str | None:
    """The token which the browser sent."""
    return request.cookies.get(cookie_name())


def set_token(response: Response, token: str) -> None:
    """Give the token to the browser, until the browser closes."""
    response.set_cookie(
        cookie_name(),
        token,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
        path="/",
    )


def drop_token(response: Response) -> None:
    """Tell the browser to forget the token, and whatever our scripts stored.

    Not the cache: our pages are never in it, and emptying it takes Chromium seconds.
    """
    response.delete_cookie(
        cookie_name(),
        path="/",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    response.headers["Clear-Site-Data"] = '"storage"'
