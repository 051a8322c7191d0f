"""Signing in."""

from tests.web.access.rule import PUBLIC, Rule, roles
from vaccination.domain.actor import Role

ROUTES: dict[str, Rule] = {
    "account.sign_in": PUBLIC,
    "account.send_sign_in": PUBLIC,
    "account.sign_out": PUBLIC,
    "account.password": roles(*Role),
    "account.send_password": roles(*Role),
}
