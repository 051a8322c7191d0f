"""Booking a plan, centre by centre, each all or nothing and each once (ADR 0026).

One share is one transaction: requests are locked, then budgets; appointments, events and messages are
written; seats are taken last, so that they are held for a moment only. What somebody else took since the plan
was made is skipped and counted, never overbooked.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from vaccination.domain.planning import CentreShareStatus, RunStatus
from vaccination.domain.requests import RequestStatus
from vaccination.models.centres import Centre, ClinicSession, Slot
from vaccination.models.planning import CentreShare, PlanRun, Proposal
from vaccination.models.requests import Request
from vaccination.queries.columns import Columns
from vaccination.services import audit
from vaccination.services.admission import admitted
from vaccination.services.booking_rows import Booked, write_bookings
from vaccination.services.budgets import lock_shelves, write_budgets
from vaccination.services.places import NoDoseLeft, Places, SlotFull, take


def pending_shares(session: Session, run_id: int) -> list[int]:
    """Centres whose share of the run is not booked yet."""
    pending = (CentreShare.plan_run_id == run_id, CentreShare.status == CentreShareStatus.PENDING)
    return list(
        session.scalars(select(CentreShare.centre_id).where(*pending).order_by(CentreShare.centre_id))
    )


def apply_share(session: Session, run_id: int, centre_id: int, *, now: datetime) -> int | None:
    """Book what a run proposes for a centre and is still free; returns how many requests were booked.

    None: there was nothing to do, because the share is booked already or the run is not being applied.
    """
    # Locks the run, so that the shares of a run follow one another.
    seed = session.scalar(
        update(PlanRun)
        .where(PlanRun.id == run_id, PlanRun.status == RunStatus.APPLYING)
        .values(heard_at=now)
        .returning(PlanRun.lottery_seed)
    )
    share_id = None if seed is None else _claim_share(session, run_id, centre_id)
    if seed is None or share_id is None:
        return None
    proposals = _proposals(session, run_id, centre_id)
    waiting = _lock_waiting(session, {dose.request_id for dose in proposals})
    booked = _book(session, run_id, proposals, waiting, seed, now)
    asked = len({dose.request_id for dose in proposals})
    session.execute(
        update(CentreShare).where(CentreShare.id == share_id).values(booked=booked, skipped=asked - booked)
    )
    audit.record(
        session, "share_applied", f"plan_run:{run_id}", now=now, centre_id=centre_id,
        facts={"booked": booked, "skipped": asked - booked},
    )  # fmt: skip
    return booked


def _claim_share(session: Session, run_id: int, centre_id: int) -> int | None:
    return session.scalar(
        update(CentreShare)
        .where(
            CentreShare.plan_run_id == run_id,
            CentreShare.centre_id == centre_id,
            CentreShare.status == CentreShareStatus.PENDING,
        )
        .values(status=CentreShareStatus.APPLIED)
        .returning(CentreShare.id)
    )


def finish_apply(session: Session, run_id: int, *, now: datetime) -> bool:
    """APPLYING to APPLIED once every share is booked; True for the call that did it."""
    if pending_shares(session, run_id):
        return False
    run = session.scalar(
        select(PlanRun).where(PlanRun.id == run_id, PlanRun.status == RunStatus.APPLYING).with_for_update()
    )
    if run is None:
        return False
    booked, skipped = session.execute(
        select(
            func.coalesce(func.sum(CentreShare.booked), 0), func.coalesce(func.sum(CentreShare.skipped), 0)
        ).where(CentreShare.plan_run_id == run_id)
    ).one()
    run.status, run.finished_at = RunStatus.APPLIED, now
    run.summary = run.summary | {"booked": booked, "skipped": skipped}
    audit.record(session, "plan_applied", f"plan_run:{run_id}", now=now, facts={"booked": booked})
    session.flush()
    return True


def _proposals(session: Session, run_id: int, centre_id: int) -> Sequence[Columns]:
    rows: Sequence[Columns] = session.execute(
        select(
            Proposal.request_id, Proposal.dose_number, Proposal.slot_id, Proposal.product_id,
            Proposal.schedule_id, Slot.centre_id, Slot.day, Slot.starts_at,
            Request.household_id, Request.priority,
        )
        .join(Slot, Slot.id == Proposal.slot_id)
        .join(Request, Request.id == Proposal.request_id)
        .where(Proposal.plan_run_id == run_id, Proposal.home_centre_id == centre_id)
        .order_by(Proposal.request_id, Proposal.dose_number)
    ).all()  # fmt: skip
    return rows


def _lock_waiting(session: Session, request_ids: Iterable[int]) -> set[int]:
    """Those of the requests that still wait, kept from being cancelled until we are done."""
    waiting: set[int] = set()
    for some in _chunks(sorted(request_ids)):
        waiting |= set(
            session.scalars(
                select(Request.id)
                .where(Request.id.in_(some), Request.status == RequestStatus.WAITING)
                .order_by(Request.id)
                .with_for_update(key_share=True)
            )
        )
    return waiting


def _book(
    session: Session, run_id: int, proposals: Sequence[Columns], waiting: set[int], seed: int, now: datetime
) -> int:
    """Book all that still fits. Was somebody quicker between looking and taking? Then once more, locked."""
    shelves = lock_shelves(session, {(dose.centre_id, dose.product_id) for dose in proposals}, now)
    for locked in (False, True):
        room = shelves.room(_free_seats(session, {dose.slot_id for dose in proposals}, now, locked))
        doses = admitted(proposals, waiting, room, seed)
        if not doses:
            return 0
        try:
            with session.begin_nested():
                budgets = write_budgets(session, shelves, room)
                made = write_bookings(session, doses, budgets, Booked(run_id, now))
                take(session, Places.of(made))
            return len({dose.request_id for dose in doses})
        except (SlotFull, NoDoseLeft):
            if locked:
                raise
    return 0


def _free_seats(session: Session, slot_ids: Iterable[int], now: datetime, locked: bool) -> dict[int, int]:
    """Free seats of slots that are still open and to come."""
    free: dict[int, int] = {}
    for some in _chunks(sorted(slot_ids)):
        query = (
            select(Slot.id, Slot.seats - Slot.taken)
            .join(ClinicSession, ClinicSession.id == Slot.clinic_session_id)
            .join(Centre, Centre.id == Slot.centre_id)
            .where(Slot.id.in_(some), Slot.starts_at > now, ClinicSession.is_open, Centre.is_open)
            .order_by(Slot.id)
        )
        if locked:
            query = query.with_for_update(key_share=True, of=Slot)
        free |= {slot_id: seats for slot_id, seats in session.execute(query)}
    return free


def _chunks(ids: Sequence[int], size: int = 1000) -> Iterable[Sequence[int]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))
