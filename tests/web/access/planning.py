"""Plans."""

from tests.web.access.rule import Rule, a_file, roles
from vaccination.domain.actor import Role

ROUTES: dict[str, Rule] = {
    "planning.home": roles(Role.AGENCY),
    "planning.new": roles(Role.AGENCY),
    "planning.send_new": roles(Role.AGENCY),
    "planning.show": roles(Role.AGENCY),
    "planning.progress": a_file(roles(Role.AGENCY)),
    "planning.left_out": roles(Role.AGENCY),
    "planning.prices": roles(Role.AGENCY),
    "planning.what_if_progress": a_file(roles(Role.AGENCY)),
    "planning.what_if": roles(Role.AGENCY),
    "planning.send_what_if": roles(Role.AGENCY),
    "planning.stop_what_if": roles(Role.AGENCY),
    "planning.apply": roles(Role.AGENCY),
    "planning.discard": roles(Role.AGENCY),
    "planning.problem_folder": a_file(roles(Role.AGENCY)),
    "planning.run_folder": a_file(roles(Role.AGENCY)),
    "planning.import_page": roles(Role.AGENCY),
    "planning.send_import": roles(Role.AGENCY),
}
