"""The programme's rules."""

from tests.web.access.rule import Rule, roles
from vaccination.domain.actor import Role

ROUTES: dict[str, Rule] = {
    "programme.home": roles(Role.AGENCY),
    "programme.facts": roles(Role.AGENCY),
    "programme.send_facts": roles(Role.AGENCY),
    "programme.policy": roles(Role.AGENCY),
    "programme.send_policy": roles(Role.AGENCY),
    "programme.serving": roles(Role.AGENCY),
    "programme.send_serving": roles(Role.AGENCY),
    "programme.new_product": roles(Role.AGENCY),
    "programme.send_new_product": roles(Role.AGENCY),
    "programme.product": roles(Role.AGENCY),
    "programme.send_product": roles(Role.AGENCY),
    "programme.new_schedule": roles(Role.AGENCY),
    "programme.send_new_schedule": roles(Role.AGENCY),
    "programme.schedule": roles(Role.AGENCY),
    "programme.send_schedule": roles(Role.AGENCY),
    "programme.new_group": roles(Role.AGENCY),
    "programme.send_new_group": roles(Role.AGENCY),
    "programme.group": roles(Role.AGENCY),
    "programme.send_group": roles(Role.AGENCY),
    "programme.send_phase": roles(Role.AGENCY),
    "programme.send_remove_phase": roles(Role.AGENCY),
}
