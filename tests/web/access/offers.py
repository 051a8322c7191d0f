"""Offers and what is kept: everybody, who then must have shown a reference."""

from tests.web.access.rule import PUBLIC, Rule

ROUTES: dict[str, Rule] = {
    "offers.home": PUBLIC,
    "offers.choose": PUBLIC,
    "offers.together": PUBLIC,
    "offers.choose_for_all": PUBLIC,
    "offers.held": PUBLIC,
    "offers.send_confirm": PUBLIC,
    "offers.send_longer": PUBLIC,
    "offers.send_release": PUBLIC,
}
