"""An invented person, for previews and for reckoning how long a text message gets."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from reports.words import moment_in_words
from vaccination.domain.messages import REMINDERS, MessageChannel, MessageKind
from vaccination.settings import Settings
from web.message_values import short_moment

_NAMES = {"fr": "Camille Exemple", "en": "Camille Example"}
_PLACES = {"fr": "Centre de la Halle", "en": "Market Hall Centre"}
_LONG_PLACE = "Centre municipal de Saint-Jean-de-la-Ruelle"


def values(
    kind: MessageKind, channel: MessageChannel, locale: str, settings: Settings, *, longest: bool = False
) -> dict[str, str]:
    """What each placeholder stands for; `longest` as long as it ever gets."""
    home = settings.base_url.rstrip("/")
    is_sms = channel is MessageChannel.SMS
    spoken = home.removeprefix("https://") if is_sms else home
    return {
        "name": _NAMES.get(locale, _NAMES["en"]),
        "reference": "7QK4 M2XW 8D",
        "secret": "2B7H 9KQ4 T6MX",
        "home": spoken,
        "link": spoken if is_sms else f"{home}/appointments",
        "phone": settings.help_phone if is_sms else settings.help_phone or "02 38 00 00 00",
        "programme": _programme(locale),
        "next_plan": moment_in_words(_first(), locale),
        "appointments": _appointments(kind, channel, locale, longest),
    }


def _programme(locale: str) -> str:
    return "Campagne de printemps" if locale == "fr" else "Spring campaign"


def _appointments(kind: MessageKind, channel: MessageChannel, locale: str, longest: bool) -> str:
    place = _LONG_PLACE if longest else _PLACES.get(locale, _PLACES["en"])
    moments = [_first()] if kind in REMINDERS else [_first(), _first() + timedelta(28)]
    if channel is MessageChannel.SMS:
        return "; ".join(f"{short_moment(at, locale)} {place}" for at in moments)
    return "\n".join(
        f"- {moment_in_words(at, locale)}, {place}, 3 rue de la Halle, 45000 Orléans" for at in moments
    )


def _first() -> datetime:
    return datetime(2027, 5, 5, 12, 40, tzinfo=UTC).astimezone(ZoneInfo("Europe/Paris"))
