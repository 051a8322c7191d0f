"""Which language a page speaks, which it could speak, and how a person changes it.

Staff pages speak French and English. A feature whose `views.py` says `FOR_CITIZENS = True` speaks all of
`CITIZEN_LANGUAGES`; so do the pages that say something went wrong before any feature was reached.
"""

from collections.abc import Iterable
from pathlib import Path

from flask import Flask, Response, current_app, g, redirect, request, url_for
from flask_babel import Babel, get_locale

LANGUAGES = {"fr": "Français", "en": "English", "de": "Deutsch", "es": "Español", "ar": "العربية"}
STAFF_LANGUAGES = ("fr", "en")
# another joins when `python -m web.catalogues check --strict` finds nothing lacking in it
CITIZEN_LANGUAGES = ("fr", "en", "de", "es", "ar")
DEFAULT = "fr"
COOKIE = "lang"
_RIGHT_TO_LEFT = ("ar",)
_A_YEAR = 365 * 86400


def install(app: Flask) -> None:
    """Wire Flask-Babel to every catalogue in the house, and the language switch to `?lang=`."""
    app.config["BABEL_DEFAULT_LOCALE"] = DEFAULT
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join(str(path) for path in catalogue_folders())
    Babel(app, locale_selector=choose)
    app.before_request(_switch)
    app.extensions["citizen_features"] = frozenset()
    app.jinja_env.globals.update(
        languages_here=languages_here, language_link=language_link, locale=language, direction=direction
    )


def for_citizens(app: Flask, features: Iterable[str]) -> None:
    """Name the blueprints whose pages speak every language of the citizens."""
    app.extensions["citizen_features"] = frozenset(features)


def spoken_at(app: Flask, endpoint: str | None) -> tuple[str, ...]:
    """The languages in which a page is there; no endpoint stands for an address that leads nowhere."""
    feature = (endpoint or "").partition(".")[0]
    if endpoint is None or feature in app.extensions["citizen_features"]:
        return CITIZEN_LANGUAGES
    return STAFF_LANGUAGES


def languages_here() -> dict[str, str]:
    """Code and own name of each language in which the present page is there."""
    return {code: LANGUAGES[code] for code in _spoken()}


def direction() -> str:
    """The way the present language is written: `ltr` or `rtl`."""
    return "rtl" if language() in _RIGHT_TO_LEFT else "ltr"


def catalogue_folders() -> list[Path]:
    """Every feature's own, and `web/translations`, which knows all languages, last.

    Flask-Babel counts by the rule of the last folder: one without Arabic would count as in English.
    """
    web = Path(__file__).parent
    return [*sorted(web.glob("*/translations")), web / "translations"]


def choose() -> str:
    """The cookie's language, else the account's, else the browser's, else French: of those here."""
    spoken = _spoken()
    asked = request.cookies.get(COOKIE)
    if asked in spoken:
        return asked
    person = g.get("signed_in")
    if person is not None and person.locale in spoken:
        return str(person.locale)
    return request.accept_languages.best_match(list(spoken), DEFAULT) or DEFAULT


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


def _spoken() -> tuple[str, ...]:
    return spoken_at(current_app, request.endpoint)


def _switch() -> Response | None:
    """`?lang=en` on any page: remember it, and show the same page at its plain address."""
    code = request.args.get("lang")
    if code not in _spoken() or request.method != "GET":
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
