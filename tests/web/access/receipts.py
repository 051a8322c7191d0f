"""Receipts of the gateway for text messages."""

from tests.web.access.rule import Rule, public

ROUTES: dict[str, Rule] = {"receipts.take": public(message_id=1, token="x")}
