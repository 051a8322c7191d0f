"""The sign-in cookie: an opaque token; everything else about a sign-in is a row in the database."""

from dataclasses import dataclass

from flask import Response, current_app, request

from vaccination.domain.actor import Actor


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who sits at the other end, for the guard and for the page's header."""

    actor: Actor
    display_name: str
    locale: str


def current_sign_in() -> SignedIn | None:
    """Read the cookie and look the sign-in up; None when there is none, or it has ended."""
    return None


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
    """Tell the browser to forget the token."""
    response.delete_cookie(cookie_name(), path="/", secure=current_app.config["SESSION_COOKIE_SECURE"])
