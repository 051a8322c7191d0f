"""Messages that did not arrive."""

from tests.web.access.rule import Rule, roles
from vaccination.domain.actor import Role

_STAFF = (Role.AGENCY, Role.PHONE)

ROUTES: dict[str, Rule] = {
    "undelivered.home": roles(*_STAFF),
    "undelivered.send_on": roles(*_STAFF, message_id=1),
}
