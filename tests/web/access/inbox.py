"""The inbox of a centre."""

from tests.web.access.rule import Rule, at_centre, roles
from vaccination.domain.actor import Role

_STAFF = (Role.DESK, Role.CENTRE_MANAGER)
ROUTES: dict[str, Rule] = {
    "inbox.home": roles(*_STAFF),
    "inbox.centre": at_centre(*_STAFF),
    "inbox.thread": at_centre(*_STAFF),
    "inbox.answer": at_centre(*_STAFF),
    "inbox.close": at_centre(*_STAFF),
}
