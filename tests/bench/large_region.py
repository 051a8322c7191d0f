"""A region of 150 centres and 200,000 appointments on PostgreSQL, filled by set: half of it is booked.

Rules, centres and stock come from the builders; people, slots and appointments from a few statements. What
came out is judged by `broken_invariants`: nothing is measured on rows that the product could not have made.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.builders import (
    make_centre,
    make_lot,
    make_priority_group,
    make_product,
    make_programme,
    make_schedule,
)
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.planning import RunStatus
from vaccination.domain.serving import Serving
from vaccination.models.planning import PlanRun
from vaccination.security.fields import keys
from vaccination.services.keeping.reconcile import broken_invariants

CENTRES, PAIRS, WAITING = 150, 100_000, 50_000
_DAYS, _FIRST_DAYS, _INTERVAL = 84, 28, 28
_STARTS, _OPENS, _SLOT_MINUTES = 24, 600, 20
_FULL_DAYS = 10
"""Whoever looks finds the next ten days full: offers must look further."""


@dataclass(frozen=True, slots=True)
class LargeRegion:
    """What the benchmark names of it."""

    programme_id: int
    appointments: int


def fill_region() -> LargeRegion:
    """Make it, committed and analysed."""
    today = now().astimezone(ZoneInfo("Europe/Paris")).date()
    with transaction() as session:
        programme_id, names = _rules(session, today)
        for statement in (_SESSIONS, _SLOTS, _STOCK, _LEDGER, _PEOPLE, _WISHES, _BUDGETS, _REQUESTS, _NUMBERS,
                          _APPOINTMENTS, _EVENTS, _TAKEN, _LEFT_OUT, _TOLD):  # fmt: skip
            session.execute(text(statement), names)
    with transaction() as session:
        session.execute(text("ANALYZE"))
        breaches = broken_invariants(session)
        assert not breaches, breaches[:5]
        counted = session.scalar(text("SELECT count(*) FROM appointment"))
    return LargeRegion(programme_id, int(counted or 0))


def _rules(session: Session, today: date) -> tuple[int, dict[str, Any]]:
    programme = make_programme(
        session, name_fr="Campagne d’essai", starts_on=today, horizon_days=_DAYS, serving=Serving.DIRECT
    )
    products = [make_product(session, name=name) for name in ("Alouette", "Bouvreuil")]
    schedules = [make_schedule(session, programme, product, min_age=12) for product in products]
    make_priority_group(session, programme, rank=1, min_age=75)
    group = make_priority_group(session, programme, rank=5, min_age=12)
    for n in range(CENTRES):  # a grid over Centre-Val de Loire: some seven centres within 30 km of a town
        make_centre(session, name=f"Centre {n + 1}", lat=46.5 + n // 10 * 0.14, lon=0.4 + n % 10 * 0.26)
    lots = [make_lot(session, product, expires_on=today + timedelta(150)) for product in products]
    run = PlanRun(
        programme_id=programme.id, status=RunStatus.APPLIED, asked_at=now(), finished_at=now(),
        starts_on=today, days=_DAYS, lottery_seed=1, time_limit_s=1,
    )  # fmt: skip
    session.add(run)
    session.flush()
    names: dict[str, Any] = dict(
        programme=programme.id, group=group.id, run=run.id, today=today, at=now(), centres=CENTRES,
        pairs=PAIRS, people=PAIRS + WAITING, days=_DAYS, first_days=_FIRST_DAYS, interval=_INTERVAL,
        starts=_STARTS, opens=_OPENS, minutes=_SLOT_MINUTES, full=_FULL_DAYS,
        product_a=products[0].id, product_b=products[1].id, schedule_a=schedules[0].id,
        schedule_b=schedules[1].id, lot_a=lots[0].id, lot_b=lots[1].id,
    )  # fmt: skip
    return programme.id, names | _ciphertexts()


def _ciphertexts() -> dict[str, bytes]:
    """Everybody has the same name: what is measured is reading it, and a ciphertext may be copied."""
    clear = {
        "family_name": "Martin", "given_name": "Camille", "birth_date": "1960-07-14",
        "email": "camille@example.org", "address": "1 rue de la Paix\n45000 Orléans",
    }  # fmt: skip
    return {name: keys().encrypt(f"person.{name}", value.encode()) for name, value in clear.items()}


_SESSIONS = """
INSERT INTO clinic_session (centre_id, day, opens, closes, slot_minutes, seats, is_open)
SELECT c.id, CAST(:today AS date) + d, CAST('10:00' AS time), CAST('18:00' AS time), :minutes, 2, true
FROM centre c, generate_series(1, :days) d"""

_SLOTS = """
INSERT INTO slot (clinic_session_id, centre_id, day, minute, starts_at, seats, taken)
SELECT s.id, s.centre_id, s.day, :opens + k * :minutes,
       (s.day + make_interval(mins => :opens + k * :minutes)) AT TIME ZONE 'Europe/Paris',
       CASE WHEN s.day <= CAST(:today AS date) + :full THEN 1 ELSE 2 END, 0
FROM clinic_session s, generate_series(0, :starts - 1) k"""

_STOCK = """
INSERT INTO delivery (centre_id, lot_id, doses, available_from, usable_to, status)
SELECT c.id, l.id, 600, CAST(:today AS date) + 14 * n, l.expires_on,
       CASE WHEN n = 0 THEN 'received' ELSE 'announced' END
