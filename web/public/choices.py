"""What the questions offer, as the parts of a page take it: value -> label."""

from flask import current_app
from flask_babel import gettext
from markupsafe import Markup

from reports.qr import qr_svg
from vaccination.readmodels.appointment_card import DoseCard
from vaccination.readmodels.asking_form import AskingForm
from web.cards import contact_of
from web.language import language
from web.public.answers import DISTANCES_KM, Answers, Member
from web.public.interpreters import language_names
from web.public.relations import consents, relations
from web.public.summary import people_in_words


def distances() -> dict[str, str]:
    """How far people may say they can travel."""
    return {str(km): gettext("%(km)s km", km=km) for km in DISTANCES_KM}


def first_products(offered: AskingForm) -> dict[str, str]:
    """The products after which a second dose is given."""
    return {str(product.id): product.name for product in offered.products if product.starts_pair}


def product_names(offered: AskingForm) -> dict[str, str]:
    """Every product of the programme."""
    return {str(product.id): product.name for product in offered.products}


def category_names(answers: Answers, member: Member | None = None) -> dict[str, str]:
    """The categories that somebody of this age may declare."""
    groups = answers.categories_of(member.birth_date) if member else answers.categories
    return {named.group.code: named.name(language()) for named in groups}


def interpreter_names() -> dict[str, str]:
    """The languages of interpreters, in the page's own language."""
    return language_names(language())


def qr(dose: DoseCard) -> Markup | None:
    """The dose's QR code as inline SVG; none for a dose that no longer stands or could not be signed."""
    if not dose.token:
        return None
    label = gettext("QR code of dose %(number)s", number=dose.dose_number)
    return Markup(qr_svg(dose.token, label))  # noqa: S704 (made by us, from a signed text and an escaped label)


def find_address() -> str:
    """Where people find their request, as it is read from paper."""
    return contact_of(current_app.config["SETTINGS"]).web


OFFERS = {
    "qr": qr,
    "people": people_in_words,
    "find_address": find_address,
    "distances": distances,
    "first_products": first_products,
    "product_names": product_names,
    "category_names": category_names,
    "interpreter_names": interpreter_names,
    "relations": relations,
    "consents": consents,
}
