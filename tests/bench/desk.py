"""How long a scan takes at the desk: reading the signed text, and the whole check-in with its transaction."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, timedelta
from statistics import median, quantiles

from tests.bench.figures import Figure
from tests.builders import (
    NOW,
    TODAY,
    book_pair,
    make_budget,
    make_centre,
    make_product,
    make_programme,
    make_request,
    make_schedule,
    make_slots,
    make_user,
)
from vaccination.db import transaction
from vaccination.domain.actor import Actor, Grant, Role
from vaccination.security.tokens import BookingToken, SigningKeys, generate_signing_keys, read, sign
from vaccination.services.desk.check_in import CheckIn, check_in

_SCANS = 300


def measure(database: str) -> Iterator[Figure]:
    """`database` names the kind that is bound."""
    keys = SigningKeys.from_text(generate_signing_keys(TODAY - timedelta(30)))
    centre_id, user_id, texts = _booked(keys)
    public = keys.public()
    actor = Actor(user_id, (Grant(Role.DESK, centre_id),))

    reading = _timed(lambda number: read(texts[number], public))
    scanning = _timed(
        lambda number: _scan(CheckIn(f"scan-{number}", centre_id, "scanner", texts[number]), actor, keys)
    )
    yield Figure("reading and verifying a code, median", 1000 * median(reading), "ms")
    yield Figure(f"check-in on {database}, median", 1000 * median(scanning), "ms")
    yield Figure(f"check-in on {database}, 99th percentile", 1000 * quantiles(scanning, n=100)[98], "ms")


def _scan(command: CheckIn, actor: Actor, keys: SigningKeys) -> None:
    with transaction() as session:
        verdict = check_in(session, command, now=NOW, actor=actor, keys=keys.public())
    assert verdict.accepted, verdict


def _timed(work: Callable[[int], object]) -> list[float]:
    seconds = []
    for number in range(_SCANS):
        started = time.perf_counter()
        work(number)
        seconds.append(time.perf_counter() - started)
    return seconds


def _booked(keys: SigningKeys) -> tuple[int, int, list[str]]:
    """People who are expected now, each with a signed text."""
    with transaction() as session:
        programme, product, centre = make_programme(session), make_product(session), make_centre(session)
        schedule = make_schedule(session, programme, product, doses=1, second_product_id=None)
        local = NOW + timedelta(hours=2)
        slots = make_slots(session, centre, TODAY, opens=local.time(), slots=1, seats=_SCANS)
        make_budget(session, centre, product, TODAY, doses=_SCANS)
        texts = []
        for _ in range(_SCANS):
            (appointment,) = book_pair(session, make_request(session, programme), schedule, (slots[0],))
            starts = appointment.starts_at.astimezone(UTC)
            token = BookingToken(
                appointment.token_ref, centre.id, starts, starts + timedelta(minutes=10), 1, appointment.issue
            )
            texts.append(sign(token, keys.signer(NOW)))
        return centre.id, make_user(session, Role.DESK, centre=centre).id, texts
