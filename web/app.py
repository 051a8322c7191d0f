"""create_app: blueprints, guard, errors, language, filters; nothing else."""

from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from vaccination.settings import Settings
from web import (
    access,
    commands,
    errors,
    headers,
    language,
    layout,
    limits,
    own_actions,
    presenters,
    request_log,
)
from web.csrf import csrf

_ALWAYS = ("about", "account")  # every page's header and footer point there
_LARGEST_POST = 32 * 1024 * 1024  # a region's planning folder, zipped


def create_app(
    settings: Settings,
    *,
    features: Iterable[str] | None = None,
    testing: bool = False,
) -> Flask:
    """The web application, with every feature folder of `web/` (or only the named ones)."""
    app = Flask("web")
    _configure(app, settings, testing)
    request_log.install(app)
    headers.install(app)
    language.install(app)
    csrf.init_app(app)
    access.guard(app)
    limits.install(app, "memory://" if testing else settings.redis_url)
    presenters.install(app)
    commands.install(app)
    modules = [import_module(f"web.{name}.views") for name in _features(features, app.debug or testing)]
    for module in modules:
        app.register_blueprint(module.bp)
    errors.install(app, _refusals(modules))
    language.for_citizens(
        app, [module.bp.name for module in modules if getattr(module, "FOR_CITIZENS", False)]
    )
    own_actions.install(app, _listed(modules, "OWN_ACTIONS"))
    layout.install(app, settings, _listed(modules, "MENU"), _listed(modules, "FOOTER"))
    return app


def _features(wanted: Iterable[str] | None, with_parts: bool) -> list[str]:
    """A feature is a folder with a `views.py`; the gallery of parts is for whoever works on them."""
    names = sorted(path.parent.name for path in Path(__file__).parent.glob("*/views.py"))
    kept = {*wanted, *_ALWAYS} if wanted is not None else set(names)
    return [name for name in names if name in kept and (with_parts or name != "parts")]


def _listed(modules: Iterable[ModuleType], name: str) -> list[Any]:
    """What the features list under this name in their views."""
    return [entry for module in modules for entry in getattr(module, name, ())]


def _refusals(modules: Iterable[ModuleType]) -> Mapping[str, str]:
    """Sentences for the codes which features refuse with."""
    return {code: text for module in modules for code, text in getattr(module, "REFUSALS", {}).items()}


def _configure(app: Flask, settings: Settings, testing: bool) -> None:
    secure = settings.secure_cookies
    app.config.update(
        TESTING=testing,
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-session" if secure else "session",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=_LARGEST_POST,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        TRUSTED_HOSTS=_hosts(settings.base_url),
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a slow reader loses no answers
        WTF_CSRF_SSL_STRICT=False,  # it reads the Referer, which our own policy withholds
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, count, count, count)  # type: ignore[method-assign]


def _hosts(base_url: str) -> list[str]:
    host = urlsplit(base_url).hostname or "localhost"
    return ["localhost", "127.0.0.1", "[::1]"] if host in ("localhost", "127.0.0.1", "::1") else [host]