FROM centre c, lot l, generate_series(0, 3) n"""

_LEDGER = """
INSERT INTO stock_movement (centre_id, lot_id, delivery_id, kind, doses, day, at, note)
SELECT centre_id, lot_id, id, 'received', doses, :today, :at, '' FROM delivery WHERE status = 'received'"""

_PEOPLE = """
INSERT INTO person (id, family_name, given_name, birth_date, email, address, identity_index, surname_index,
                    sorted_index, locale, created_at)
SELECT i, :family_name, :given_name, :birth_date, :email, :address, decode(md5('p' || i), 'hex'),
       decode(md5('s' || i % 1000), 'hex'), decode(md5('n' || i), 'hex'), 'fr', :at
FROM generate_series(1, :people) i"""

# who gets which slots: everybody of a centre in turn, a day later each, a start later each round
_WISHES = """
CREATE TEMPORARY TABLE wish ON COMMIT DROP AS
SELECT i, n.dose, c.id AS centre_id, CAST(:today AS date) + first + (n.dose - 1) * :interval AS day,
       :opens + (turn / :first_days) % :starts * :minutes AS minute,
       CASE WHEN turn % 2 = 0 THEN CAST(:product_a AS integer) ELSE :product_b END AS product_id,
       CASE WHEN turn % 2 = 0 THEN CAST(:schedule_a AS integer) ELSE :schedule_b END AS schedule_id
FROM (SELECT i, (i - 1) % :centres AS at, (i - 1) / :centres AS turn,
             1 + (i - 1) / :centres % :first_days AS first FROM generate_series(1, :pairs) i) p
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS at FROM centre) c ON c.at = p.at
CROSS JOIN (VALUES (1), (2)) n (dose)"""

_BUDGETS = """
INSERT INTO dose_budget (centre_id, product_id, day, doses, taken)
SELECT centre_id, product_id, day, (count(*) + 5) / 6 * 6, count(*) FROM wish
GROUP BY centre_id, product_id, day"""

_REQUESTS = """
INSERT INTO request (id, programme_id, person_id, reference, secret_hash, kind, status, channel, contact_by,
                     locale, priority_group_id, priority, town, postcode, lat, lon, max_km, second_town,
                     availability, unavailable, wheelchair, created_at, schedule_id, schedule_doses, booked,
                     first_dose, second_dose)
SELECT p.n, :programme, p.n, 'BENCH' || p.n, decode(repeat('00', 32), 'hex'), 'course',
       CASE WHEN w.i IS NULL THEN 'waiting' ELSE 'planned' END,
       CASE WHEN p.n % 3 = 0 THEN 'phone' ELSE 'web' END, 'email', 'fr', :group, 1 + p.n % 9,
       'Commune ' || p.n % 1500, '45000', 46.5 + p.n % 97 * 0.02, 0.4 + p.n % 89 * 0.026, 30, '',
       repeat('1', 21), '[]', false, :at, w.schedule_id, CASE WHEN w.i IS NULL THEN NULL ELSE 2 END,
       CASE WHEN w.i IS NULL THEN NULL ELSE 1 END, CASE WHEN w.i IS NULL THEN NULL ELSE 1 END,
       CASE WHEN w.i IS NULL THEN NULL ELSE 2 END
FROM generate_series(1, :people) p (n) LEFT JOIN wish w ON w.i = p.n AND w.dose = 1"""

_NUMBERS = """
SELECT setval(pg_get_serial_sequence('person', 'id'), :people),
       setval(pg_get_serial_sequence('request', 'id'), :people)"""

_APPOINTMENTS = """
INSERT INTO appointment (request_id, dose_number, status, stands, centre_id, slot_id, dose_budget_id,
                         product_id, schedule_id, plan_run_id, day, starts_at, token_ref, issue, is_pinned,
                         created_at)
SELECT w.i, w.dose, 'booked', 1, w.centre_id, s.id, b.id, w.product_id, w.schedule_id, :run, w.day,
       s.starts_at,
       substr(decode(md5(w.i || ':' || w.dose), 'hex'), 1, 8), 0, false, :at
FROM wish w
JOIN slot s ON s.centre_id = w.centre_id AND s.day = w.day AND s.minute = w.minute
JOIN dose_budget b ON b.centre_id = w.centre_id AND b.product_id = w.product_id AND b.day = w.day"""

_EVENTS = """
INSERT INTO appointment_event (appointment_id, action, status, at, reason, facts)
SELECT id, 'book', 'booked', :at, '', '{}' FROM appointment"""

_TAKEN = """
UPDATE slot SET taken = n FROM (SELECT slot_id, count(*) AS n FROM appointment GROUP BY slot_id) a
WHERE a.slot_id = slot.id"""

_LEFT_OUT = """
INSERT INTO unplanned (plan_run_id, request_id, reason, change, amount)
SELECT :run, id, 'out_of_seats', 'farther', 41.5 FROM request WHERE status = 'waiting'"""

_TOLD = """
INSERT INTO message (request_id, kind, channel, locale, status, dedupe_key, tries, next_try_at, created_at,
                     sent_at, failure)
SELECT id, 'confirmed', 'email', 'fr', 'sent', 'confirmed' || id, 1, :at, :at, :at, ''
FROM request WHERE status = 'planned'"""
