"""People to call."""

from tests.web.access.rule import Rule, roles
from vaccination.domain.actor import Role

ROUTES: dict[str, Rule] = {
    "callbacks.home": roles(Role.PHONE),
    "callbacks.send_ask": roles(Role.PHONE),
    "callbacks.send_take": roles(Role.PHONE),
    "callbacks.send_done": roles(Role.PHONE),
    "callbacks.send_no_answer": roles(Role.PHONE),
    "callbacks.send_give_back": roles(Role.PHONE),
}
