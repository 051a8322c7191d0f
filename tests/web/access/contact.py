"""Writing to the centre, and being called."""

from tests.web.access.rule import PUBLIC, Rule

ROUTES: dict[str, Rule] = {
    "contact.conversation": PUBLIC,
    "contact.send": PUBLIC,
    "contact.read": PUBLIC,
    "contact.call": PUBLIC,
    "contact.send_call": PUBLIC,
}
