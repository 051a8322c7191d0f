"""A household keeps the places of all its members at once: all of them or none, and for the same minutes."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from vaccination.domain.requests import RequestStatus
from vaccination.domain.together import are_together
from vaccination.errors import Conflict
from vaccination.models.requests import Request
from vaccination.models.serving import Hold
from vaccination.queries.requests import waiting_members
from vaccination.services.appointments.booking import ChosenDose, NotWaiting, UnfitSlots, locked_requests
from vaccination.services.appointments.choosing import Choice, sought_doses
from vaccination.services.appointments.hold_rows import Held
from vaccination.services.appointments.hold_taking import How, Wanted, keep_places, or_taken_just_now
from vaccination.services.appointments.holds import BY_THE_PERSON, held_by_form, tell_held
from vaccination.services.appointments.seeking import Search, load_seeker


class NotTheHousehold(Conflict):
    """These are not all who wait: somebody was served, cancelled or came to it meanwhile."""

    code = "not_the_household"


def hold_for_all(
    session: Session,
    request_id: int,
    choices: Sequence[tuple[int, Choice]],
    *,
    now: datetime,
    how: How = BY_THE_PERSON,
) -> Held:
    """Keep a whole course for every member who waits, or nothing; returns the request's own hold.

    Confirming, making longer and letting go of one does it for all (`services/appointments/holds.py`).
    NotTheHousehold, NotWaiting; SlotFull, NoDoseLeft, UnfitSlots: that offer is gone.
    """
    chosen = dict(choices)
    _check_members(session, request_id, chosen)
    with or_taken_just_now():
        requests = locked_requests(session, chosen)
    if how.form_uid and (known := held_by_form(session, request_id, _form_of(how.form_uid, request_id))):
        return Held.of(known)
    _check_members(session, request_id, chosen)
    if unserved := [request.status for request in requests if request.status is not RequestStatus.WAITING]:
        raise NotWaiting(status=unserved[0])
    rows = _keep(session, requests, chosen, Search(how.channel), now=now, how=how, is_tied=True)
    return Held.of(next(row for row in rows if row.request_id == request_id))


def hold_side_by_side(
    session: Session, choices: Sequence[tuple[int, Choice]], search: Search, *, now: datetime, how: How
) -> list[Held]:
    """Keep these places for several people, or for nobody; in the order of their requests, which are locked.

    They are not tied: each may be let go alone. NotWaiting; SlotFull, NoDoseLeft, UnfitSlots, TakenJustNow.
    """
    chosen = dict(choices)
    requests = locked_requests(session, chosen)
    return [Held.of(row) for row in _keep(session, requests, chosen, search, now=now, how=how)]


def _keep(
    session: Session,
    requests: Sequence[Request],
    chosen: Mapping[int, Choice],
    search: Search,
    *,
    now: datetime,
    how: How,
    is_tied: bool = False,
) -> list[Hold]:
    """Keep the places of all of these locked requests, or nothing; tied: what is done with one, with all."""
    wanted = []
    for request in requests:
        choice = chosen[request.id]
        doses = sought_doses(session, load_seeker(session, request.id, search, now=now), choice, now)
        wanted.append(Wanted(request, choice, doses, _form_of(how.form_uid, request.id)))
    _check_together([dose for one in wanted for dose in one.doses])
    household_id = requests[0].household_id if is_tied else None
    rows = keep_places(session, wanted, how, now=now, household_id=household_id)
    for row in rows:
        tell_held(session, row, how, now)
    return rows


def _check_members(session: Session, request_id: int, chosen: Mapping[int, Choice]) -> None:
    """Asked before and after locking: nobody locks the requests of others."""
    if not chosen or chosen.keys() != set(waiting_members(session, request_id)):
        raise NotTheHousehold


def _form_of(form_uid: str | None, request_id: int) -> str | None:
    """Each member's part of the pressed button."""
    return f"{form_uid}.{request_id}"[-64:] if form_uid else None


def _check_together(doses: Sequence[ChosenDose]) -> None:
    for number in (1, 2):
        places = [(dose.centre_id, dose.day, dose.starts_at) for dose in doses if dose.dose_number == number]
        if not are_together(places):
            raise UnfitSlots
