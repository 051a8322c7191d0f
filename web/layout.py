"""What every page shares: product name, parts, menu, addresses of static files."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

from flask import Flask, Response, current_app, request, url_for
from jinja2.runtime import Macro
from markupsafe import Markup

from vaccination.domain.actor import Role
from vaccination.settings import Settings
from web.access import public, signed_in
from web.headers import cacheable

PRODUCT = "Paire"
# in the order of the cascade; the first names the layers
SHEETS = (
    "tokens",
    "base",
    "layout",
    "forms",
    "parts",
    "tables",
    "figures",
    "citizen",
    "agency",
    "desk",
    "station",
    "print",
)
_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A line of the main menu; features list theirs as `MENU` in their views module."""

    label: str
    endpoint: str
    roles: tuple[Role, ...]
    order: int = 50


@dataclass(frozen=True, slots=True)
class FooterLink:
    """A link at the foot of every page; features list theirs as `FOOTER` in their views module."""

    label: str
    endpoint: str
    order: int = 50
    only_signed_out: bool = False


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """A menu line as the header shows it."""

    label: str
    address: str
    is_here: bool


def install(app: Flask, settings: Settings, menu: Iterable[MenuEntry], footer: Iterable[FooterLink]) -> None:
    """Give the templates what the layout needs; the parts come last, for they use all the rest."""
    app.extensions["footer"] = sorted(footer, key=lambda link: (link.order, link.endpoint))
    app.extensions["menu"] = sorted(menu, key=lambda entry: (entry.order, entry.endpoint))
    app.add_url_rule("/style.css", "style", style)
    app.jinja_env.globals.update(
        product=PRODUCT,
        asset=asset,
        style_address=style_address,
        signed_in=signed_in,
        navigation=navigation,
        footer_links=footer_links,
        help_phone=settings.help_phone,
        help_link=_to_call(settings.help_phone),
    )
    app.jinja_env.globals["ui"] = _parts(app)


def _to_call(phone: str) -> Markup:
    """A number that a telephone dials at a touch, and that no line and no Arabic page tears apart."""
    digits = phone.replace(" ", "")
    return Markup('<a href="tel:{}"><bdi>{}</bdi></a>').format(digits, phone.replace(" ", "\u00a0"))


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


def footer_links() -> list[FooterLink]:
    """The links at the foot of this page."""
    is_in = signed_in() is not None
    return [link for link in current_app.extensions["footer"] if not (link.only_signed_out and is_in)]


@public
def style() -> Response:
    """All sheets as one file: an old phone on a slow line asks once, and never again."""
    cacheable()
    return Response(_style(), content_type="text/css; charset=utf-8")


def style_address() -> str:
    """The address of the stylesheet; it changes when a sheet does."""
    return url_for("style", v=sha256(_style()).hexdigest()[:10])


def _style() -> bytes:
    return _sheets() if not current_app.debug else _sheets.__wrapped__()


@lru_cache(maxsize=1)
def _sheets() -> bytes:
    return b"\n".join((_HERE / "static" / "css" / f"{name}.css").read_bytes() for name in SHEETS)


def asset(path: str) -> str:
    """The address of a static file; it changes with the file, so browsers may keep what they have."""
    return url_for("static", filename=path, v=_print_of(path))


@lru_cache(maxsize=256)
def _print_of(path: str) -> str:
    return sha256((_HERE / "static" / path).read_bytes()).hexdigest()[:10]
