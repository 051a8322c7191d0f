"""Organisations that ask for people."""

from tests.web.access.rule import Rule, a_file, roles
from vaccination.domain.actor import Role

ROUTES: dict[str, Rule] = {
    "proxies.organisations": roles(Role.AGENCY),
    "proxies.send_organisation": roles(Role.AGENCY),
    "proxies.send_member": roles(Role.AGENCY),
    "proxies.send_active": roles(Role.AGENCY),
    "proxies.home": roles(Role.PROXY),
    "proxies.new_list": roles(Role.PROXY),
    "proxies.send_list": roles(Role.PROXY),
    "proxies.person": roles(Role.PROXY),
    "proxies.send_cancel": roles(Role.PROXY),
    "proxies.convocations": a_file(roles(Role.PROXY)),
}
