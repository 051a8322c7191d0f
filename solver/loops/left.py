"""Whether somebody fits into what a plan leaves: compiled, and exact to the slot and the vial.

Everybody else stays where they are. Nothing is placed: the schedules, centres and days of a unit are gone
through until seats side by side and doses are found for all its members.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solver.contract import Bools, Floats, Ints
from solver.loops.compiled import compiled_within
from solver.loops.vials import draw

DAYS_A_WORD = 60


class Left(NamedTuple):
    """Seats and doses that could still be taken."""

    room: Ints
    """Centre × day × set of bands: the most free seats within half an hour."""
    spare: Ints
    """Centre × product × day: doses for which no further vial is opened."""
    more: Bools
    """Centre × product × day: whether one more vial could be drawn."""
    vials: Ints
    """Centre × product × day: vials that the plan draws."""
    both: NDArray[np.int8]
    """Centre × product × day × day: whether one more on each could be drawn; 0 not known yet, 1 yes, 2 no."""
    vial: Ints
    lot_at: Ints
    lot_first: Ints
    lot_last: Ints
    lot_vials: Ints
    open_days: Ints
    """Centre × product: the days with a seat and a dose, the last first, as many as `many_open` says."""
    many_open: Ints
    later: Bools
    """Centre × schedule × first day: whether a second dose could follow, for who can always come."""
    able: Ints
    """Centre × product: the open days as bits, `DAYS_A_WORD` a word."""
    starts: Ints
    """Centre × schedule: the open days for a first dose, as bits."""
    begins: Ints
    """The same, of those after which a second dose could follow at the same centre."""
    roomy: Ints
    """Centre × set of bands: the days with a free seat, as bits."""


class Wishes(NamedTuple):
    """Who asks, one row a unit: see `Crowd`, whose names these are."""

    size: Ints
    bands: NDArray[np.uint8]
    ways: Ints
    begun: Bools
    first_day: Ints
    elsewhere: Bools
    near_at: Ints
    near_centre: NDArray[np.int32]
    near_km: Floats
    far_at: Ints
    far_centre: NDArray[np.int32]
    far_km: Floats


class Ways(NamedTuple):
    """Schedules, and the sets of them that people may have: see `Rules`."""

    first_product: Ints
    second_product: Ints
    valid_from: Ints
    valid_to: Ints
    min_days: Ints
    max_days: Ints
    way_at: Ints
    way_schedule: Ints


@compiled_within
def drawable(left, c, p, d, vials, d2, vials_2):
    """Whether the lots could give so many vials more on these two days."""
    need = left.vials[c, p].copy()
    need[d] += vials
    need[d2] += vials_2
    row = c * len(left.vial) + p
    low, high = left.lot_at[row], left.lot_at[row + 1]
    more, drawn = np.zeros(len(need), np.bool_), np.zeros((high - low, len(need)), np.bool_)
    lots = left.lot_first[low:high], left.lot_last[low:high], left.lot_vials[low:high]
    return draw(lots[0], lots[1], lots[2], need, more, drawn)


@compiled_within
def vials_for(left, c, p, d, heads):
    """Vials that so many more doses would open."""
    return max(0, -((left.spare[c, p, d] - heads) // left.vial[p]))


@compiled_within
def has_doses(left, c, p, d, heads):
    """Whether so many more doses can be given that day."""
    vials = vials_for(left, c, p, d, heads)
    if vials <= 1:
        return vials == 0 or left.more[c, p, d]
    return left.more[c, p, d] and drawable(left, c, p, d, vials, d, 0)


@compiled_within
def has_both(left, c, p, d, d2, heads):
    """Whether one shelf gives doses on both days, given that it gives them on either."""
    if d == d2:
        return has_doses(left, c, p, d, 2 * heads)
    vials, vials_2 = vials_for(left, c, p, d, heads), vials_for(left, c, p, d2, heads)
    if vials == 0 or vials_2 == 0:
        return True
    if vials > 1 or vials_2 > 1:
        return drawable(left, c, p, d, vials, d2, vials_2)
    if left.both[c, p, d, d2] == 0:
        left.both[c, p, d, d2] = 1 if drawable(left, c, p, d, 1, d2, 1) else 2
    return left.both[c, p, d, d2] == 1


@compiled_within
def has_place(left, wish, u, c, p, d):
    """Whether the unit can come that day, to seats side by side and doses for all."""
    bands, heads = wish.bands[u, d], wish.size[u]
    return bands != 0 and left.room[c, d, bands] >= heads and has_doses(left, c, p, d, heads)


@compiled_within
def second_day(left, ways, wish, u, s, c, d, c2):
    """A day for the second dose at c2 after a first one at c on day d; -1 where there is none."""
    heads, p, p2 = wish.size[u], ways.first_product[s], ways.second_product[s]
    days = wish.bands.shape[1]
    for d2 in range(max(d + ways.min_days[s], 0), min(d + ways.max_days[s], days - 1) + 1):
        if not has_place(left, wish, u, c2, p2, d2):
            continue
        # Both doses on one day: asked for within one half hour, which is more than the rules want.
        if c2 == c and d2 == d and left.room[c, d, wish.bands[u, d]] < 2 * heads:
            continue
        if c2 != c or p2 != p or has_both(left, c, p, d, d2, heads):
            return d2
    return -1


@compiled_within
def pair_at(left, ways, wish, u, c, c2, after, any_day):
    """Schedule, day and second day of the latest (or any) first dose at c after a day, the second at c2.

    Where c2 is -1 only schedules of one dose will do. Schedule -1: nothing.
    """
    way, day, day_2, k = -1, after, -1, wish.ways[u]
    for j in range(ways.way_at[k], ways.way_at[k + 1]):
        s = ways.way_schedule[j]
        p, alone = ways.first_product[s], ways.second_product[s] < 0
        for i in range(left.many_open[c, p]):
            d = left.open_days[c, p, i]
            if d <= day or d < ways.valid_from[s]:
                break
            if d > ways.valid_to[s] or not (alone or (c2 >= 0 and left.later[c2, s, d])):
                continue
            if not has_place(left, wish, u, c, p, d):
                continue
            d2 = -1 if alone else second_day(left, ways, wish, u, s, c, d, c2)
            if alone or d2 >= 0:
                way, day, day_2 = s, d, d2
                break
        if any_day and way >= 0:
            break
    return way, day, day_2


@compiled_within
def second_at(left, ways, wish, u, c, after):
    """The same for those whose first dose was given elsewhere: schedule and day of the second."""
    way, day, k, given = -1, after, wish.ways[u], wish.first_day[u]
    for j in range(ways.way_at[k], ways.way_at[k + 1]):
        s = ways.way_schedule[j]
        p = ways.second_product[s]
        for i in range(left.many_open[c, p]):
            d = left.open_days[c, p, i]
            if d <= day or d < given + ways.min_days[s]:
                break
            if d <= given + ways.max_days[s] and has_place(left, wish, u, c, p, d):
                way, day = s, d
                break
    return way, day
