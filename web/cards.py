"""Confirmation cards with their QR texts: the one place of the shell which touches the signing keys."""

from datetime import datetime
from functools import lru_cache

from reports.appointment_card import Contact
from vaccination.readmodels.appointment_card import AppointmentCard, DoseCard
from vaccination.security.signing_keys import SigningKey
from vaccination.security.tokens import SigningKeys, sign_dose
from vaccination.settings import Settings


def signed_card(card: AppointmentCard, settings: Settings, *, now: datetime) -> AppointmentCard:
    """The card with a QR text for each dose that stands and that our key may vouch for."""
    key = _keys(settings.signing_keys).signer(now)
    return card.signed_by(lambda dose: _signed(dose, key))


def contact_of(settings: Settings) -> Contact:
    """What papers say of how to reach us."""
    web = settings.base_url.removeprefix("https://").removeprefix("http://").rstrip("/")
    return Contact(phone=settings.help_phone, web=f"{web}/appointments")


def _signed(dose: DoseCard, key: SigningKey) -> str | None:
    # A key that ends before the appointment cannot sign it: the paper then says to give the reference.
    ends_at = dose.ends_at.timestamp() + 86_400
    if not key.verifying.not_before.timestamp() <= dose.starts_at.timestamp() or not (
        ends_at <= key.verifying.expires.timestamp()
    ):
        return None
    return sign_dose(dose, key)


@lru_cache(maxsize=4)
def _keys(text: str) -> SigningKeys:
    return SigningKeys.from_text(text)
