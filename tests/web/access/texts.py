"""The words of messages."""

from tests.web.access.rule import Rule, roles
from vaccination.domain.actor import Role

_ONE = roles(Role.AGENCY, kind="reminder_day", channel="sms", locale="fr")

ROUTES: dict[str, Rule] = {
    "texts.home": roles(Role.AGENCY),
    "texts.edit": _ONE,
    "texts.send_edit": _ONE,
    "texts.send_standard": _ONE,
}
