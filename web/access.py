"""Who is there, and what they may open: every view names its roles, and a view that names none is closed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from vaccination.domain.actor import Actor, Role
from vaccination.errors import NotAllowed, NotFound
from vaccination.services.access.sign_in import SignedIn
from web.sign_in import current_sign_in

View = TypeVar("View", bound=Callable[..., Any])
_MARK = "_access"


@dataclass(frozen=True, slots=True)
class Access:
    """Who may call a view: anybody, or people with one of the roles."""

    public: bool = False
    roles: tuple[Role, ...] = ()


class NoSuchCentre(NotFound):
    """The centre does not exist, or is none of the actor's: the answer is the same on purpose."""

    code = "no_such_centre"


class WrongRole(NotAllowed):
    """The signed-in person's roles do not open this page."""

    code = "wrong_role"


class CrossSiteRequest(NotAllowed):
    """A form of another site tried to act here."""

    code = "cross_site_request"


def public(view: View) -> View:
    """Mark a view as open to everybody."""
    setattr(view, _MARK, Access(public=True))
    return view


def allow(*roles: Role) -> Callable[[View], View]:
    """Mark a view as open to people who hold one of the roles, at whatever centre."""
    if not roles:
        raise ValueError("allow() needs at least one role")

    def mark(view: View) -> View:
        setattr(view, _MARK, Access(roles=roles))
        return view

    return mark


def access_of(view: Callable[..., Any] | None) -> Access | None:
    """The mark of a view, or None when it has none."""
    return getattr(view, _MARK, None)


def signed_in() -> SignedIn | None:
    """The signed-in person of this request, if any."""
    if "signed_in" not in g:
        g.signed_in = current_sign_in()
    found: SignedIn | None = g.signed_in
    return found


def current_actor() -> Actor:
    """The signed-in actor; only for views behind `@allow`."""
    person = signed_in()
    if person is None:
        raise WrongRole()
    return person.actor


def centre_or_404(centre_id: int, *roles: Role) -> int:
    """The centre's id if the actor holds one of the roles there; else as if there were no such centre."""
    if not current_actor().may_any(roles, centre_id):
        raise NoSuchCentre()
    return centre_id


def own_page(target: str | None) -> str | None:
    """`target` if it is a path of this very site, else None: a redirect never leaves the house."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or any(c in target for c in "\\\r\n\t"):
        return None
    return target


def guard(app: Flask) -> None:
    """Put the guard before every request of the app."""
    app.before_request(_refuse_cross_site)
    app.before_request(_guard)


def _refuse_cross_site() -> None:
    """A second fence beside the CSRF token, kept by the browser itself."""
    safe = request.method in ("GET", "HEAD", "OPTIONS")
    if not safe and request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise CrossSiteRequest()


def _guard() -> ResponseReturnValue | None:
    endpoint = request.endpoint
    if endpoint is None or endpoint == "static" or endpoint.endswith(".static"):
        return None  # no such page (404 follows), or a file of the stylesheet's kind
    access = access_of(current_app.view_functions[endpoint])
    if access is None:
        abort(403)  # deny by default: a view without a mark is a mistake, and a closed one
    if access.public:
        return None
    person = signed_in()
    if person is None:
        return _ask_to_sign_in()
    if not person.actor.has(*access.roles):
        raise WrongRole()
    return None


def _ask_to_sign_in() -> ResponseReturnValue:
    if request.method != "GET" or request.accept_mimetypes.best == "application/json":
        abort(401)
    return redirect(url_for("account.sign_in", next=request.path), 303)
