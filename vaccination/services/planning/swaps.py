"""What a plan gives to people who wish to change: appointments move there, and the old places go back."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from vaccination.domain.appointment import AppointmentStatus
from vaccination.domain.serving import ChangeStatus
from vaccination.models.requests import Request
from vaccination.queries.columns import Columns
from vaccination.services.appointments.booking import ChosenDose
from vaccination.services.appointments.booking_rows import Booked, BudgetKey
from vaccination.services.appointments.change_ends import end_open_wish
from vaccination.services.appointments.moving import move_rows
from vaccination.services.appointments.places import Places
from vaccination.services.planning.wishes import standing_doses


def only_possible(
    session: Session, proposals: Sequence[Columns], changing: Collection[int]
) -> tuple[Sequence[Columns], list[int]]:
    """The proposals without those that no longer replace what stands, and the budgets that changes leave.

    A change of the second dose alone keeps its schedule; a change of both may have another of as many doses.
    """
    if not changing:
        return proposals, []
    standing = standing_doses(session, sorted(changing))
    owed = _owed(session, changing)
    kept, budgets = [], []
    for request_id, group in groupby(proposals, key=lambda dose: dose.request_id):
        doses = list(group)
        if request_id in changing:
            old = standing.get(request_id, {})
            if not _replaces(doses, old, owed[request_id]):
                continue
            budgets += [old[dose.dose_number].dose_budget_id for dose in doses]
        kept += doses
    return kept, budgets


def swap_rows(
    session: Session, doses: Sequence[Columns], budgets: Mapping[BudgetKey, int], booked: Booked
) -> tuple[Places, Places]:
    """Move the rows and end the wishes; returns the places to take and those to give back, for one walk."""
    taken, left = Places(), Places()
    for request_id, group in groupby(doses, key=lambda dose: dose.request_id):
        chosen = [_chosen(dose) for dose in group]
        _ids, old = move_rows(session, request_id, chosen, budgets, booked)
        end_open_wish(session, request_id, ChangeStatus.DONE, now=booked.at)
        keys = Counter(budgets[dose.centre_id, dose.product_id, dose.day] for dose in chosen)
        taken = taken.plus(Places(Counter(dose.slot_id for dose in chosen), keys))
        left = left.plus(old)
    return taken, left


def _owed(session: Session, request_ids: Collection[int]) -> dict[int, int | None]:
    rows = session.execute(select(Request.id, Request.schedule_id).where(Request.id.in_(sorted(request_ids))))
    return {request_id: schedule_id for request_id, schedule_id in rows}


def _replaces(doses: Sequence[Columns], old: Mapping[int, Columns], schedule_id: int | None) -> bool:
    numbers = {dose.dose_number for dose in doses}
    if not numbers <= old.keys() or any(old[n].status is not AppointmentStatus.BOOKED for n in numbers):
        return False
    return numbers == old.keys() or all(dose.schedule_id == schedule_id for dose in doses)


def _chosen(dose: Columns) -> ChosenDose:
    return ChosenDose(
        dose.request_id, dose.dose_number, dose.slot_id, dose.product_id, dose.schedule_id, dose.centre_id,
        dose.day, dose.starts_at,
    )  # fmt: skip
