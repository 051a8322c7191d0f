"""Easy-to-read pages."""

from tests.web.access.rule import PUBLIC, Rule

ROUTES: dict[str, Rule] = {"easy.home": PUBLIC, "easy.ask": PUBLIC, "easy.come": PUBLIC}
