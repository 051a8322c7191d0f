"""A plan in the making, as arrays for compiled loops: who has what, and what is left of seats and vials.

It never breaks a rule. A person alone only takes a seat in some band: no set of bands may hold more people
who can come in these only than it has seats (Hall's condition), and everybody gets a slot at the end.
Households and people with a promise take certain slots at once.
"""

from typing import NamedTuple

import numpy as np

from solver.contract import HOUSEHOLD_MINUTES, Bools, Floats, Ints
from solver.frozen import Options
from solver.loops.compiled import compiled, compiled_within
from solver.loops.vials import draw


class Stand(NamedTuple):
    """Everything that changes while people are placed and taken off again, and what never does."""

    option: Options
    """Unit × (schedule, centre, day, second centre, day); -1 where there is none."""
    exact: Ints
    """Request × dose: the slot of a member who has a certain one, else -1."""
    sitting: Ints
    """Centre × day × set of open bands: people who sit somewhere in them."""
    left: Ints
    """Centre × day × band: seats that are not taken as certain slots."""
    free: Ints
    """Seats by slot that are not taken as certain slots."""
    used: Ints
    """Centre × product × day: doses given."""
    vials: Ints
    more: Bools
    """Centre × product × day: whether one more vial could be drawn."""
    seat: Floats
    """Centre × day × set of bands: the price of a seat; inf where none is left."""
    dose: Floats
    """Centre × product × day: the price of a dose; inf where none is left."""
    open_bands: Ints
    slot_at: Ints
    """First slot of centre and day (row centre * days + day)."""
    slot_minute: Ints
    slot_band: Ints
    lot_at: Ints
    """First lot of centre and product (row centre * products + product)."""
    lot_first: Ints
    lot_last: Ints
    lot_vials: Ints
    drawn: Bools
    """Scratch: lot × day."""
    vial: Ints
    seat_price: Floats
    dose_price: Floats
    opening: Floats
    """Product: what opening a vial is charged, and a dose of an open one is not."""
    member_at: Ints
    members: Ints


@compiled_within
def load_and_seats(stand, c, d, wider):
    """People who can come in these bands only, and the seats there."""
    load, seats = 0, 0
    for inner in range(1, 8):
        if not inner & ~wider:
            load += stand.sitting[c, d, inner]
    for band in range(3):
        if wider >> band & 1:
            seats += stand.left[c, d, band]
    return load, seats


@compiled_within
def refresh_seats(stand, c, d):
    """Bring the prices of the seats of a centre and day up to date."""
    full = 0
    for wider in range(1, 8):
        load, seats = load_and_seats(stand, c, d, wider)
        if load >= seats:
            full |= 1 << wider
    for bands in range(1, 8):
        mine = bands & stand.open_bands[c, d]
        closed = mine == 0
        for wider in range(1, 8):
            if not mine & ~wider and full >> wider & 1:
                closed = True
        stand.seat[c, d, bands] = np.inf if closed else stand.seat_price[c, d, bands]


@compiled_within
def holds(stand, c, d):
    """Whether everybody who sits somewhere still finds a seat."""
    for wider in range(1, 8):
        load, seats = load_and_seats(stand, c, d, wider)
        if load > seats:
            return False
    return True


@compiled_within
def refresh_dose(stand, c, p, d):
    """Bring the price of a dose up to date."""
    if stand.vials[c, p, d] * stand.vial[p] > stand.used[c, p, d]:
        stand.dose[c, p, d] = stand.dose_price[c, p, d]
    elif stand.more[c, p, d]:
        stand.dose[c, p, d] = stand.dose_price[c, p, d] + stand.opening[p]
    else:
        stand.dose[c, p, d] = np.inf


@compiled_within
def draw_again(stand, c, p):
    """Draw all vials of a product at a centre anew; False where the lots fall short."""
    low, high = stand.lot_at[c * len(stand.vial) + p], stand.lot_at[c * len(stand.vial) + p + 1]
    lots = stand.lot_first[low:high], stand.lot_last[low:high], stand.lot_vials[low:high]
    return draw(lots[0], lots[1], lots[2], stand.vials[c, p], stand.more[c, p], stand.drawn)


@compiled_within
def give(stand, c, p, d, many):
    """Give so many more doses that day (or fewer), or change nothing and say no."""
    used = stand.used[c, p, d] + many
    before, need = stand.vials[c, p, d], -(-used // stand.vial[p])
    if need != before:
        if need == before + 1 and not stand.more[c, p, d]:
            return False
        stand.vials[c, p, d] = need
        if not draw_again(stand, c, p):
            stand.vials[c, p, d] = before
            draw_again(stand, c, p)
            return False
    stand.used[c, p, d] = used
    if need == before:
        refresh_dose(stand, c, p, d)
    else:
        for day in range(stand.vials.shape[2]):
            refresh_dose(stand, c, p, day)
    return True


@compiled
def start(stand):
    """Bring all prices up to date before anybody is placed; False where people outside lack a dose."""
    enough = True
    for c in range(stand.vials.shape[0]):
        for p in range(stand.vials.shape[1]):
            enough &= draw_again(stand, c, p)
            for d in range(stand.vials.shape[2]):
                refresh_dose(stand, c, p, d)
        for d in range(stand.vials.shape[2]):
            refresh_seats(stand, c, d)
    return enough


@compiled_within
def take_slot(stand, request, k, z, c, d):
    """Give one member this very slot."""
    stand.exact[request, k] = z
    stand.free[z] -= 1
    stand.left[c, d, stand.slot_band[z]] -= 1


@compiled_within
def give_slots_back(stand, u, k, c, d):
    """Free the certain slots that members of the unit have for this dose."""
    for m in range(stand.member_at[u], stand.member_at[u + 1]):
        z = stand.exact[stand.members[m], k]
        if z >= 0:
            stand.free[z] += 1
            stand.left[c, d, stand.slot_band[z]] += 1
            stand.exact[stand.members[m], k] = -1


@compiled_within
def take_together(stand, u, k, c, d, bands, low, high):
    """Slots of the range, within half an hour, for the members that have none yet and with those who have.

    Changes nothing and says no where there are too few.
    """
    for first in range(low, high):
        until = stand.slot_minute[first] + HOUSEHOLD_MINUTES
        if not bands >> stand.slot_band[first] & 1:
            continue
        z, waiting, seated = first, 0, True
        for m in range(stand.member_at[u], stand.member_at[u + 1]):
            at = stand.exact[stand.members[m], k]
            if at < 0:
                waiting += 1
            elif at < first or stand.slot_minute[at] > until:
                seated = False
        room = 0
        while z < high and stand.slot_minute[z] <= until and room < waiting:
            if bands >> stand.slot_band[z] & 1:
                room += max(stand.free[z], 0)
            z += 1
        if not seated or room < waiting:
            continue
        z = first
        taken = np.full(stand.member_at[u + 1] - stand.member_at[u], -1)
        for m in range(stand.member_at[u], stand.member_at[u + 1]):
            if stand.exact[stand.members[m], k] < 0:
                while stand.free[z] <= 0 or not bands >> stand.slot_band[z] & 1:
                    z += 1
                take_slot(stand, stand.members[m], k, z, c, d)
                taken[m - stand.member_at[u]] = z
        if holds(stand, c, d):
            return True
        for m in range(len(taken)):
            if taken[m] >= 0:
                stand.exact[stand.members[stand.member_at[u] + m], k] = -1
                stand.free[taken[m]] += 1
                stand.left[c, d, stand.slot_band[taken[m]]] += 1
    return False
