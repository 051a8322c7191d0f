"""Why a message did not arrive, for people: the codes of mail servers and gateways in a few plain words."""

from flask_babel import gettext

from vaccination.readmodels.undelivered import Undelivered

_FULL = ("4.2.2", "5.2.2", "5.2.3")


def why_not(message: Undelivered) -> str:
    """A few words, and the code for who wants to look it up."""
    if not message.bounce:
        return _never_left(message.failure)
    words = _came_back(message.bounce)
    return f"{words} ({message.bounce})"


def _never_left(failure: str) -> str:
    known: dict[str, str] = {
        "no address": gettext("no address is known"),
        "no number": gettext("no number is known"),
        "not an address": gettext("the address cannot be right"),
        "not a number for text messages": gettext("this number takes no text messages"),
    }
    other: str = gettext("it was refused, or the server was away for a day")
    return known.get(failure, f"{other} ({failure})")


def _came_back(code: str) -> str:
    words: str
    if code.startswith("sms"):
        words = gettext("the phone could not be reached")
    elif code in _FULL:
        words = gettext("the mailbox is full")
    elif code.startswith("5.1"):
        words = gettext("this mailbox does not exist")
    else:
        words = gettext("the mail server sent it back")
    return words
