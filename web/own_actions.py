"""What a person can do with their own request: features list theirs as `OWN_ACTIONS` in their views."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Flask, current_app

from vaccination.readmodels.request_page import Asked


@dataclass(frozen=True, slots=True)
class OwnAction:
    """A link on the page of one's own request, shown when `is_open` says so.

    `why` is a sentence before the link. What is `pressing` stands above the rest: an answer is waited for.
    """

    label: str
    endpoint: str
    is_open: Asked
    why: str = ""
    order: int = 50
    pressing: bool = False


def install(app: Flask, actions: Iterable[OwnAction]) -> None:
    """Keep what the features list, in the order in which it is shown."""
    app.extensions["own_actions"] = sorted(actions, key=lambda action: (action.order, action.endpoint))


def listed_actions() -> list[OwnAction]:
    """All of them; whoever makes the page asks each whether it is open."""
    actions: list[OwnAction] = current_app.extensions["own_actions"]
    return actions
