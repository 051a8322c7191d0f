"""Set-up by file."""

from tests.web.access.rule import Rule, a_file, roles
from vaccination.domain.actor import Role

ROUTES: dict[str, Rule] = {
    "files.show": roles(Role.AGENCY, kind="centres"),
    "files.download": a_file(roles(Role.AGENCY, kind="centres")),
    "files.send": roles(Role.AGENCY, kind="centres"),
}
