"""Where the gateway tells what became of a text message; a machine's address, without a page or a cookie.

Each message has an address of its own, which only the gateway was told: so a receipt needs no other proof.
Whoever learns one address learns nothing of anybody, and can speak of one message only.
"""

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue

from vaccination.clock import now
from vaccination.db import transaction
from vaccination.security.link_tokens import is_link_token
from vaccination.services.telling.bounces import note_bounced, note_received
from web import queue
from web.access import public
from web.csrf import csrf
from web.queue import JobName

bp = Blueprint("receipts", __name__, url_prefix="/receipts")

_RECEIVED = ("DELIVERED",)
_CAME_BACK = ("UNDELIVERABLE", "EXPIRED", "REJECTED", "DELETED", "SKIPPED")


@bp.post("/<int:message_id>/<token>")
@csrf.exempt  # type: ignore[untyped-decorator]
@public
def take(message_id: int, token: str) -> ResponseReturnValue:
    """Note what the gateway says; what it says twice, or on the way, changes nothing."""
    if not is_link_token(token, "receipt", message_id):
        abort(404)
    status = _status()
    if status in _RECEIVED:
        with transaction() as session:
            note_received(session, message_id, now=now())
    elif status in _CAME_BACK:
        with transaction() as session:
            way = note_bounced(session, message_id, f"sms {status.lower()}", now=now())
        if way is not None:
            queue.enqueue(JobName.DELIVER_BATCH)
    return Response(status=204)


def _status() -> str:
    """The gateway's word for it; anything else it may send is none."""
    body = request.get_json(silent=True, force=True)
    status = body.get("status") if isinstance(body, dict) else None
    return status.upper()[:40] if isinstance(status, str) else ""
