"""Letters."""

from tests.web.access.rule import Rule, a_file, roles
from vaccination.domain.actor import Role

ROUTES: dict[str, Rule] = {
    "letters.home": roles(Role.AGENCY),
    "letters.send_gather": roles(Role.AGENCY),
    "letters.show": roles(Role.AGENCY),
    "letters.send_layout": roles(Role.AGENCY),
    "letters.send_make": roles(Role.AGENCY),
    "letters.send_posted": roles(Role.AGENCY),
    "letters.send_withdraw": roles(Role.AGENCY),
    "letters.letters_pdf": a_file(roles(Role.AGENCY)),
    "letters.letter_pdf": a_file(roles(Role.AGENCY)),
    "letters.list_pdf": a_file(roles(Role.AGENCY)),
    "letters.list_csv": a_file(roles(Role.AGENCY)),
}
