"""What every page shares: product name, parts, menu, addresses of static files."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

from flask import Flask, current_app, request, url_for
from jinja2.runtime import Macro

from vaccination.domain.actor import Role
from vaccination.settings import Settings
from web.access import signed_in

PRODUCT = "Paire"
_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A line of the main menu; features list theirs as `MENU` in their views module."""

    label: str
    endpoint: str
    roles: tuple[Role, ...]
    order: int = 50


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """A menu line as the header shows it."""

    label: str
    address: str
    is_here: bool


def install(app: Flask, settings: Settings, menu: Iterable[MenuEntry]) -> None:
    """Give the templates what the layout needs; the parts come last, for they use all the rest."""
    app.extensions["menu"] = sorted(menu, key=lambda entry: (entry.order, entry.endpoint))
    app.jinja_env.globals.update(
        product=PRODUCT,
        asset=asset,
        signed_in=signed_in,
        navigation=navigation,
        help_phone=settings.help_phone,
    )
    app.jinja_env.globals["ui"] = _parts(app)


def _parts(app: Flask) -> SimpleNamespace:
    """Every macro of `templates/parts/`, under one name: pages say `ui.button(…)`."""
    with app.app_context():
        modules = [
            app.jinja_env.get_template(f"parts/{path.name}").module
            for path in sorted((_HERE / "templates" / "parts").glob("*.html"))
        ]
    macros = {name: macro for module in modules for name, macro in vars(module).items()}
    return SimpleNamespace(**{name: macro for name, macro in macros.items() if isinstance(macro, Macro)})


def navigation() -> list[ShownEntry]:
    """The menu lines which the signed-in person's roles open."""
    person = signed_in()
    if person is None:
        return []
    here = (request.endpoint or "").split(".")[0]
    return [
        ShownEntry(str(entry.label), url_for(entry.endpoint), entry.endpoint.split(".")[0] == here)
        for entry in current_app.extensions["menu"]
        if person.actor.has(*entry.roles)
    ]


def asset(path: str) -> str:
    """The address of a static file; it changes with the file, so browsers may keep what they have."""
    return url_for("static", filename=path, v=_print_of(path))


@lru_cache(maxsize=256)
def _print_of(path: str) -> str:
    return sha256((_HERE / "static" / path).read_bytes()).hexdigest()[:10]
