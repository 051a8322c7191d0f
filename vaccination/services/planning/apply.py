"""Booking a plan, centre by centre, each all or nothing and each once (ADR 0026).

One share is one transaction: requests are locked, then budgets; appointments, events and messages are
written; seats are taken last, so that they are held for a moment only. What somebody else took since the plan
was made is skipped and counted, never overbooked; so is what somebody wishes otherwise by now (`changed.py`).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from vaccination.domain.planning import CentreShareStatus, RunStatus
from vaccination.domain.requests import RequestStatus
from vaccination.domain.serving import ChangeStatus, HoldStatus
from vaccination.models.centres import Centre, ClinicSession, Slot
from vaccination.models.planning import CentreShare, PlanRun, Proposal
from vaccination.models.requests import Request
from vaccination.models.serving import ChangeWish, Hold
from vaccination.queries.columns import Columns
from vaccination.services import audit
from vaccination.services.appointments.admission import admitted
from vaccination.services.appointments.booking_rows import Booked, write_bookings
from vaccination.services.appointments.budgets import lock_shelves, write_budgets
from vaccination.services.appointments.places import NoDoseLeft, Places, SlotFull, swap, take
from vaccination.services.planning.changed import otherwise_by_now, tell_why
from vaccination.services.planning.swaps import only_possible, swap_rows


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
    run = session.execute(
        update(PlanRun)
        .where(PlanRun.id == run_id, PlanRun.status == RunStatus.APPLYING)
        .values(heard_at=now)
        .returning(PlanRun.lottery_seed, PlanRun.starts_on)
    ).one_or_none()
    share_id = None if run is None else _claim_share(session, run_id, centre_id)
    if run is None or share_id is None:
        return None
    proposals = _proposals(session, run_id, centre_id)
    takers = _lock_takers(session, {dose.request_id for dose in proposals})
    changed = otherwise_by_now(session, proposals, takers, run.starts_on)
    tell_why(session, run_id, changed, takers)
    takers = {request_id: status for request_id, status in takers.items() if request_id not in changed}
    booked = _book(session, run_id, proposals, takers, run.lottery_seed, now)
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
            Slot.minute, Centre.lat, Centre.lon, Centre.wheelchair, Request.household_id, Request.priority,
        )
        .join(Slot, Slot.id == Proposal.slot_id)
        .join(Centre, Centre.id == Slot.centre_id)
        .join(Request, Request.id == Proposal.request_id)
        .where(Proposal.plan_run_id == run_id, Proposal.home_centre_id == centre_id)
        .order_by(Proposal.request_id, Proposal.dose_number)
    ).all()  # fmt: skip
    return rows


def _lock_takers(session: Session, request_ids: Iterable[int]) -> dict[int, RequestStatus]:
    """Those that still wait or wish to change and hold no places now, locked, with where they stand."""
    wishing = select(ChangeWish.request_id).where(ChangeWish.status == ChangeStatus.OPEN)
    holding = select(Hold.request_id).where(Hold.status == HoldStatus.HELD)
    takes = (Request.status == RequestStatus.WAITING) | (
        (Request.status == RequestStatus.PLANNED) & Request.id.in_(wishing)
    )
    takers: dict[int, RequestStatus] = {}
    for some in _chunks(sorted(request_ids)):
        rows = session.execute(
            select(Request.id, Request.status)
            .where(Request.id.in_(some), takes, Request.id.not_in(holding))
            .order_by(Request.id)
            .with_for_update(key_share=True)
        )
        takers |= {request_id: status for request_id, status in rows}
    return takers


def _book(
    session: Session, run_id: int, proposals: Sequence[Columns], takers: Mapping[int, RequestStatus],
    seed: int, now: datetime,
) -> int:  # fmt: skip
    """Book all that still fits. Was somebody quicker between looking and taking? Then once more, locked."""
    changing = {i for i, status in takers.items() if status is RequestStatus.PLANNED}
    proposals, old_budgets = only_possible(session, proposals, changing)
    shelves = lock_shelves(
        session, {(dose.centre_id, dose.product_id) for dose in proposals}, now, also=old_budgets
    )
    for locked in (False, True):
        room = shelves.room(_free_seats(session, {dose.slot_id for dose in proposals}, now, locked))
        doses = admitted(proposals, takers, room, seed)
        if not doses:
            return 0
        try:
            with session.begin_nested():
                budgets = write_budgets(session, shelves, room)
                new = [dose for dose in doses if dose.request_id not in changing]
                made = write_bookings(session, new, budgets, Booked(run_id, now)) if new else []
                moved = [dose for dose in doses if dose.request_id in changing]
                if moved:
                    taken, left = swap_rows(session, moved, budgets, Booked(run_id, now))
                    swap(session, Places.of(made).plus(taken), left)
                else:
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
