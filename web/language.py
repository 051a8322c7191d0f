"""French and English: which one a request speaks, and how a person changes it."""

from pathlib import Path

from flask import Flask, Response, g, redirect, request, url_for
from flask_babel import Babel, get_locale

LANGUAGES = {"fr": "Français", "en": "English"}
DEFAULT = "fr"
COOKIE = "lang"
_A_YEAR = 365 * 86400


def install(app: Flask) -> None:
    """Wire Flask-Babel to every catalogue in the house, and the language switch to `?lang=`."""
    app.config["BABEL_DEFAULT_LOCALE"] = DEFAULT
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join(str(path) for path in catalogue_folders())
    Babel(app, locale_selector=choose)
    app.before_request(_switch)
    app.jinja_env.globals["languages"] = LANGUAGES
    app.jinja_env.globals["language_link"] = language_link
    app.jinja_env.globals["locale"] = language


def catalogue_folders() -> list[Path]:
    """`web/translations` first, then every feature's own."""
    web = Path(__file__).parent
    return [web / "translations", *sorted(web.glob("*/translations"))]


def choose() -> str:
    """The cookie's language, else the account's, else what the browser asks for, else French."""
    asked = request.cookies.get(COOKIE)
    if asked in LANGUAGES:
        return asked
    person = g.get("signed_in")
    if person is not None and person.locale in LANGUAGES:
        return str(person.locale)
    return request.accept_languages.best_match(list(LANGUAGES), DEFAULT) or DEFAULT


def language() -> str:
    """The code of the language this request speaks."""
    locale = get_locale()
    return locale.language if locale else DEFAULT


def language_link(code: str) -> str:
    """The present page in another language; the first page when this one cannot be asked for again."""
    if request.endpoint is None or request.url_rule is None or "GET" not in (request.url_rule.methods or ()):
        return f"/?lang={code}"
    values = {**request.args.to_dict(flat=False), **(request.view_args or {}), "lang": code}
    return url_for(request.endpoint, **values)


def _switch() -> Response | None:
    """`?lang=en` on any page: remember it, and show the same page at its plain address."""
    code = request.args.get("lang")
    if code not in LANGUAGES or request.method != "GET":
        return None
    kept = request.args.to_dict(flat=False)
    kept.pop("lang")
    target = request.path
    if request.endpoint is not None:
        target = url_for(request.endpoint, **{**kept, **(request.view_args or {})})
    response = redirect(target, 303)
    response.set_cookie(
        COOKIE, code, max_age=_A_YEAR, samesite="Lax", httponly=True, secure=request.is_secure, path="/"
    )
    return response  # type: ignore[return-value]
