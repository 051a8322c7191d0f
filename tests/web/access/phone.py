"""Requests by phone."""

from tests.web.access.rule import Rule, a_file, roles
from vaccination.domain.actor import Role

ROUTES: dict[str, Rule] = {
    "phone.home": roles(Role.PHONE),
    "phone.send_find": roles(Role.PHONE),
    "phone.new": roles(Role.PHONE),
    "phone.send_new": roles(Role.PHONE),
    "phone.caller_page": roles(Role.PHONE),
    "phone.send_hold": roles(Role.PHONE),
    "phone.send_confirm": roles(Role.PHONE),
    "phone.send_longer": roles(Role.PHONE),
    "phone.send_release": roles(Role.PHONE),
    "phone.send_cancel": roles(Role.PHONE),
    "phone.send_enough": roles(Role.PHONE),
    "phone.send_missed": roles(Role.PHONE),
    "phone.send_own_page": roles(Role.PHONE),
    "phone.confirmation_pdf": a_file(roles(Role.PHONE)),
}
