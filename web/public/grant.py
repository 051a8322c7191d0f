"""What this browser may see: one request, for half an hour after the last look."""

from datetime import datetime, timedelta

from flask import session

from vaccination.errors import NotAllowed

_GOOD_FOR = timedelta(minutes=30)
_KEY = "request"


class NotGranted(NotAllowed):
    """This browser has not shown a reference with its secret, or not lately."""

    code = "not_granted"


def grant(request_id: int, now: datetime, *, shows_secret: bool, is_family: bool = False) -> None:
    """Let this browser see a request. The secret code is shown again only to who has just asked.

    `is_family`: the request was made together with those of a household.
    """
    kept = {"id": request_id, "at": int(now.timestamp()), "secret": shows_secret}
    session[_KEY] = {**kept, "family": True} if is_family else kept


def granted(now: datetime) -> int:
    """The request that this browser may see; every look counts as a new start."""
    kept = session.get(_KEY)
    if kept is None or now.timestamp() - kept["at"] > _GOOD_FOR.total_seconds():
        session.pop(_KEY, None)
        raise NotGranted
    session[_KEY] = {**kept, "at": int(now.timestamp())}
    return int(kept["id"])


def may_see_secret() -> bool:
    """Whether the request was made in this browser a moment ago."""
    return bool(session.get(_KEY, {}).get("secret"))


def done_page() -> str:
    """The page that tells what was just sent."""
    return "family.done" if session.get(_KEY, {}).get("family") else "public.done"


def is_granted(now: datetime) -> bool:
    """Whether some request is open in this browser."""
    try:
        granted(now)
    except NotGranted:
        return False
    return True


def revoke() -> None:
    """Close the request in this browser."""
    session.pop(_KEY, None)
