"""What the words of a message may name: the facts of one person's own case, as things stand now."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from reports.words import moment_in_mail
from vaccination.domain.messages import MessageChannel, MessageKind
from vaccination.domain.references import grouped
from vaccination.readmodels.appointment_card import DoseCard
from vaccination.readmodels.outgoing import Outgoing
from vaccination.security.link_tokens import link_token
from vaccination.services.asking.requests import secret_of
from vaccination.settings import Settings
from web.cards import contact_of
from web.next_plan import next_plan_at

SAME_DAY_PATH = "/today"
OPT_OUT_PATH = "/fewer-messages"
_SHORT = {"fr": "EEE d/MM H'h'mm", "de": "EEE d.M. H:mm", "ar": "EEE d/MM HH:mm"}


def values_of(out: Outgoing, settings: Settings, locale: str, *, now: datetime) -> dict[str, Any]:
    """Everything that the words of a message may use, by name."""
    planned_at = next_plan_at(settings, now)
    is_sms = out.channel is MessageChannel.SMS
    return {
        "name": out.card.person_name,
        "reference": grouped(out.card.reference),
        "secret": grouped(secret_of(out.card.reference)),
        "link": link_of(out, settings),
        "home": _spoken(settings) if is_sms else settings.base_url.rstrip("/"),
        "doses": _doses(out, locale),
        **_proposal(out, locale),
        "appointments": _short_list(out, locale) if is_sms else _list(_doses(out, locale)),
        "is_letter": out.channel is MessageChannel.LETTER,
        "can_answer": bool(settings.reply_to),
        "can_be_called": bool(out.phone),
        "next_plan": moment_in_mail(planned_at, locale) if planned_at and not out.is_direct else "",
        "is_direct": out.is_direct,
        "phone": settings.help_phone,
        "programme": out.card.programme(locale),
    }


def link_of(out: Outgoing, settings: Settings) -> str:
    """Where the message leads. After "#": browsers keep it to themselves, so no server's log has it.

    A text message lies open on a phone: it names the site only, but for a dose of the day, whose link opens
    that one invitation for some minutes and nothing else.
    """
    home = settings.base_url.rstrip("/")
    if out.kind is MessageKind.SAME_DAY and out.call_id and out.channel is not MessageChannel.LETTER:
        return f"{home}{SAME_DAY_PATH}#{link_token('same_day', out.call_id, out.request_id)}"
    if out.channel is MessageChannel.LETTER:
        return contact_of(settings).web
    if out.channel is MessageChannel.SMS:
        return _spoken(settings)
    return f"{home}/appointments#{out.card.reference}.{secret_of(out.card.reference)}"


def opt_out_link(out: Outgoing, settings: Settings) -> str:
    """The address by which a person does without messages of this kind; in mails of optional kinds only.

    Mail programs post to it themselves (RFC 8058), so nothing may stand after "#"; it opens nothing but this.
    """
    token = link_token("opt_out", out.request_id)
    return f"{settings.base_url.rstrip('/')}{OPT_OUT_PATH}/{out.request_id}/{out.kind.value}/{token}"


def _proposal(out: Outgoing, locale: str) -> dict[str, Any]:
    """The places that are kept for somebody after a disruption, and until when."""
    kept = out.proposal
    if kept is None or not kept.doses:
        return {"proposal": [], "answer_by": ""}
    places = [
        {
            "when": moment_in_mail(dose.starts_at.astimezone(ZoneInfo(dose.timezone)), locale),
            "where": ", ".join(filter(None, (dose.centre_name, dose.street, f"{dose.postcode} {dose.town}"))),
        }
        for dose in kept.doses
    ]
    until = kept.expires_at.astimezone(ZoneInfo(kept.doses[0].timezone))
    return {"proposal": places, "answer_by": moment_in_mail(until, locale)}


def _spoken(settings: Settings) -> str:
    return settings.base_url.removeprefix("https://").rstrip("/")


def _doses(out: Outgoing, locale: str) -> list[dict[str, str]]:
    several = len(out.cards) > 1
    return [
        {
            "when": moment_in_mail(dose.starts_at, locale),
            "where": _where(dose) + (f" ({card.given_name})" if several else ""),
        }
        for card in out.cards
        for dose in card.doses
    ]


def _where(dose: DoseCard) -> str:
    return ", ".join((dose.centre_name, *dose.address))


def _list(doses: list[dict[str, str]]) -> str:
    return "\n".join(f"- {dose['when']}, {dose['where']}" for dose in doses)


def _short_list(out: Outgoing, locale: str) -> str:
    """For text messages: several people who are expected together are told once, without their names."""
    return "; ".join(dict.fromkeys(_short(dose, locale) for dose in out.doses))


def _short(dose: DoseCard, locale: str) -> str:
    return f"{short_moment(dose.starts_at, locale)} {dose.centre_name}"


def short_moment(moment: datetime, locale: str) -> str:
    """mer. 5/05 14h40, Mi. 5.5. 14:40: as short as can be understood."""
    return format_datetime(moment, _SHORT.get(locale, "EEE d MMM HH:mm"), locale=locale)
